#!/bin/sh
# Compiles the examples in the READMEs of the C and C++ bindings, and runs those of C++: `make test-cpp`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cxx="${CXX:-c++} -std=c++17 -Wall -Wextra -Wpedantic -Werror -Iinclude -Ibindings/cpp"
library=${RELEASE:-target/release}/static/libpusher_auth.a

# blocks README LANGUAGE: writes its code blocks of the language to $folder/1.LANGUAGE and so on.
blocks() {
  awk -v language="$2" -v folder="$folder" '
    /^```/ { inside = $0 == "```" language; if (inside) file = folder "/" ++count "." language; next }
    inside { print > file }
    END { exit count == 0 }' "$1"
}

blocks bindings/c/README.md c
for block in "$folder"/*.c; do
  ${CC:-cc} -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only "$block"
done

# The first example is a program, whose output follows it. The others are functions.
blocks bindings/cpp/README.md cpp
$cxx "$folder/1.cpp" "$library" -pthread -o "$folder/first"
"$folder/first" >"$folder/output"
grep -qxF -f "$folder/output" bindings/cpp/README.md
rm "$folder/1.cpp"
{ printf '#include <pusher_auth.hpp>\n#include <vector>\n'; cat "$folder"/*.cpp bindings/cpp/tests/readme.cpp; } >"$folder/all.cc"
$cxx "$folder/all.cc" "$library" -pthread -o "$folder/all"
"$folder/all"
