#!/usr/bin/env bash
# Checks an unpacked archive and runs the C harness with its shared and its static library:
# cross-target.sh TARGET, in the unpacked sources, with the target's archive unpacked beside them.
# tools/cross.sh runs it in its chroot.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1 installed=$PWD-$1 lib=$PWD-$1/lib
export PKG_CONFIG_PATH=$lib/pkgconfig
suffix= # of a program's name
warnings=(-Wall -Wextra -Wpedantic -Werror)

# same WHAT EXPECTED ACTUAL: fails unless both are equal.
same() {
  [ "$2" = "$3" ] || { printf '%s should be:\n%s\nand is:\n%s\n' "$1" "$2" "$3" >&2; exit 1; }
}

# on_target PROGRAM ARGUMENT...: runs it in the emulator. Sets $printed to its output.
on_target() {
  printed=$("${emulator[@]}" "$@" 2>&1 | tr -d '\r') || { printf '%s failed:\n%s\n' "$1" "$printed" >&2; exit 1; }
}

# exports_of_header EXPORTS: checks that the library exports the functions of the header and nothing
# else.
exports_of_header() {
  same "the exported functions" \
    "$(tools/functions.sh "$installed/include/pusher_auth.h" | sort)" "$(sort <<<"$1")"
}

# shared_library GLIBC: checks its exports, its dependencies and its hardening.
shared_library() {
  local library=$lib/libpusher_auth.so symbols headers
  symbols=$(readelf --wide --dyn-syms "$library")
  headers=$(readelf --wide --dynamic --segments "$library")
  exports_of_header "$(awk '$5 ~ /GLOBAL|WEAK/ && $7 != "UND" { print $8 }' <<<"$symbols")"
  same "the required version of glibc" "$1" \
    "$(sed -n 's/.*@GLIBC_\([0-9.]*\).*/\1/p' <<<"$symbols" | sort -V | tail -n 1)"
  same "the dependencies other than libc" "" \
    "$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$headers" | grep -vE '^(libc|libpthread|libdl|ld-.*|ld64)\.so' || :)"
  same "the hardening" $'BIND_NOW\nGNU_RELRO R\nGNU_STACK RW' \
    "$(awk '/BIND_NOW|TEXTREL/ { print $NF } /GNU_RELRO|GNU_STACK|LOAD.*RWE/ { print $1, $7 }' <<<"$headers" | sort)"
}

# harness KIND LEFT-OUT OPTION...: runs all checks except those in LEFT-OUT, which has a line
# "check: reason" for each, and those that the harness itself leaves out. Fails if anything but the
# names of the checks is printed.
harness() {
  local program=$installed/harness-$1$suffix every names left
  "${cc[@]}" -std=c99 -O1 "${warnings[@]}" -pthread -DTOO_LONG=3600 tests/harness/harness.c "${@:3}" \
    -o "$program"
  on_target "$program" --left-out
  left=$(printf '%s\n' "$2" "$printed" | sed '/^$/d')
  on_target "$program" --list
  names=$(grep -vxF "$(cut -d: -f1 <<<"$left")" <<<"$printed")
  every=$(sed -n 's/^    NAMED(\(.*\)),$/\1/p' tests/harness/harness.c)
  same "the checks, run or left out" "$(sort <<<"$every")" "$(printf '%s\n' "$names" "$left" | sed 's/:.*//; /^$/d' | sort)"
  # shellcheck disable=SC2086 # a name is a word
  on_target "$program" $names
  same "the output of the harness" "$(sed 's/^/ok /' <<<"$names")" "$printed"
  echo "ok $target, $1: $(wc -l <<<"$names") of $(wc -l <<<"$every") checks${left:+, without $left}"
}

# panics OPTION...: checks that panics in the library become errors, with the unwinder that is
# linked.
panics() {
  local program=$installed/panic
  # On 32 bits too, the library calls the clock with 64-bit time, which the program makes fail.
  "${cc[@]}" -std=gnu99 -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 "${warnings[@]}" tests/artifact/panic.c "$@" -o "$program"
  on_target "$program"
  same "the panics that became errors" 3 "$(grep -c '^PUSHER_ERROR_INTERNAL, and the next is signed$' <<<"$printed")"
}

# memory KIND OPTION...: checks that no secret remains in memory and registers, with a dynamic linker
# that binds each function at every call.
memory() {
  local program=$installed/memory
  "${cc[@]}" -std=gnu11 -O2 "${warnings[@]}" -pthread tests/memory/memory.c "${@:2}" -Wl,-z,lazy -o "$program"
  LD_BIND_NOT=1 on_target "$program" lazy
  same "the searches of memory" $'ok search_finds\nok nothing_remains_of_the_one_call\nok nothing_remains_of_a_signer' "$printed"
  echo "ok $target, $1: no secret remains in memory and registers"
}

emulated="too_large: its gigabytes take too long in an emulator; x86-64 and i686 have it"
same_code="too_large: the shared library has the same code and the check"

# both LEFT-OUT-OF-SHARED LEFT-OUT-OF-STATIC OPTION...: runs all checks with each library, linked as
# pkg-config says. The options are for the static library.
both() {
  local loaded="-DSHARED_LIBRARY=\"$lib/libpusher_auth.so\"" shared static
  read -ra shared < <(pkg-config --cflags --libs pusher_auth)
  read -ra static < <(pkg-config --static --cflags --libs pusher_auth)
  shared+=("-Wl,-rpath,$lib")
  static=("${static[@]/#-lpusher_auth/$lib/libpusher_auth.a}" "${@:3}")
  panics "${shared[@]}"
  panics "${static[@]}"
  harness "shared library" "$1" "$loaded" "${shared[@]}"
  harness "static library" "$2" "$loaded" "${static[@]}"
  # The library clears the registers of these processors.
  if [[ $target == @(x86_64|aarch64)-*-gnu ]]; then
    memory "shared library" "${shared[@]}"
    memory "static library" "${static[@]}"
  fi
}

# linux PREFIX-OF-GCC LEFT-OUT EMULATOR...: checks a target with glibc.
linux() {
  cc=("$1-gcc") emulator=("${@:3}")
  shared_library 2.17
  both "$2" "${2:-$same_code}"
}

# With zig, which has an unwinder for musl. Debian's musl-gcc uses that of glibc, and cannot link
# the static library.
musl() {
  cc=(/opt/ziglang/zig cc -target x86_64-linux-musl -dynamic) emulator=()
  shared_library ""
  # A static program loads no library.
  both "" "" -static -lunwind -USHARED_LIBRARY
}

windows() {
  local gcc=x86_64-w64-mingw32 headers dll static
  cc=("$gcc-gcc") emulator=(wine) suffix=.exe
  headers=$("$gcc-objdump" -p "$installed/bin/pusher_auth.dll")
  exports_of_header "$(awk '/Ordinal\/Name Pointer/ { names = 1 } names && /\+base\[/ { print $NF }' <<<"$headers")"
  same "the dependencies that Windows lacks" "" "$(sed -n 's/.*DLL Name: //p' <<<"$headers" |
    grep -viE '^(kernel32|ntdll|bcryptprimitives|api-ms-win-(core|crt)-.*)\.dll$' || :)"
  same "the hardening" $'DYNAMIC_BASE\nHIGH_ENTROPY_VA\nNX_COMPAT' \
    "$(grep -oE 'DYNAMIC_BASE|HIGH_ENTROPY_VA|NX_COMPAT' <<<"$headers" | sort)"
  # Keeps Wine from printing messages of its own.
  export WINEDEBUG=-all XDG_RUNTIME_DIR=/run
  wineboot --init >/dev/null 2>&1
  # Windows finds DLLs by its PATH: the library's and GCC's.
  WINEPATH=$(winepath -w "$installed/bin" "/usr/$gcc/lib" "$(dirname "$("$gcc-g++" -print-file-name=libstdc++-6.dll)")" | paste -sd ';')
  export WINEPATH
  read -ra dll < <(pkg-config --cflags --libs pusher_auth)
  read -ra static < <(pkg-config --static --cflags --libs pusher_auth)
  static+=(-static)
  harness DLL "" '-DSHARED_LIBRARY="pusher_auth.dll"' "${dll[@]}"
  harness "static library" "loaded_1000_times: each load of the DLL leaves 2.5 KB on the heap in Wine" \
    '-DSHARED_LIBRARY="pusher_auth.dll"' "${static[@]}"
  header
  examples DLL "${dll[@]}"
  examples "DLL with PUSHER_DLL" -DPUSHER_DLL "${dll[@]}"
  examples "static library" "${static[@]}"
}

# header: checks that it compiles without warnings in every dialect, and that PUSHER_DLL makes calls
# go directly to the DLL.
header() {
  local dialect define object=$installed/sign.o calls
  for dialect in c99 c11 c17 c++11 c++17 c++20; do
    for define in -UPUSHER_DLL -DPUSHER_DLL; do
      "${cc[@]}" -x "${dialect%??}" "-std=$dialect" "${warnings[@]}" "$define" -fsyntax-only include/pusher_auth.h
    done
  done
  "${cc[@]}" -DPUSHER_DLL -Iinclude -c examples/c/sign.c -o "$object"
  calls=$(nm --undefined-only "$object" | sed -n 's/.* \(.*\)pusher_.*/\1/p' | sort -u)
  same "the prefix of the calls of sign.c with PUSHER_DLL" __imp_ "$calls"
}

# examples KIND OPTION...: builds and runs the examples that need no POSIX, and the tests of the C++
# binding.
examples() {
  local program=$installed/example.exe response
  # Debian's headers that the tests include, without those of the C library in the same folder.
  mkdir -p "$installed/headers"
  ln -sfn /usr/include/{doctest,nlohmann} "$installed/headers/"
  tests/packages/examples.sh "$installed"
  response=$(cat "$installed/response")
  export PUSHER_CONFIG='{"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}'

  "${cc[@]}" -std=c99 "${warnings[@]}" examples/c/sign.c "${@:2}" -o "$program"
  on_target "$program" 1234.1234 '{"id":"12345"}'
  same "the output of sign.c" "$response" "$printed"
  "${cc[@]}" -std=c99 "${warnings[@]}" "$installed/example.c" "${@:2}" -o "$program"
  on_target "$program"
  same "the output of README's example" "$response" "$printed"
  "${cc[*]%gcc}g++" -std=c++17 "${warnings[@]}" -isystem "$installed/headers" bindings/cpp/tests/pusher_auth_test.cpp "${@:2}" -o "$program"
  on_target "$program"
  echo "ok $target, $1: sign.c, README's example, the C++ tests: $(grep 'test cases' <<<"$printed")"
}

case $target in
  x86_64-*-linux-gnu) linux x86_64-linux-gnu "" ;;
  aarch64-*) linux aarch64-linux-gnu "$emulated" qemu-aarch64 -L /usr/aarch64-linux-gnu ;;
  armv7-*) linux arm-linux-gnueabihf "$emulated" qemu-arm -L /usr/arm-linux-gnueabihf ;;
  i686-*)
    # An x86-64 processor needs no emulator.
    libc=/usr/i686-linux-gnu/lib
    if [ "$(uname -m)" = x86_64 ]; then
      linux i686-linux-gnu "" "$libc/ld-linux.so.2" --library-path "$libc"
    else
      linux i686-linux-gnu "" qemu-i386 -L "${libc%/lib}"
    fi
    ;;
  s390x-*) linux s390x-linux-gnu "$emulated" qemu-s390x -L /usr/s390x-linux-gnu ;;
  *-musl) musl ;;
  *-windows-*) windows ;;
  *) echo "no such target: $target" >&2; exit 2 ;;
esac
