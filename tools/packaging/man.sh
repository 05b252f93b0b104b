#!/usr/bin/env bash
# Writes the manual pages from the header: man.sh FOLDER. FOLDER/man3 gets a page for each function,
# with the guide's examples, and FOLDER/man7 the overview.
set -euo pipefail
umask 022
folder=${1:?"usage: tools/packaging/man.sh FOLDER"}
root=$(cd "$(dirname "$0")/../.." && pwd)
version=$("$root/tools/version.sh")
date=$(sed -n "s/^## $version - //p" "$root/CHANGELOG.md")
mkdir -p "$folder/man3" "$folder/man7"
awk -v folder="$folder" -v version="$version" -v date="$date" -f "$root/tools/packaging/man.awk" \
  "$root/include/pusher_auth.h" "$root/README.md" "$root"/docs/guide/*.md
