#!/usr/bin/env bash
# Writes the first examples in C and C++, which are README's and that of the C++ folder, and what they print, into a
# folder: example.c, example.cpp, answer.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
cd "$1"

# block LANGUAGE PAGE
block() {
  awk -v start="^\`\`\`$1\$" '/^```$/ && on { exit } on; $0 ~ start { on = 1 }' "$source/$2" >"example.$1"
  [ -s "example.$1" ] || { echo "$2 has no example in $1" >&2; exit 1; }
}
block c README.md
block cpp bindings/cpp/README.md
grep -m1 '^{"auth":' "$source/README.md" >answer
