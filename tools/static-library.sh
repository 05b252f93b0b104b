#!/usr/bin/env bash
# Makes the static library that users get from cargo's: static-library.sh FROM TO.
# Cargo's has the symbols of Rust's standard library, which clash with those of another Rust library in the same
# program. This one has a single object, which defines the functions of the header and nothing else, with a section for
# each function, so that programs take from it what they use.
#
# That takes a linker for ELF. Elsewhere (Windows, macOS, wasm), the library is copied as it is. LD and OBJCOPY name the
# tools; LD can be several words.
set -euo pipefail
from=$1 to=$2
here=$(dirname "$0")
mkdir -p "$(dirname "$to")"
folder=$(mktemp -d "$to.XXXXXX")
trap 'rm -rf "$folder"' EXIT

magic=$(ar p "$from" 2>/dev/null | head -c 4 | od -An -tx1 | tr -d ' ') || :
if [ "$magic" = 7f454c46 ]; then
  roots=()
  for name in $("$here/functions.sh"); do
    roots+=(-u "$name")
  done
  read -ra ld <<<"${LD:-ld}"
  "${ld[@]}" -r --gc-sections "${roots[@]}" -o "$folder/linked.o" "$from"
  # Groups of sections are dissolved with their signatures' symbols: two libraries made so are no rivals.
  "${OBJCOPY:-objcopy}" --strip-debug "$folder/linked.o"
  "${OBJCOPY:-objcopy}" --wildcard --keep-global-symbol='pusher_*' --strip-unneeded "$folder/linked.o" "$folder/pusher_auth.o"
  "${AR:-ar}" rcsD "$folder/libpusher_auth.a" "$folder/pusher_auth.o"
else
  cp "$from" "$folder/libpusher_auth.a"
fi
mv -f "$folder/libpusher_auth.a" "$to"
