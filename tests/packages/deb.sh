#!/usr/bin/env bash
# Installs the packages of `make deb` in a Debian 13 chroot without Rust, builds README's example
# with them, and removes them: `make test-deb`. Needs root.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/debian-13.sh

debian_13 deb-install cmake gcc libc6-dev ninja-build pkg-config
rm -rf "$root/tried"
mkdir "$root/tried"
tests/packages/examples.sh "$root/tried"
cp target/dist/libpusher-auth*.deb "$root/tried"
cat >"$root/tried/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(tried C)
find_package(pusher_auth CONFIG REQUIRED)
foreach(kind shared static)
  add_executable(${kind} example.c)
  target_link_libraries(${kind} PRIVATE pusher_auth::${kind})
endforeach()
CMAKE
inside '
  cd /tried
  files() { find / -xdev \( -path /tried -o -path /proc -o -path /var/lib/dpkg -o -path /var/log \) -prune -o -print | sort; }
  prints_response() { [ "$("$@")" = "$response" ] && echo "ok $*"; }
  response=$(cat response)

  files > before
  dpkg --install libpusher-auth*.deb
  cc example.c $(pkg-config --cflags --libs pusher_auth) -o by-pkg-config
  cc -static example.c $(pkg-config --static --cflags --libs pusher_auth) -o by-pkg-config-static
  cmake -G Ninja -B cmake . > cmake.log
  cmake --build cmake > cmake.log
  prints_response ./by-pkg-config
  prints_response ./by-pkg-config-static
  prints_response cmake/shared
  prints_response cmake/static
  # Multi-Arch: same requires the same file for each architecture, so it lists all crates.
  zgrep -q "^==== wasip2-" /usr/share/doc/libpusher-auth1/crates.txt.gz

  dpkg --purge libpusher-auth-dev libpusher-auth1
  files > after
  diff before after
'
