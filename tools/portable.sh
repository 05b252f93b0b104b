#!/usr/bin/env bash
# Builds the library as it is distributed: small, for every Linux since glibc 2.17, and the same bytes wherever it is
# built. `make portable`; with arguments, runs them as a command in whose environment every build is such a one:
# `tools/portable.sh make install`. CARGO_BUILD_TARGET=… builds for another machine.
#
# Takes a compiler with the sources of its standard library, which is built anew without what prints backtraces.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)

# The default compiler, otherwise Debian's.
sources() { [ -e "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.toml" ]; }
sources 2>/dev/null || {
  export PATH=/usr/bin:$PATH
  sources || { echo "this needs the sources of the standard library: rustup component add rust-src" >&2; exit 1; }
}
sysroot=$(rustc --print sysroot)
about=$(rustc -vV)
target=${CARGO_BUILD_TARGET:-$(sed -n 's/^host: //p' <<<"$about")}

export CARGO=cargo CARGO_BUILD_TARGET=$target
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$source/target/portable}
# Unstable options of a stable compiler.
export RUSTC_BOOTSTRAP=1
# Lists with spaces: Rust 1.85 takes one with commas for a single word.
export CARGO_UNSTABLE_BUILD_STD="std panic_unwind" CARGO_UNSTABLE_BUILD_STD_FEATURES="panic-unwind optimize_for_size"

# All crates must have their place before the paths are listed.
(cd "$source" && cargo fetch --quiet --locked)

# The places of this machine, each under a name that is the same on all; the last that fits counts.
library=$sysroot/lib/rustlib/src/rust
flags=("--remap-path-prefix=$source=/pusher-auth"
  "--remap-path-prefix=$library=/rustc/$(sed -n 's/^commit-hash: //p' <<<"$about")")
for crates in "$source/vendor" "$library/library/vendor" "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  flags+=("--remap-path-prefix=$crates=/crates")
done

# zig has every version of glibc to link against, and what musl and Windows link with.
cpu=${target%%-*}
case $cpu in
  armv7) cpu=arm ;;
  i686) cpu=x86 ;;
esac
case $target in
  *-linux-gnu*) ZIG_TARGET=$cpu-linux-${target##*-}.2.17 ;;
  *-linux-musl)
    ZIG_TARGET=$cpu-linux-musl
    # The first makes a shared library at all; the second does without what rustup alone brings.
    flags+=(-Ctarget-feature=-crt-static -Clink-self-contained=no)
    ;;
  *-windows-gnu)
    ZIG_TARGET=$cpu-windows-gnu
    flags+=("-Cdlltool=$source/tools/zig-dlltool.sh")
    ;;
  wasm32-wasip1)
    ZIG_TARGET=wasm32-wasi
    # Nothing unwinds there: a panic ends the instance. zig brings the C library.
    export CARGO_PROFILE_RELEASE_PANIC=abort CARGO_UNSTABLE_BUILD_STD="std panic_abort" CARGO_UNSTABLE_BUILD_STD_FEATURES="optimize_for_size"
    flags+=(-Zunstable-options -Clinker-flavor=wasm-lld-cc -Clink-self-contained=no)
    ;;
  *) echo "nothing is distributed for $target" >&2; exit 2 ;;
esac
"$source/tools/install-deps.sh" --check portable
ZIG=$(echo "${XDG_CACHE_HOME:-$HOME/.cache}"/pusher-auth/python/lib/python3*/site-packages/ziglang/zig)
export ZIG ZIG_TARGET LD=$source/tools/zig-ld.sh OBJCOPY=llvm-objcopy AR=llvm-ar
linker=CARGO_TARGET_${target^^}_LINKER
export "${linker//-/_}=$source/tools/zig-cc.sh"
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS

[ $# -gt 0 ] || set -- make -C "$source" all
exec "$@"
