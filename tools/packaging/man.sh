#!/bin/sh
# Writes the manual pages from include/pusher_auth.h: tools/packaging/man.sh FOLDER makes FOLDER/man3/*.3, a page for each
# function, and FOLDER/man7/pusher_auth.7, the overview. Examples come from the guide. Needs awk only.
set -eu
umask 022
folder=${1:?"usage: tools/packaging/man.sh FOLDER"}
root=$(cd "$(dirname "$0")/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
date=$(sed -n "s/^## $version - //p" "$root/CHANGELOG.md")
mkdir -p "$folder/man3" "$folder/man7"
awk -v folder="$folder" -v version="$version" -v date="$date" -f "$root/tools/packaging/man.awk" \
  "$root/include/pusher_auth.h" "$root/README.md" "$root"/docs/guide/*.md
