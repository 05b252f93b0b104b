#!/usr/bin/env bash
# Builds the library for other machines than this one, in a Debian 13 of its own, and runs the C harness on each:
# cross.sh TARGET..., of aarch64 armv7 i686 s390x musl windows. Takes root. docs/platforms.md tells what is tried.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian-13.sh

packages=(rust-src)
for target in "$@"; do
  case $target in
    aarch64) packages+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user) ;;
    armv7) packages+=(gcc-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user) ;;
    i686) packages+=(gcc-i686-linux-gnu libc6-dev-i386-cross qemu-user) ;;
    s390x) packages+=(gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user) ;;
    musl) packages+=(musl) ;;
    windows) packages+=(g++-mingw-w64-x86-64-posix wine64 wine doctest-dev nlohmann-json3-dev) ;;
    *) echo "no such target: $target" >&2; exit 2 ;;
  esac
done
debian_13_compilers
add_packages "${packages[@]}"
if [[ " $* " == *" musl "* && ! -x $root/opt/ziglang/zig ]]; then
  scripts/install-deps.sh cross-musl
  python3 -m pip install --quiet --target "$root/opt" ziglang==0.16.0
fi
# Debian has the standard library for its own machines only, and its sources for every other.
RUSTC_BOOTSTRAP=1 put_sources --sync "$root/usr/lib/rustlib/src/rust/library/Cargo.toml"
for target in "$@"; do
  inside 'cd /pusher-auth; exec scripts/cross-target.sh "$1"' "$target"
done
echo "ok: $*"
