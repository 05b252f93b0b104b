#!/usr/bin/env bash
# Builds the library for another machine and runs the C harness there, with the shared library and with the
# archive: cross-target.sh TARGET. For the Debian 13 in which cross.sh runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
ending= # of a program's name
warnings=(-Wall -Wextra -Wpedantic -Werror)

# same WHAT EXPECTED ACTUAL: ends it all unless they are.
same() {
  [ "$2" = "$3" ] || { printf '%s should be:\n%s\nand is:\n%s\n' "$1" "$2" "$3" >&2; exit 1; }
}

# on_target PROGRAM ARGUMENT...: runs it there, with success. Sets $printed, to all that it prints.
on_target() {
  printed=$("${emulator[@]}" "$@" 2>&1 | tr -d '\r') || { printf '%s failed:\n%s\n' "$1" "$printed" >&2; exit 1; }
}

# build RUST'S-NAME LINKER: into $installed, by `make install`.
build() {
  local linker=CARGO_TARGET_${1^^}_LINKER
  export CARGO_BUILD_TARGET=$1 "${linker//-/_}=$2" CARGO_NET_OFFLINE=true
  # The standard library comes as sources: Debian has it built for few machines.
  export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD="std panic_unwind"
  installed=$PWD/target/$1/installed lib=$PWD/target/$1/installed/lib
  echo "== building for $1"
  make --no-print-directory install PREFIX="$installed" >/dev/null
  export PKG_CONFIG_PATH=$lib/pkgconfig
  functions=$(sed -n 's/^[^/ ].*[ *]\(pusher_[a-z_]*\)(.*/\1/p' "$installed/include/pusher_auth.h" | sort)
}

# exports_only_functions: as the header has them.
exports_only_functions() {
  same "what the shared library exports" "$functions" "$(
    readelf --wide --dyn-syms "$lib/libpusher_auth.so" | awk '$5 ~ /GLOBAL|WEAK/ && $7 != "UND" { print $8 }' | sort
  )"
}

# harness KIND LEFT-OUT OPTION...: runs every check but those for which LEFT-OUT has a line with the reason, and
# those of which the harness itself says so. Nothing but the checks' names may be printed.
harness() {
  local program=$installed/harness-$1$ending every names left
  "${cc[@]}" -std=c99 -O1 "${warnings[@]}" -pthread -DTOO_LONG=3600 -I"$installed/include" tests/harness.c \
    "${@:3}" -o "$program"
  on_target "$program" --left-out
  left=$(printf '%s\n' "$2" "$printed" | sed '/^$/d')
  on_target "$program" --list
  names=$(grep -vxF "$(cut -d: -f1 <<<"$left")" <<<"$printed")
  every=$(sed -n 's/^    NAMED(\(.*\)),$/\1/p' tests/harness.c)
  same "the checks, made or left out" "$(sort <<<"$every")" "$(printf '%s\n' "$names" "$left" | sed 's/:.*//; /^$/d' | sort)"
  # shellcheck disable=SC2086 # a name is a word
  on_target "$program" $names
  same "what the harness prints" "$(sed 's/^/ok /' <<<"$names")" "$printed"
  echo "ok $CARGO_BUILD_TARGET, $1: $(wc -l <<<"$names") of $(wc -l <<<"$every") checks${left:+, without $left}"
}

# Its gigabytes take most of an hour in an emulator, but for i686.
emulated="too_large: its gigabytes take too long in an emulator; x86-64 and i686 have it"
same_code="too_large: the shared library, which is of the same code, has it"

# linux RUST'S-NAME GCC'S-NAME QEMU'S-NAME LEFT-OUT: with glibc.
linux() {
  cc=("$2-gcc") emulator=("qemu-$3" -L "/usr/$2")
  build "$1" "$2-gcc"
  exports_only_functions
  harness "shared library" "$4" "-DSHARED_LIBRARY=\"$lib/libpusher_auth.so\"" -L"$lib" -lpusher_auth -Wl,-rpath,"$lib"
  harness archive "${4:-$same_code}" "-DSHARED_LIBRARY=\"$lib/libpusher_auth.so\"" "$lib/libpusher_auth.a"
}

# Debian's gcc for musl takes its unwinder from the one for glibc, and cannot link an archive: zig has its own.
musl() {
  cc=(/opt/ziglang/zig cc -target x86_64-linux-musl) emulator=()
  printf '#!/bin/sh\nexec %s "$@"\n' "${cc[*]}" >target/musl-linker
  chmod +x target/musl-linker
  # The first makes a shared library at all; the second does without what rustup alone brings.
  export RUSTFLAGS="-C target-feature=-crt-static -C link-self-contained=no"
  build x86_64-unknown-linux-musl "$PWD/target/musl-linker"
  exports_only_functions
  harness "shared library" "" "-DSHARED_LIBRARY=\"$lib/libpusher_auth.so\"" -dynamic -L"$lib" -lpusher_auth -Wl,-rpath,"$lib"
  harness archive "" -static "$lib/libpusher_auth.a" -lunwind
}

windows() {
  local gcc=x86_64-w64-mingw32 dll archive
  cc=("$gcc-gcc") emulator=(wine) ending=.exe
  # What a DLL begins and ends with is of the standard library too, but nothing that cargo builds.
  local startup=$PWD/target/startup object
  mkdir -p "$startup"
  for object in rsbegin rsend; do
    RUSTC_BOOTSTRAP=1 rustc --target x86_64-pc-windows-gnu --emit obj -O -o "$startup/$object.o" \
      "$(rustc --print sysroot)/lib/rustlib/src/rust/library/rtstartup/$object.rs"
  done
  export RUSTFLAGS="-L native=$startup"
  build x86_64-pc-windows-gnu "$gcc-gcc"
  same "what the DLL exports" "$functions" "$("$gcc-objdump" -p "$installed/bin/pusher_auth.dll" |
    awk '/Ordinal\/Name Pointer/ { names = 1 } names && /\+base\[/ { print $NF }' | sort)"
  # Wine has nothing to say but what the programs do.
  export WINEDEBUG=-all XDG_RUNTIME_DIR=/run
  wineboot --init >/dev/null 2>&1
  # Windows looks for DLLs in its PATH: for the library's, and for gcc's own.
  WINEPATH=$(winepath -w "$installed/bin" "/usr/$gcc/lib" "$(dirname "$("$gcc-g++" -print-file-name=libstdc++-6.dll)")" | paste -sd ';')
  export WINEPATH
  read -ra dll < <(pkg-config --cflags --libs pusher_auth)
  read -ra archive < <(pkg-config --static --cflags --libs pusher_auth)
  archive+=(-static)
  harness DLL "" '-DSHARED_LIBRARY="pusher_auth.dll"' "${dll[@]}"
  harness archive "loaded_1000_times: each time that the DLL comes and goes, 2.5 KB of the heap stay, in Wine" \
    '-DSHARED_LIBRARY="pusher_auth.dll"' "${archive[@]}"
  header
  examples DLL "${dll[@]}"
  examples "DLL with PUSHER_DLL" -DPUSHER_DLL "${dll[@]}"
  examples archive "${archive[@]}"
}

# header: is clean in every dialect, and has calls go straight to the DLL where it is asked to.
header() {
  local dialect define object=$installed/sign.o calls
  for dialect in c99 c11 c17 c++11 c++17 c++20; do
    for define in -UPUSHER_DLL -DPUSHER_DLL; do
      "${cc[@]}" -x "${dialect%??}" "-std=$dialect" "${warnings[@]}" "$define" -fsyntax-only include/pusher_auth.h
    done
  done
  "${cc[@]}" -DPUSHER_DLL -Iinclude -c bindings/c/sign.c -o "$object"
  calls=$(nm --undefined-only "$object" | sed -n 's/.* \(.*\)pusher_.*/\1/p' | sort -u)
  same "the prefix of what sign.c calls with PUSHER_DLL" __imp_ "$calls"
}

# examples KIND OPTION...: those that need no POSIX, and the tests of the C++ binding, linked with the options.
examples() {
  local program=$installed/example.exe answer
  # What the tests take of Debian's own headers, without the C library's beside them.
  mkdir -p "$installed/headers"
  ln -sfn /usr/include/{doctest,nlohmann} "$installed/headers/"
  awk '/^```c$/ { c = 1; next } c && /^```$/ { exit } c' README.md >"$installed/readme.c"
  answer=$(awk '/^```c$/ { c = 1 } c && /^```$/ { fences++; next } fences == 2; fences == 3 { exit }' README.md)
  export PUSHER_CONFIG='{"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}'

  "${cc[@]}" -std=c99 "${warnings[@]}" bindings/c/sign.c "${@:2}" -o "$program"
  on_target "$program" 1234.1234 '{"id":"12345"}'
  same "what sign.c prints" "$answer" "$printed"
  "${cc[@]}" -std=c99 "${warnings[@]}" "$installed/readme.c" "${@:2}" -o "$program"
  on_target "$program"
  same "what README's example prints" "$answer" "$printed"
  "${cc[@]%gcc}g++" -std=c++17 "${warnings[@]}" -isystem "$installed/headers" bindings/cpp/tests/pusher_auth_test.cpp "${@:2}" -o "$program"
  on_target "$program"
  echo "ok $CARGO_BUILD_TARGET, $1: sign.c, README's example, the C++ tests: $(grep 'test cases' <<<"$printed")"
}

case $1 in
  aarch64) linux aarch64-unknown-linux-gnu aarch64-linux-gnu aarch64 "$emulated" ;;
  armv7) linux armv7-unknown-linux-gnueabihf arm-linux-gnueabihf arm "$emulated" ;;
  i686) linux i686-unknown-linux-gnu i686-linux-gnu i386 "" ;;
  s390x) linux s390x-unknown-linux-gnu s390x-linux-gnu s390x "$emulated" ;;
  musl | windows) "$1" ;;
esac
