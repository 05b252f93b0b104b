#!/usr/bin/env bash
# Builds README's examples in C and C++ with the library, shared and static, in each way that others do, from a
# folder of their own: `make test-packages`.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=target/test-packages
mkdir -p $here/examples
tests/packages/examples.sh $here/examples
answer=$(cat $here/examples/answer)

# quietly LOG COMMAND...: what it prints is shown where it fails alone.
quietly() {
  "${@:2}" >"$here/$1.log" 2>&1 || { cat "$here/$1.log" >&2; exit 1; }
}

# programs WAY FOLDER: the four of them do their work there, and need the shared library only where they should.
programs() {
  local language kind needs
  for kind in shared static; do
    for language in c cpp; do
      local program=$2/$language-$kind
      [ "$("$program")" = "$answer" ] || { echo "$1: $program prints something else" >&2; exit 1; }
      needs=$(readelf --dynamic "$program" | grep -c 'NEEDED.*libpusher_auth\.so\.' || :)
      [ "$kind $needs" = "shared 1" ] || [ "$kind $needs" = "static 0" ] ||
        { echo "$1: $program is linked the wrong way" >&2; exit 1; }
      echo "ok $1 $language $kind"
    done
  done
}

# Installed in one place, as by sudo where root has no cargo, and moved to another.
rm -rf $here/installed $here/moved
quietly install "${MAKE:-make}" install SUDO_UID=1000 CARGO=false PREFIX="$PWD/$here/installed" DESTDIR=
mv $here/installed $here/moved
! grep -rn "$here/installed" $here/moved || { echo "these name the place where they were installed" >&2; exit 1; }

rm -rf $here/cmake
quietly configure cmake -S tests/packages -B $here/cmake -DEXAMPLES="$PWD/$here/examples" -DCMAKE_PREFIX_PATH="$PWD/$here/moved"
quietly build cmake --build $here/cmake
programs find_package $here/cmake

rm -rf $here/meson
cp tests/packages/meson.build $here/examples
PKG_CONFIG_PATH=$PWD/$here/moved/lib/pkgconfig quietly configure meson setup $here/meson $here/examples
quietly build meson compile -C $here/meson
programs meson $here/meson

# Kept from run to run, since cargo builds all of the library in it.
quietly configure cmake -S tests/packages -B $here/fetched -DEXAMPLES="$PWD/$here/examples" -DPUSHER_AUTH_SOURCE="$PWD"
quietly build cmake --build $here/fetched
programs FetchContent $here/fetched

# What crates.io would have, built by itself.
quietly package "${CARGO:-cargo}" package --locked --offline --allow-dirty
${CARGO:-cargo} package --locked --offline --allow-dirty --list | sort >$here/crate.list
for file in CMakeLists.txt Cargo.lock bindings/cpp/pusher_auth.hpp include/pusher_auth.h LICENSE-MIT LICENSE-APACHE; do
  grep -qx "$file" $here/crate.list || { echo "the crate has no $file" >&2; exit 1; }
done
echo "ok cargo package"

# The manual page, under the name of each function. What mandoc calls style is the length of its lines.
mandoc -Tlint -W warning $here/moved/share/man/man3/pusher_auth.3
warnings=$(man --warnings --local-file $here/moved/share/man/man3/pusher_auth.3 2>&1 >/dev/null)
[ -z "$warnings" ] || { echo "$warnings" >&2; exit 1; }
for function in $(grep -o '[ *]pusher_[a-z_]*(' include/pusher_auth.h | tr -d ' *(' | sort -u); do
  man -M $here/moved/share/man -w 3 "$function" >/dev/null && grep -qx ".SS $function" $here/moved/share/man/man3/pusher_auth.3 ||
    { echo "no manual page: $function" >&2; exit 1; }
done
echo "ok pusher_auth.3"
