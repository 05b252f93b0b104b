#!/usr/bin/env bash
# Installs the packages of `make deb` into a Debian 13 that has a compiler and nothing of Rust, builds README's first
# example with them, and takes them out again: `make test-deb`. Takes root.
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
  is_right() { [ "$("$@")" = "$answer" ] && echo "ok $*"; }
  answer=$(cat answer)

  files > before
  dpkg --install libpusher-auth*.deb
  cc example.c $(pkg-config --cflags --libs pusher_auth) -o by-pkg-config
  cc -static example.c $(pkg-config --static --cflags --libs pusher_auth) -o by-pkg-config-static
  cmake -G Ninja -B cmake . > cmake.log
  cmake --build cmake > cmake.log
  is_right ./by-pkg-config
  is_right ./by-pkg-config-static
  is_right cmake/shared
  is_right cmake/static

  dpkg --purge libpusher-auth-dev libpusher-auth1
  files > after
  diff before after
'
