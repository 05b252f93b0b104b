#!/usr/bin/env bash
# The linker of scripts/portable.sh: zig, against the glibc that $ZIG_TARGET names, and with zig's own unwinder in
# place of libgcc_s.
args=()
for arg; do
  [ "$arg" != -lgcc_s ] || arg=-lunwind
  args+=("$arg")
done
exec "$ZIG" cc -target "$ZIG_TARGET" "${args[@]}"
