#!/usr/bin/env bash
# Tests the archives of `make dist` in emulators, in a Debian 13 chroot: cross.sh TARGET...
# `make cross` runs it. Needs root. docs/maintainers/platforms.md lists what is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/debian-13.sh

packages=()
for target in "$@"; do
  case $target in
    aarch64-*) packages+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user) ;;
    armv7-*) packages+=(gcc-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user) ;;
    i686-*) packages+=(gcc-i686-linux-gnu libc6-dev-i386-cross qemu-user) ;;
    s390x-*) packages+=(gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user) ;;
    *-musl) packages+=(musl) ;;
    *-windows-*) packages+=(g++-mingw-w64-x86-64-posix wine64 wine doctest-dev nlohmann-json3-dev) ;;
  esac
done
debian_13_compilers
add_packages "${packages[@]}"
if [[ " $* " == *-musl* ]]; then
  cp -ru "$(dirname "$(tools/portable.sh printenv ZIG)")" "$root/opt"
fi

sources=pusher-auth-$(tools/version.sh)
rm -rf "$root/unpacked"
mkdir "$root/unpacked"
tar -x -C "$root/unpacked" -f "target/dist/$sources.tar.xz"
for target in "$@"; do
  if [[ $target == wasm32-* ]]; then
    # Node runs it outside the chroot.
    tar -x -C "$root/unpacked" -f "target/dist/$sources-$target.tar.xz"
    node --no-warnings tests/packages/wasm.mjs "$root/unpacked/$sources-$target/lib/pusher_auth.wasm" "$(grep -m1 '^{"auth":' README.md)"
    continue
  fi
  tar -x -C "$root/unpacked" -f "target/dist/$sources-$target.tar.xz"
  inside 'cd "/unpacked/$1"; exec tools/cross-target.sh "$2"' "$sources" "$target"
done
echo "ok: $*"
