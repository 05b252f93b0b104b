#!/usr/bin/env bash
# Installs the library from $RELEASE into $DESTDIR$PREFIX. With --uninstall, removes the files of
# any version there. `make install`, `make uninstall` and `cmake --install` run it.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/system.sh

: "${DESTDIR=}" "${PREFIX=/usr/local}"
: "${BINDIR=$PREFIX/bin}" "${LIBDIR=$PREFIX/lib}" "${INCLUDEDIR=$PREFIX/include}" "${MANDIR=$PREFIX/share/man}"
: "${DOCDIR=$PREFIX/share/doc/pusher-auth}" "${PKGCONFIGDIR=$LIBDIR/pkgconfig}" "${CMAKEDIR=$LIBDIR/cmake/pusher_auth}"

version=$(tools/version.sh)
major=${version%%.*}

if [ "${1-}" = --uninstall ]; then
  shopt -s nullglob
  rm -f "$DESTDIR$INCLUDEDIR"/pusher_auth{.h,.ffi.h,.hpp} "$DESTDIR$PKGCONFIGDIR/pusher_auth.pc" \
    "$DESTDIR$LIBDIR"/libpusher_auth.{a,so,so.*,dylib,*.dylib,dll.a} \
    "$DESTDIR$LIBDIR/pusher_auth.wasm" "$DESTDIR$BINDIR/pusher_auth.dll" \
    "$DESTDIR$CMAKEDIR"/pusher_auth-config{,-version}.cmake \
    "$DESTDIR$DOCDIR"/LICENSE-{APACHE,MIT} "$DESTDIR$MANDIR/man7/pusher_auth.7"
  # Version 0 had pusher_auth(3) and other functions of signers.
  for page in $(tools/functions.sh) pusher_auth 'pusher_signer_*'; do
    rm -f "$DESTDIR$MANDIR"/man3/$page.3
  done
  # Then the folders that are empty now, except PREFIX.
  for folder in "$DOCDIR" "$CMAKEDIR" "$PKGCONFIGDIR" "$MANDIR"/man{3,7} \
    "$INCLUDEDIR" "$LIBDIR" "$BINDIR"; do
    while [[ $folder == "$PREFIX"/* ]] && rmdir "$DESTDIR$folder" 2>/dev/null; do
      folder=${folder%/*}
    done
  done
  exit 0
fi

# fill TEMPLATE FOLDER HERE: fills it in and installs it in FOLDER. HERE is what the file calls its
# own folder: paths are relative to it, so that PREFIX can be moved.
fill() {
  local prefix=$PREFIX up variable pairs=()
  if [[ $2 == "$PREFIX"/* ]]; then
    up=${2#"$PREFIX"/}
    prefix=$3/$(sed 's|[^/][^/]*|..|g' <<<"$up")
  fi
  for variable in LIBDIR INCLUDEDIR BINDIR; do
    pairs+=("$variable=${!variable/#"$PREFIX"\//'${prefix}/'}")
  done
  local name=${1##*/}
  # pkg-config requires escaped spaces.
  [[ $name != *.pc.in ]] || pairs=("${pairs[@]// /\\ }") prefix=${prefix// /\\ }
  tools/fill.sh "$1" "PREFIX=$prefix" "${pairs[@]}" "VERSION=$version" "SONAME=libpusher_auth.so.$major" "MAJOR=$major" \
    "PRIVATE_LIBS=$private_libs" >"$DESTDIR$2/${name%.in}"
  chmod 644 "$DESTDIR$2/${name%.in}"
}

{ mkdir -p "$DESTDIR$LIBDIR" && [ -w "$DESTDIR$LIBDIR" ]; } 2>/dev/null ||
  { echo "cannot write to $DESTDIR$LIBDIR: run sudo make install, or set PREFIX" >&2; exit 1; }
install -d "$DESTDIR$INCLUDEDIR" "$DESTDIR$LIBDIR" "$DESTDIR$PKGCONFIGDIR" "$DESTDIR$CMAKEDIR" "$DESTDIR$DOCDIR"
install -m 644 include/*.h bindings/cpp/pusher_auth.hpp "$DESTDIR$INCLUDEDIR"
install -m 644 LICENSE-APACHE LICENSE-MIT "$DESTDIR$DOCDIR"
install -m 644 "$RELEASE/static/libpusher_auth.a" "$DESTDIR$LIBDIR"
case $system in
  windows)
    install -d "$DESTDIR$BINDIR"
    install -m 755 "$RELEASE/pusher_auth.dll" "$DESTDIR$BINDIR"
    install -m 644 "$RELEASE/libpusher_auth.dll.a" "$DESTDIR$LIBDIR"
    ;;
  wasm) install -m 644 "$RELEASE/pusher_auth.wasm" "$DESTDIR$LIBDIR" ;;
  macos) # untested
    install -m 755 "$RELEASE/libpusher_auth.dylib" "$DESTDIR$LIBDIR/libpusher_auth.$version.dylib"
    install_name_tool -id "$LIBDIR/libpusher_auth.$major.dylib" "$DESTDIR$LIBDIR/libpusher_auth.$version.dylib"
    ln -sf "libpusher_auth.$version.dylib" "$DESTDIR$LIBDIR/libpusher_auth.$major.dylib"
    ln -sf "libpusher_auth.$major.dylib" "$DESTDIR$LIBDIR/libpusher_auth.dylib"
    ;;
  elf)
    install -m 755 "$RELEASE/libpusher_auth.so" "$DESTDIR$LIBDIR/libpusher_auth.so.$version"
    ln -sf "libpusher_auth.so.$version" "$DESTDIR$LIBDIR/libpusher_auth.so.$major"
    ln -sf "libpusher_auth.so.$major" "$DESTDIR$LIBDIR/libpusher_auth.so"
    ;;
esac
fill bindings/c/pusher_auth.pc.in "$PKGCONFIGDIR" '${pcfiledir}'
fill bindings/c/pusher_auth-config.cmake.in "$CMAKEDIR" '${here}'
fill bindings/c/pusher_auth-config-version.cmake.in "$CMAKEDIR" '${here}'

tools/packaging/man.sh "$DESTDIR$MANDIR"
