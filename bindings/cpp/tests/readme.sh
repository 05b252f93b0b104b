#!/bin/sh
# Compiles every code block of the READMEs of the C and C++ bindings: `make test-cpp`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# compile LANGUAGE COMMAND...
compile() {
  language=$1
  shift
  awk -v language="$language" -v folder="$folder" '
    /^```/ { inside = $0 == "```" language; if (inside) file = folder "/" ++count "." language; next }
    inside { print > file }
    END { exit count == 0 }' "bindings/$language/README.md"
  for block in "$folder"/*."$language"; do
    "$@" -Wall -Wextra -Wpedantic -Werror -Iinclude -Ibindings/cpp -fsyntax-only "$block"
  done
}

compile c "${CC:-cc}" -std=c99
compile cpp "${CXX:-c++}" -std=c++17 -include pusher_auth.hpp -include vector
