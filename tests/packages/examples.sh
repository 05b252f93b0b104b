#!/usr/bin/env bash
# Writes README's first examples in C and C++, and what they print, into a folder: example.c, example.cpp, answer.
set -euo pipefail
cd "$1"
readme=$OLDPWD/README.md

for language in c cpp; do
  awk -v start="^\`\`\`$language\$" '/^```$/ && on { exit } on; $0 ~ start { on = 1 }' "$readme" >"example.$language"
done
grep -m1 '^{"auth":' "$readme" >answer
