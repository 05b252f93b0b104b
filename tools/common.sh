# shellcheck shell=bash disable=SC2034 # used by the scripts that source this
# Sourced by other scripts: what several of them must agree on.

# `make clean-cache` removes this folder. Scripts that make runs as root get the user's.
cache=${PUSHER_AUTH_CACHE:-${XDG_CACHE_HOME:-${HOME-}/.cache}/pusher-auth}
