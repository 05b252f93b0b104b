#!/usr/bin/env bash
# Runs the C harness under the sanitizers and valgrind: `make sanitize`. Any finding ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/install-deps.sh --check core

target=x86_64-unknown-linux-gnu
[ "$(rustc -vV | sed -n 's/^host: //p')" = $target ] || { echo "the sanitizers are set up for $target only" >&2; exit 1; }
nightly=$(rustc +nightly --print sysroot 2>/dev/null) || { echo "this needs a nightly compiler: rustup toolchain install nightly" >&2; exit 1; }
built=target/sanitize

# library NAME SYMBOL RUSTFLAGS: the library with a sanitizer in it, of which SYMBOL is the proof.
library() {
  echo "== $1: building"
  CARGO_PROFILE_DEV_OPT_LEVEL=1 RUSTFLAGS="$3" \
    cargo +nightly build --quiet --locked --lib --target $target --target-dir "$built/$1"
  archive=$built/$1/$target/debug/libpusher_auth.a
  [ "$(readelf --syms --wide "$archive" 2>/dev/null | grep -c "$2")" -gt 0 ] ||
    { echo "the library was built without the sanitizer" >&2; exit 1; }
}

# harness NAME OPTION...: the C harness with it, compiled with the options and linked with ${link[@]}.
harness() {
  local shared=${archive%/*}/libpusher_auth.so
  [[ $shared != */static/* ]] || shared=${archive%/static/*}/libpusher_auth.so
  cc -x c -std=c99 -O1 -g -Iinclude -pthread "-DSHARED_LIBRARY=\"$shared\"" "${@:2}" -c tests/harness/harness.c -o "$built/harness-$1.o"
  cc "$built/harness-$1.o" "$archive" "${link[@]}" -pthread -o "$built/harness-$1"
}

# run NAME CHECK...: those checks; all but CHECK... where the first is "but".
run() {
  local program=$built/harness-$1 checks=("${@:2}")
  if [ "$2" = but ]; then
    mapfile -t checks < <("$program" --list | grep -vxF "$(printf '%s\n' "${@:3}")")
  fi
  "${way[@]}" "$program" "${checks[@]}"
}

# AddressSanitizer with the leaks, and UndefinedBehaviorSanitizer on the C side. It needs an eighth of
# the gigabytes once more, and memory of its own for each time that the library is loaded.
library address __asan_report_load -Zsanitizer=address
link=("-fsanitize=address,undefined") way=()
harness address -fsanitize=address,undefined -fno-sanitize-recover=all
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1 \
  run address but too_large loaded_1000_times

# ThreadSanitizer, with the runtime of the compiler that built the library instead of cc's.
library thread __tsan_read "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer"
link=("-Wl,--whole-archive" "$nightly/lib/rustlib/$target/lib/librustc-nightly_rt.tsan.a" "-Wl,--no-whole-archive" -lstdc++ -lm)
harness thread -fsanitize=thread
TSAN_OPTIONS=halt_on_error=1 run thread documented_answer eight_threads

# valgrind on the library as it is released. `make test` has memcheck on most of the checks.
echo "== valgrind: building"
make --silent build
archive=target/release/static/libpusher_auth.a link=()
harness valgrind
way=(valgrind --quiet --error-exitcode=99 --tool=memcheck --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all)
run valgrind but too_large million_members child_after_fork_among_threads loaded_1000_times
# Helgrind knows no atomics: with these two, the harness tells its own threads to stop.
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
# The first check fills what the library's crates keep in atomics: what the processor can do, and where getrandom is.
CALLS=100 run valgrind documented_answer eight_threads
