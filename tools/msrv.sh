#!/usr/bin/env bash
# Builds and tests the library and the C++ binding with the oldest compiler that it promises, Rust 1.85, which is the
# one of Debian 13: `make msrv`. Takes root.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/debian-13.sh

promised=$(tools/version.sh rust-version)
debian_13_compilers
add_packages doctest-dev libboost-dev libsimdjson-dev nlohmann-json3-dev rust-clippy rustfmt
exec {msrv_lock}>"$root/msrv.lock"
flock "$msrv_lock"
put_sources "$root/pusher-auth"
vendor "$root/pusher-auth" --locked
inside '
  cd /pusher-auth
  rustc --version
  rustc --version | grep -qF "rustc $1." || { echo "not the compiler that is promised: $1" >&2; exit 1; }
  export CARGO_NET_OFFLINE=true
  cargo test --locked
  tools/lint.sh --available
  make test-cpp
' "$promised"
