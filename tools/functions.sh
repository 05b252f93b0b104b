#!/usr/bin/env bash
# Prints the names of the functions that a header declares: functions.sh [HEADER].
set -euo pipefail
sed -n 's/^[^/ ].*[ *]\(pusher_[a-z_]*\)(.*/\1/p' "${1:-$(dirname "$0")/../include/pusher_auth.h}"
