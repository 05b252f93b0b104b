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
# pkg-config has spaces escaped.
tools/fill.sh bindings/c/pusher_auth.pc.in "LIBDIR=${release// /\\ }" "INCLUDEDIR=${PWD// /\\ }/include" "VERSION=$version" \
  "PRIVATE_LIBS=$private_libs" | sed -e 's|^Libs:|& -Wl,-rpath,${libdir}|; /@PREFIX@/d' \
  >"$release/pusher_auth-uninstalled.pc"
