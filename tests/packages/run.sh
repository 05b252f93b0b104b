#!/usr/bin/env bash
# Builds README's examples in C and C++ with the library, shared and static, in each way that others do, from folders
# with spaces in their names: `make test-packages`.
set -euo pipefail
cd "$(dirname "$0")/../.."
here="$PWD/target/test packages"
mkdir -p "$here/examples"
tests/packages/examples.sh "$here/examples"
answer=$(cat "$here/examples/answer")
version=$(tools/version.sh)
major=${version%%.*}

# quietly LOG COMMAND...: shows what the command prints only if it fails.
quietly() {
  "${@:2}" >"$here/$1.log" 2>&1 || { cat "$here/$1.log" >&2; exit 1; }
}

# fails LOG TEXT COMMAND...: the command must fail, and print the text.
fails() {
  if "${@:3}" >"$here/$1.log" 2>&1; then
    echo "$1: succeeds, and should fail" >&2
    exit 1
  fi
  tr -s '\n ' ' ' <"$here/$1.log" | grep -qF "$2" || { cat "$here/$1.log" >&2; exit 1; }
  echo "ok $1 fails"
}

# program WAY NAME FILE NEEDS: it prints the response, and needs the shared library or not (1 or 0).
program() {
  local needs
  [ "$("$3")" = "$answer" ] || { echo "$1: $3 prints something else" >&2; exit 1; }
  needs=$(readelf --dynamic "$3" | grep -c "NEEDED.*libpusher_auth\.so\.$major\]" || :)
  [ "$needs" = "$4" ] || { echo "$1: $3 is linked the wrong way" >&2; exit 1; }
  echo "ok $1 $2"
}

# programs WAY FOLDER
programs() {
  local language
  for language in c cpp; do
    program "$1" "$language shared" "$2/$language-shared" 1
    program "$1" "$language static" "$2/$language-static" 0
  done
}

# Installed in one place, as by sudo where root has no cargo, and moved to another.
rm -rf "$here/installed" "$here/moved"
quietly install "${MAKE:-make}" install SUDO_UID=1000 CARGO=false PREFIX="$here/installed" DESTDIR=
mv "$here/installed" "$here/moved"
! grep -rn "$here/installed" "$here/moved" || { echo "these name the place where they were installed" >&2; exit 1; }

# An older version beside it goes with it, and so do the folders.
cp -r "$here/moved" "$here/installed"
touch "$here/installed/lib/libpusher_auth.so."{0,0.2.0}
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

# Compiled by hand.
export PKG_CONFIG_PATH="$here/moved/lib/pkgconfig"
eval "cc '$here/examples/example.c' $(pkg-config --cflags --libs pusher_auth) -Wl,-rpath,'$here/moved/lib' -o '$here/by-hand'"
program pkg-config "c shared" "$here/by-hand" 1

# Kept from run to run, since cargo builds all of the library in it.
quietly configure cmake -S tests/packages -B "$here/fetched" -DEXAMPLES="$here/examples" -DPUSHER_AUTH_SOURCE="$PWD"
quietly build cmake --build "$here/fetched"
programs FetchContent "$here/fetched"
fails "unprefixed target, fetched" "pusher_auth::pusher_auth_with_its_namespace" \
  cmake -S tests/packages -B "$here/mistake-fetched" -DEXAMPLES="$here/examples" -DPUSHER_AUTH_SOURCE="$PWD" -DMISTAKE=unprefixed

# The library on its own installs what make does; for another machine it asks for Rust's name of it.
quietly configure cmake -S . -B "$here/alone"
quietly build cmake --build "$here/alone"
rm -rf "$here/installed"
quietly install cmake --install "$here/alone" --prefix "$here/installed"
diff <(cd "$here/moved" && find . | sort) <(cd "$here/installed" && find . | sort)
diff "$here/moved/lib/pkgconfig/pusher_auth.pc" "$here/installed/lib/pkgconfig/pusher_auth.pc"
echo "ok cmake --install"
fails "cross toolchain without a target" "Set PUSHER_AUTH_TARGET to" \
  env -u CARGO_BUILD_TARGET cmake -S . -B "$here/cross" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64

# The package for crates.io builds on its own.
quietly package "${CARGO:-cargo}" package --locked --offline --allow-dirty
${CARGO:-cargo} package --locked --offline --allow-dirty --list | sort >"$here/crate.list"
for file in CMakeLists.txt Cargo.lock bindings/cpp/pusher_auth.hpp include/pusher_auth.h tools/install.sh \
  tools/static-library.sh LICENSE-MIT LICENSE-APACHE; do
  grep -qx "$file" "$here/crate.list" || { echo "the crate has no $file" >&2; exit 1; }
done
echo "ok cargo package"

# The manual page, under the name of each function. What mandoc calls style is the length of its lines.
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
