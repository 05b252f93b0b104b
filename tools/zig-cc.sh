#!/usr/bin/env bash
# The linker of tools/portable.sh: zig, for the system that $ZIG_TARGET names. It uses its own
# unwinder in place of libgcc_s and libgcc_eh.
args=()
case $ZIG_TARGET in
  # A module that is called instead of run, with an _initialize and without a main.
  wasm*) args+=(-mexec-model=reactor) ;;
esac
exports=false
for arg; do
  case $arg in
    # gcc's libraries for Windows. zig does not know them, and the library calls none of them.
    -l:libpthread.a | -lmsvcrt | -lssp | -lssp_nonshared) ;;
    # To zig, the list of a DLL's exports is a file and not an option.
    -Wl,*.def) args+=("${arg#-Wl,}") ;;
    # zig does these itself for WebAssembly, or does not know them.
    -Wl,--no-export-dynamic | --target=wasm32-* | -Wl,--no-demangle | -Wl,--stack-first) ;;
    -static | -shared | -nodefaultlibs) [[ $ZIG_TARGET == wasm* ]] || args+=("$arg") ;;
    -Wl,--export) exports=true ;;
    *)
      if $exports; then
        arg=-Wl,--export=${arg#-Wl,} exports=false
      fi
      args+=("$arg")
      ;;
  esac
done
# Otherwise a DLL would have the time of the build.
export SOURCE_DATE_EPOCH=0
exec "$ZIG" cc -target "$ZIG_TARGET" "${args[@]}"
