#!/usr/bin/env bash
# The linker of tools/portable.sh: zig, for the system that $ZIG_TARGET names. It has an unwinder of its own, and
# takes that for libgcc_s and libgcc_eh.
args=()
for arg; do
  case $arg in
    # Of gcc's for Windows, and nothing that the library calls: zig knows none of them.
    -l:libpthread.a | -lmsvcrt | -lssp | -lssp_nonshared) ;;
    # The list of what a DLL exports is a file to zig, and no option.
    -Wl,*.def) args+=("${arg#-Wl,}") ;;
    *) args+=("$arg") ;;
  esac
done
# Which a DLL would have of the clock.
export SOURCE_DATE_EPOCH=0
exec "$ZIG" cc -target "$ZIG_TARGET" "${args[@]}"
