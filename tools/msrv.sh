#!/usr/bin/env bash
# Builds and tests the library and the C++ binding with the oldest supported compiler, Rust 1.85, in
# a Debian 13 chroot: `make msrv`. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/debian-13.sh

oldest=$(tools/version.sh rust-version)
debian_13_compilers
add_packages doctest-dev libboost-dev libsimdjson-dev nlohmann-json3-dev rust-clippy rustfmt
exec {msrv_lock}>"$root/msrv.lock"
flock "$msrv_lock"
put_sources "$root/pusher-auth"
vendor "$root/pusher-auth" --locked
inside '
  cd /pusher-auth
  rustc --version
  rustc --version | grep -qF "rustc $1." || { echo "the compiler must be Rust $1" >&2; exit 1; }
  export CARGO_NET_OFFLINE=true
  cargo test --locked
  tools/lint.sh --available
  make test-cpp
' "$oldest"
