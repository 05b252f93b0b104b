#!/usr/bin/env bash
# Makes the static library that users get from cargo's: static-library.sh FROM TO.
# Cargo's has the symbols of Rust's standard library, which clash with those of another Rust library in the same
# program. This one has a single object, whose only global symbols are the functions of the header. Each function keeps
# its section, so that programs linked with --gc-sections take what they use.
#
# This needs ELF. A library for another system (Windows, macOS, WebAssembly) is copied as it is. LD, OBJCOPY and AR name
# the tools.
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
  # Not with --gc-sections, which has lld drop what unwinding needs.
  "${LD:-ld}" -r "${roots[@]}" -o "$folder/linked.o" "$from"
  # Without groups: a group's symbol that is local here would still have the linker drop the other library's.
  "${OBJCOPY:-objcopy}" --remove-section=.group --strip-debug "$folder/linked.o"
  "${OBJCOPY:-objcopy}" --wildcard --keep-global-symbol='pusher_*' --strip-unneeded "$folder/linked.o" "$folder/pusher_auth.o"
  "${AR:-ar}" rcsD "$folder/libpusher_auth.a" "$folder/pusher_auth.o"
else
  cp "$from" "$folder/libpusher_auth.a"
fi
chmod 644 "$folder/libpusher_auth.a"
mv -f "$folder/libpusher_auth.a" "$to"
