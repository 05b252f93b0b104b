#!/usr/bin/env bash
# Makes the static library for users from cargo's: static-library.sh FROM TO. Cargo's exports the
# symbols of Rust's standard library, which clash with those of another Rust library in the same
# program. This one is a single object that exports the functions of the header only. Each function
# keeps its section, so that --gc-sections can drop unused ones.
#
# Libraries for Windows, macOS and WebAssembly are copied unchanged. LD, OBJCOPY and AR name the
# tools.
set -euo pipefail
from=$1 to=$2
here=$(dirname "$0")
mkdir -p "$(dirname "$to")"
folder=$(mktemp -d "$to.XXXXXX")
trap 'rm -rf "$folder"' EXIT

magic=$("${AR:-ar}" p "$from" 2>/dev/null | head -c 4 | od -An -tx1 | tr -d ' ') || :
if [ "$magic" = 7f454c46 ]; then
  roots=()
  for name in $("$here/functions.sh"); do
    roots+=(-u "$name")
  done
  # Without --gc-sections: lld would drop the tables for unwinding.
  "${LD:-ld}" -r "${roots[@]}" -o "$folder/linked.o" "$from"
  # Without groups: the linker would drop another library's group of the same name, though its
  # symbol is local here.
  "${OBJCOPY:-objcopy}" --remove-section=.group --strip-debug "$folder/linked.o"
  "${OBJCOPY:-objcopy}" --wildcard --keep-global-symbol='pusher_*' --strip-unneeded "$folder/linked.o" "$folder/pusher_auth.o"
  "${AR:-ar}" rcsD "$folder/libpusher_auth.a" "$folder/pusher_auth.o"
else
  cp "$from" "$folder/libpusher_auth.a"
fi
chmod 644 "$folder/libpusher_auth.a"
mv -f "$folder/libpusher_auth.a" "$to"
