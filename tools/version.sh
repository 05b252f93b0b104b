#!/usr/bin/env bash
# Prints a field of Cargo.toml: the version, or the one named, such as rust-version.
set -euo pipefail
sed -n "s/^${1:-version} = \"\(.*\)\"/\1/p" "$(dirname "$0")/../Cargo.toml"
