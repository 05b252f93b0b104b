#!/usr/bin/env bash
# Adds to cargo's output in $RELEASE: the static library in static/, a link named as the SONAME, and
# a .pc file with which programs use the library before it is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/common.sh
. tools/system.sh
version=$(tools/version.sh)
release=$RELEASE
[[ $release == /* ]] || release=$PWD/$release

case $system in
  macos) ln -sf libpusher_auth.dylib "$release/libpusher_auth.${version%%.*}.dylib" ;;
  elf) ln -sf libpusher_auth.so "$release/libpusher_auth.so.${version%%.*}" ;;
esac
from=$release/libpusher_auth.a to=$release/static/libpusher_auth.a
[ "$to" -nt "$from" ] && [ "$to" -nt tools/static-library.sh ] || tools/static-library.sh "$from" "$to"

# plain PATH: prints it, or a link to it if it has spaces. Go before 1.20 cannot read spaces from
# pkg-config.
plain() {
  local link
  [[ $1 == *[[:space:]]* ]] || { echo "$1"; return; }
  link=$cache/links/$(cksum <<<"$1" | tr ' ' -)
  mkdir -p "${link%/*}"
  ln -sfn "$1" "$link"
  echo "$link"
}
tools/fill.sh bindings/c/pusher_auth.pc.in "LIBDIR=$(plain "$release")" "INCLUDEDIR=$(plain "$PWD/include")" \
  "VERSION=$version" "PRIVATE_LIBS=$private_libs" | sed -e 's|^Libs:|& -Wl,-rpath,${libdir}|; /@PREFIX@/d' \
  >"$release/pusher_auth-uninstalled.pc"
