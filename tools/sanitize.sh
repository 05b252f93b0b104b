#!/usr/bin/env bash
# Runs the C harness under the sanitizers and valgrind: `make sanitize`. Stops at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."

target=x86_64-unknown-linux-gnu
[ "$(rustc -vV | sed -n 's/^host: //p')" = $target ] || { echo "this target supports $target only" >&2; exit 1; }
nightly=$(rustc +nightly --print sysroot)
built=target/sanitize

# library NAME SYMBOL RUSTFLAGS: builds the library with a sanitizer, and checks that it refers to
# SYMBOL.
library() {
  echo "== $1: building"
  CARGO_PROFILE_DEV_OPT_LEVEL=1 RUSTFLAGS="$3" \
    cargo +nightly build --quiet --locked --lib --target $target --target-dir "$built/$1"
  archive=$built/$1/$target/debug/libpusher_auth.a
  [ "$(readelf --syms --wide "$archive" 2>/dev/null | grep -c "$2")" -gt 0 ] ||
    { echo "the library was built without the sanitizer" >&2; exit 1; }
}

# harness NAME OPTION...: compiles the C harness with the options, and links it with the library and
# ${link[@]}.
harness() {
  local shared=${archive%/*}/libpusher_auth.so
  [[ $shared != */static/* ]] || shared=${archive%/static/*}/libpusher_auth.so
  cc -x c -std=c99 -O1 -g -Iinclude -pthread "-DSHARED_LIBRARY=\"$shared\"" "${@:2}" -c tests/harness/harness.c -o "$built/harness-$1.o"
  cc "$built/harness-$1.o" "$archive" "${link[@]}" -pthread -o "$built/harness-$1"
}

# run NAME CHECK...: runs these checks, or with "but" as the first, all except these.
run() {
  local program=$built/harness-$1 checks=("${@:2}")
  if [ "$2" = but ]; then
    mapfile -t checks < <("$program" --list | grep -vxF "$(printf '%s\n' "${@:3}")")
  fi
  "${way[@]}" "$program" "${checks[@]}"
}

# AddressSanitizer with leak detection, and UndefinedBehaviorSanitizer for the C code. The two
# checks left out would need too much memory: its shadow is an eighth of theirs, and it keeps memory
# for each library that was loaded.
library address __asan_report_load -Zsanitizer=address
link=("-fsanitize=address,undefined") way=()
harness address -fsanitize=address,undefined -fno-sanitize-recover=all
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1 \
  run address but too_large loaded_1000_times

# ThreadSanitizer, with the runtime of the nightly compiler instead of cc's.
library thread __tsan_read "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer"
link=("-Wl,--whole-archive" "$nightly/lib/rustlib/$target/lib/librustc-nightly_rt.tsan.a" "-Wl,--no-whole-archive" -lstdc++ -lm)
harness thread -fsanitize=thread
TSAN_OPTIONS=halt_on_error=1 run thread documented_answer eight_threads

# valgrind on the library that `make` builds.
echo "== valgrind: building"
make --silent build
archive=target/release/static/libpusher_auth.a link=()
harness valgrind
way=(valgrind --quiet --error-exitcode=99 --tool=memcheck --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all)
run valgrind but too_large million_members child_after_fork_among_threads loaded_1000_times
# Helgrind does not know atomics, with which the harness stops its threads.
cat > "$built/helgrind.supp" <<'SUPPRESSIONS'
{
  the harness stops its threads
  Helgrind:Race
  fun:sign_until_stopped
}
{
  the harness watches its threads
  Helgrind:Race
  fun:with_threads
}
SUPPRESSIONS
way=(valgrind --quiet --error-exitcode=99 --tool=helgrind "--suppressions=$built/helgrind.supp")
# The first check makes the crates store the processor's features and the address of getrandom, in
# atomics too.
CALLS=100 run valgrind documented_answer eight_threads
