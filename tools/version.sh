#!/usr/bin/env bash
# Prints a field of Cargo.toml: version.sh [FIELD]. The default is the version.
set -euo pipefail
sed -n "s/^${1:-version} = \"\(.*\)\"/\1/p" "$(dirname "$0")/../Cargo.toml"
