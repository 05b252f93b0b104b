#!/usr/bin/env bash
# Writes the first examples of the READMEs for C and C++, and the response that they print, into a
# folder: examples.sh FOLDER writes example.c, example.cpp and response.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
cd "$1"

# block LANGUAGE PAGE: writes the first code block in this language.
block() {
  awk -v start="^\`\`\`$1\$" '/^```$/ && on { exit } on; $0 ~ start { on = 1 }' "$source/$2" >"example.$1"
  [ -s "example.$1" ] || { echo "$2 has no example in $1" >&2; exit 1; }
}
block c README.md
block cpp bindings/cpp/README.md
grep -m1 '^{"auth":' "$source/README.md" >response
