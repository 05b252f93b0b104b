#!/usr/bin/env bash
# Installs the library and builds the READMEs' examples for C and C++ with it, shared and static,
# with each build system, in folders with spaces in their names: `make test-packages`.
set -euo pipefail
cd "$(dirname "$0")/../.."
here="$PWD/target/test packages"
mkdir -p "$here/examples"
tests/packages/examples.sh "$here/examples"
response=$(cat "$here/examples/response")
version=$(tools/version.sh)
major=${version%%.*}

# quietly LOG COMMAND...: runs the command, and shows its output only if it fails.
quietly() {
  "${@:2}" >"$here/$1.log" 2>&1 || { cat "$here/$1.log" >&2; exit 1; }
}

# fails NAME TEXT COMMAND...: checks that the command fails and prints the text.
fails() {
  if "${@:3}" >"$here/$1.log" 2>&1; then
    echo "$1 should fail" >&2
    exit 1
  fi
  tr -s '\n ' ' ' <"$here/$1.log" | grep -qF "$2" || { cat "$here/$1.log" >&2; exit 1; }
  echo "ok $1 fails"
}

# program WAY NAME FILE SHARED: checks that it prints the response, and needs the shared library (1)
# or not (0).
program() {
  local needs
  [ "$("$3")" = "$response" ] || { echo "$1: $3 does not print the response" >&2; exit 1; }
  needs=$(readelf --dynamic "$3" | grep -c "NEEDED.*libpusher_auth\.so\.$major\]" || :)
  [ "$needs" = "$4" ] || { echo "$1: $3 is linked with the wrong library" >&2; exit 1; }
  echo "ok $1 $2"
}

# programs WAY FOLDER: checks the four programs there.
programs() {
  local language
  for language in c cpp; do
    program "$1" "$language shared" "$2/$language-shared" 1
    program "$1" "$language static" "$2/$language-static" 0
  done
}

# Installs as under sudo, where root may have no cargo, and moves PREFIX.
rm -rf "$here/installed" "$here/moved"
quietly install "${MAKE:-make}" install SUDO_UID=1000 CARGO=false PREFIX="$here/installed" DESTDIR=
mv "$here/installed" "$here/moved"
! grep -rn "$here/installed" "$here/moved" || { echo "these files contain the PREFIX of the installation" >&2; exit 1; }
for licence in MIT APACHE; do
  cmp "LICENSE-$licence" "$here/moved/share/doc/pusher-auth/LICENSE-$licence"
done
grep -qx 'License: MIT OR Apache-2.0' "$here/moved/lib/pkgconfig/pusher_auth.pc"
grep -q '^URL: https://' "$here/moved/lib/pkgconfig/pusher_auth.pc"

rm -rf "$here/root"
quietly install "${MAKE:-make}" install SUDO_UID=1000 CARGO=false PREFIX=/opt/pusher\ auth DESTDIR="$here/root"
diff -r "$here/moved" "$here/root/opt/pusher auth"
echo "ok make install with DESTDIR"

# Uninstalling removes older versions and empty folders.
cp -r "$here/moved" "$here/installed"
touch "$here/installed/lib/libpusher_auth.so."{0,0.2.0} \
  "$here/installed/share/man/man3/pusher_"{auth,signer_sign_request}.3
quietly uninstall "${MAKE:-make}" uninstall PREFIX="$here/installed" DESTDIR=
left=$(cd "$here/installed" && find . -mindepth 1)
[ -z "$left" ] || { echo "make uninstall leaves: $left" >&2; exit 1; }
echo "ok make uninstall"

configure=(cmake -S tests/packages -DEXAMPLES="$here/examples" -DCMAKE_PREFIX_PATH="$here/moved")
for shared in ON OFF; do
  rm -rf "$here/cmake"
  quietly configure "${configure[@]}" -B "$here/cmake" -DBUILD_SHARED_LIBS=$shared
  quietly build cmake --build "$here/cmake"
  program find_package "BUILD_SHARED_LIBS=$shared" "$here/cmake/c-pusher_auth" "$([ $shared = ON ] && echo 1 || echo 0)"
done
programs find_package "$here/cmake"
fails "unprefixed target" "pusher_auth::pusher_auth_with_its_namespace" \
  "${configure[@]}" -B "$here/mistake" -DMISTAKE=unprefixed

rm -rf "$here/meson"
cp tests/packages/meson.build "$here/examples"
PKG_CONFIG_PATH=$here/moved/lib/pkgconfig quietly configure meson setup "$here/meson" "$here/examples"
quietly build meson compile -C "$here/meson"
programs meson "$here/meson"

# By hand, with an rpath.
export PKG_CONFIG_PATH="$here/moved/lib/pkgconfig"
eval "cc '$here/examples/example.c' $(pkg-config --cflags --libs pusher_auth) -Wl,-rpath,'$here/moved/lib' -o '$here/by-hand'"
program pkg-config "c shared" "$here/by-hand" 1
# Only this library is static.
eval "cc '$here/examples/example.c' $(pkg-config --cflags pusher_auth) $(pkg-config --variable=libdir pusher_auth)/libpusher_auth.a -o '$here/by-hand'"
program pkg-config "c static" "$here/by-hand" 0

# This folder is kept for the next run, since cargo builds the library in it.
quietly configure cmake -S tests/packages -B "$here/fetched" -DEXAMPLES="$here/examples" -DPUSHER_AUTH_SOURCE="$PWD"
quietly build cmake --build "$here/fetched"
programs FetchContent "$here/fetched"
program FetchContent "without BUILD_SHARED_LIBS" "$here/fetched/c-pusher_auth" 0
quietly configure cmake -S tests/packages -B "$here/fetched" -DBUILD_SHARED_LIBS=ON
quietly build cmake --build "$here/fetched"
program FetchContent "BUILD_SHARED_LIBS=ON" "$here/fetched/c-pusher_auth" 1
quietly configure cmake -S tests/packages -B "$here/fetched" -UBUILD_SHARED_LIBS
fails "unprefixed target, fetched" "pusher_auth::pusher_auth_with_its_namespace" \
  cmake -S tests/packages -B "$here/mistake-fetched" -DEXAMPLES="$here/examples" -DPUSHER_AUTH_SOURCE="$PWD" -DMISTAKE=unprefixed

# CMake alone installs the same files as make.
quietly configure cmake -S . -B "$here/alone"
quietly build cmake --build "$here/alone"
rm -rf "$here/installed"
quietly install cmake --install "$here/alone" --prefix "$here/installed"
diff <(cd "$here/moved" && find . | sort) <(cd "$here/installed" && find . | sort)
diff "$here/moved/lib/pkgconfig/pusher_auth.pc" "$here/installed/lib/pkgconfig/pusher_auth.pc"
echo "ok cmake --install"
fails "cross toolchain without a target" "Set PUSHER_AUTH_TARGET to" \
  env -u CARGO_BUILD_TARGET cmake -S . -B "$here/cross" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64

# Installs a library for macOS, with stand-ins for the library and for macOS's install_name_tool.
macos=$here/macos
rm -rf "$macos"
mkdir -p "$macos/bin" "$macos/release/static"
touch "$macos/release/libpusher_auth.dylib" "$macos/release/static/libpusher_auth.a"
printf '#!/bin/sh\necho "$@"\n' >"$macos/bin/install_name_tool"
chmod +x "$macos/bin/install_name_tool"
[ "$(PATH=$macos/bin:$PATH RELEASE=$macos/release CARGO_BUILD_TARGET=aarch64-apple-darwin \
  PREFIX=/opt/pusher DESTDIR=$macos/root tools/install.sh)" = \
  "-id /opt/pusher/lib/libpusher_auth.$major.dylib $macos/root/opt/pusher/lib/libpusher_auth.$version.dylib" ]
[ "$macos/root/opt/pusher/lib/libpusher_auth.dylib" -ef "$macos/root/opt/pusher/lib/libpusher_auth.$version.dylib" ]
echo "ok names of macOS"

# The package for crates.io is complete.
quietly package "${CARGO:-cargo}" package --locked --offline --allow-dirty
${CARGO:-cargo} package --locked --offline --allow-dirty --list | sort >"$here/crate.list"
for file in CMakeLists.txt Cargo.lock bindings/cpp/pusher_auth.hpp include/pusher_auth.h tools/common.sh tools/install.sh \
  tools/static-library.sh LICENSE-MIT LICENSE-APACHE; do
  grep -qx "$file" "$here/crate.list" || { echo "the crate has no $file" >&2; exit 1; }
done
echo "ok cargo package"

# Each function has a manual page. mandoc's style messages are about the length of lines only.
man=$here/moved/share/man
for page in "$man"/man[37]/*; do
  [ -L "$page" ] || {
    mandoc -Tlint -W warning "$page"
    warnings=$(man --warnings --local-file "$page" 2>&1 >/dev/null)
    [ -z "$warnings" ] || { echo "$warnings" >&2; exit 1; }
  }
done
for function in $(tools/functions.sh); do
  man -M "$man" -w 3 "$function" >/dev/null || { echo "no manual page: $function" >&2; exit 1; }
done
echo "ok manual pages"
