#!/usr/bin/env bash
# Builds the library for distribution: small, for every Linux since glibc 2.17, with the same bytes
# wherever it is built. `make portable`. With arguments, runs them as a command that builds with
# these settings: `tools/portable.sh make install`. CARGO_BUILD_TARGET=... builds for another
# machine.
#
# Needs a compiler with the sources of its standard library, which is built without the code that
# prints backtraces.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
. "$source/tools/common.sh"

# The default compiler, otherwise Debian's.
sources() { [ -e "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.toml" ]; }
sources 2>/dev/null || {
  export PATH=/usr/bin:$PATH
  sources || { echo "missing: the sources of Rust's standard library; run: rustup component add rust-src" >&2; exit 1; }
}
sysroot=$(rustc --print sysroot)
about=$(rustc -vV)
target=${CARGO_BUILD_TARGET:-$(sed -n 's/^host: //p' <<<"$about")}

export CARGO=cargo CARGO_BUILD_TARGET=$target
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$source/target/portable}
# Allows unstable options with a stable compiler.
export RUSTC_BOOTSTRAP=1
# Separated by spaces: Rust 1.85 reads a list with commas as one word.
export CARGO_UNSTABLE_BUILD_STD="std panic_unwind" CARGO_UNSTABLE_BUILD_STD_FEATURES="panic-unwind optimize_for_size"

# Crates must be unpacked before their paths are listed.
(cd "$source" && cargo fetch --quiet --locked)

# Replaces the paths of this machine by the same names everywhere. The last prefix that matches
# counts.
library=$sysroot/lib/rustlib/src/rust
flags=("--remap-path-prefix=$source=/pusher-auth"
  "--remap-path-prefix=$library=/rustc/$(sed -n 's/^commit-hash: //p' <<<"$about")")
for crates in "$source/vendor" "$library/library/vendor" "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  flags+=("--remap-path-prefix=$crates=/crates")
done

# zig has the symbols of every glibc, and the libraries to link for musl and Windows.
cpu=${target%%-*}
case $cpu in
  armv7) cpu=arm ;;
  i686) cpu=x86 ;;
esac
case $target in
  *-linux-gnu*) ZIG_TARGET=$cpu-linux-${target##*-}.2.17 ;;
  *-linux-musl)
    ZIG_TARGET=$cpu-linux-musl
    # Without the first, cargo builds no shared library. The second avoids files that only
    # rustup has.
    flags+=(-Ctarget-feature=-crt-static -Clink-self-contained=no)
    ;;
  *-windows-gnu)
    ZIG_TARGET=$cpu-windows-gnu
    flags+=("-Cdlltool=$source/tools/zig-dlltool.sh")
    ;;
  wasm32-wasip1)
    ZIG_TARGET=wasm32-wasi
    # There is no unwinding: a panic ends the instance. The C library is zig's.
    export CARGO_PROFILE_RELEASE_PANIC=abort CARGO_UNSTABLE_BUILD_STD="std panic_abort" CARGO_UNSTABLE_BUILD_STD_FEATURES="optimize_for_size"
    flags+=(-Zunstable-options -Clinker-flavor=wasm-lld-cc -Clink-self-contained=no)
    ;;
  *) echo "there are no releases for $target" >&2; exit 2 ;;
esac
"$source/tools/install-deps.sh" --check portable
ZIG=$(echo "$cache"/python/lib/python3*/site-packages/ziglang/zig)
export ZIG ZIG_TARGET LD=$source/tools/zig-ld.sh OBJCOPY=llvm-objcopy AR=llvm-ar
linker=CARGO_TARGET_${target^^}_LINKER
export "${linker//-/_}=$source/tools/zig-cc.sh"
# Saves 16 KB: a panic's message has no place and no values, and Poly1305 has no code for AVX2.
flags+=(-Zfmt-debug=none -Zlocation-detail=none --cfg poly1305_force_soft)
# cargo hashes the name into symbols, so it must not be a path.
export PATH=$source/tools:$PATH RUSTC_WORKSPACE_WRAPPER=inline-less.sh
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS

[ $# -gt 0 ] || set -- make -C "$source" all
exec "$@"
