#!/usr/bin/env bash
# Completes what cargo has built in $RELEASE: the static library in static/, the link that the shared library's SONAME
# needs, and a .pc file for what is not installed.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(tools/version.sh)
release=$RELEASE
[[ $release == /* ]] || release=$PWD/$release

case ${CARGO_BUILD_TARGET:-$(uname)} in
  *-windows-*) private_libs=-lntdll ;;
  wasm32-*) private_libs= ;;
  *darwin* | Darwin)
    private_libs="-lpthread -lm"
    ln -sf libpusher_auth.dylib "$release/libpusher_auth.${version%%.*}.dylib"
    ;;
  *)
    private_libs="-lpthread -ldl -lm"
    ln -sf libpusher_auth.so "$release/libpusher_auth.so.${version%%.*}"
    ;;
esac
from=$release/libpusher_auth.a to=$release/static/libpusher_auth.a
[ "$to" -nt "$from" ] && [ "$to" -nt tools/static-library.sh ] || tools/static-library.sh "$from" "$to"
# Go before 1.20 cannot read a path with spaces from pkg-config, so that such ones get names without.
# plain PATH
plain() {
  local link
  [[ $1 == *[[:space:]]* ]] || { echo "$1"; return; }
  link=${XDG_CACHE_HOME:-$HOME/.cache}/pusher-auth/links/$(cksum <<<"$1" | tr ' ' -)
  mkdir -p "${link%/*}"
  ln -sfn "$1" "$link"
  echo "$link"
}
tools/fill.sh bindings/c/pusher_auth.pc.in "LIBDIR=$(plain "$release")" "INCLUDEDIR=$(plain "$PWD/include")" \
  "VERSION=$version" "PRIVATE_LIBS=$private_libs" | sed -e 's|^Libs:|& -Wl,-rpath,${libdir}|; /@PREFIX@/d' \
  >"$release/pusher_auth-uninstalled.pc"
