#!/usr/bin/env bash
# Links with zig for $ZIG_TARGET, in tools/portable.sh. zig uses its own unwinder instead of
# libgcc_s and libgcc_eh.
args=()
case $ZIG_TARGET in
  # A reactor: a module with _initialize and exported functions, without main.
  wasm*) args+=(-mexec-model=reactor) ;;
esac
exports=false
for arg; do
  case $arg in
    # GCC's libraries for Windows: zig does not have them, and nothing uses them.
    -l:libpthread.a | -lmsvcrt | -lssp | -lssp_nonshared) ;;
    # zig takes the list of a DLL's exports as a file instead of an option.
    -Wl,*.def) args+=("${arg#-Wl,}") ;;
    # For WebAssembly, zig sets these itself or does not know them.
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
# Otherwise a DLL would contain the time of the build.
export SOURCE_DATE_EPOCH=0
# Without -Os, zig's unwinder is larger.
exec "$ZIG" cc -Os -target "$ZIG_TARGET" "${args[@]}"
