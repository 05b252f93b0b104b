#!/usr/bin/env bash
# Looks at what is packed for another machine, and runs the C harness there, with the shared library and with the
# archive: cross-target.sh TARGET, from the packed sources with the target's folder beside them, as cross.sh has it.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1 installed=$PWD-$1 lib=$PWD-$1/lib
export PKG_CONFIG_PATH=$lib/pkgconfig
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

# like_the_header EXPORTS: what a library exports are the functions of the header.
like_the_header() {
  same "what the library exports" \
    "$(tools/functions.sh "$installed/include/pusher_auth.h" | sort)" "$(sort <<<"$1")"
}

# shared_library GLIBC: looks at what it exports, what it needs and what hardens it.
shared_library() {
  local library=$lib/libpusher_auth.so symbols looks
  symbols=$(readelf --wide --dyn-syms "$library")
  looks=$(readelf --wide --dynamic --segments "$library")
  like_the_header "$(awk '$5 ~ /GLOBAL|WEAK/ && $7 != "UND" { print $8 }' <<<"$symbols")"
  same "the newest glibc that is needed" "$1" \
    "$(sed -n 's/.*@GLIBC_\([0-9.]*\).*/\1/p' <<<"$symbols" | sort -V | tail -n 1)"
  same "what is needed beside libc" "" \
    "$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$looks" | grep -vE '^(libc|libpthread|libdl|ld-.*|ld64)\.so' || :)"
  same "what hardens it" $'BIND_NOW\nGNU_RELRO R\nGNU_STACK RW' \
    "$(awk '/BIND_NOW|TEXTREL/ { print $NF } /GNU_RELRO|GNU_STACK|LOAD.*RWE/ { print $1, $7 }' <<<"$looks" | sort)"
}

# harness KIND LEFT-OUT OPTION...: runs every check but those for which LEFT-OUT has a line with the reason, and
# those of which the harness itself says so. Nothing but the checks' names may be printed.
harness() {
  local program=$installed/harness-$1$ending every names left
  "${cc[@]}" -std=c99 -O1 "${warnings[@]}" -pthread -DTOO_LONG=3600 tests/harness/harness.c "${@:3}" \
    -o "$program"
  on_target "$program" --left-out
  left=$(printf '%s\n' "$2" "$printed" | sed '/^$/d')
  on_target "$program" --list
  names=$(grep -vxF "$(cut -d: -f1 <<<"$left")" <<<"$printed")
  every=$(sed -n 's/^    NAMED(\(.*\)),$/\1/p' tests/harness/harness.c)
  same "the checks, made or left out" "$(sort <<<"$every")" "$(printf '%s\n' "$names" "$left" | sed 's/:.*//; /^$/d' | sort)"
  # shellcheck disable=SC2086 # a name is a word
  on_target "$program" $names
  same "what the harness prints" "$(sed 's/^/ok /' <<<"$names")" "$printed"
  echo "ok $target, $1: $(wc -l <<<"$names") of $(wc -l <<<"$every") checks${left:+, without $left}"
}

# panics OPTION...: three in the library become errors, by the unwinder that it was linked with.
panics() {
  local program=$installed/panic
  # The clock that it has fail is that of 64 bits, also where words have 32.
  "${cc[@]}" -std=gnu99 -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 "${warnings[@]}" tests/artifact/panic.c "$@" -o "$program"
  on_target "$program"
  same "the panics that became errors" 3 "$(grep -c '^PUSHER_ERROR_INTERNAL, and the next is signed$' <<<"$printed")"
}

# memory KIND OPTION...: nothing remains of secrets, neither in memory nor in vector registers, when the dynamic linker
# finds each function at every call.
memory() {
  local program=$installed/memory
  "${cc[@]}" -std=gnu11 -O2 "${warnings[@]}" -pthread tests/memory/memory.c "${@:2}" -Wl,-z,lazy -o "$program"
  LD_BIND_NOT=1 on_target "$program" lazy
  same "the searches of memory" $'ok search_finds\nok nothing_remains_of_the_one_call\nok nothing_remains_of_a_signer' "$printed"
  echo "ok $target, $1: nothing remains of secrets in memory and vector registers"
}

# Its gigabytes take most of an hour in an emulator, but for i686.
emulated="too_large: its gigabytes take too long in an emulator; x86-64 and i686 have it"
same_code="too_large: the shared library, which is of the same code, has it"

# both LEFT-OUT-OF-SHARED LEFT-OUT-OF-ARCHIVE OPTION...: the harness with each, linked as pkg-config says, and the
# panics; the options are for the archive.
both() {
  local loaded="-DSHARED_LIBRARY=\"$lib/libpusher_auth.so\"" shared archive
  read -ra shared < <(pkg-config --cflags --libs pusher_auth)
  read -ra archive < <(pkg-config --static --cflags --libs pusher_auth)
  shared+=("-Wl,-rpath,$lib")
  archive=("${archive[@]/#-lpusher_auth/$lib/libpusher_auth.a}" "${@:3}")
  panics "${shared[@]}"
  panics "${archive[@]}"
  harness "shared library" "$1" "$loaded" "${shared[@]}"
  harness archive "$2" "$loaded" "${archive[@]}"
  # The processors of which the library clears the vector registers.
  if [[ $target == @(x86_64|aarch64)-*-gnu ]]; then
    memory "shared library" "${shared[@]}"
    memory archive "${archive[@]}"
  fi
}

# linux GCC'S-NAME LEFT-OUT EMULATOR...: with glibc.
linux() {
  cc=("$1-gcc") emulator=("${@:3}")
  shared_library 2.17
  both "$2" "${2:-$same_code}"
}

# Debian's gcc for musl takes its unwinder from the one for glibc, and cannot link an archive: zig has its own.
musl() {
  cc=(/opt/ziglang/zig cc -target x86_64-linux-musl -dynamic) emulator=()
  shared_library ""
  # A static program loads no library.
  both "" "" -static -lunwind -USHARED_LIBRARY
}

windows() {
  local gcc=x86_64-w64-mingw32 looks dll archive
  cc=("$gcc-gcc") emulator=(wine) ending=.exe
  looks=$("$gcc-objdump" -p "$installed/bin/pusher_auth.dll")
  like_the_header "$(awk '/Ordinal\/Name Pointer/ { names = 1 } names && /\+base\[/ { print $NF }' <<<"$looks")"
  same "what is needed that Windows lacks" "" "$(sed -n 's/.*DLL Name: //p' <<<"$looks" |
    grep -viE '^(kernel32|ntdll|bcryptprimitives|api-ms-win-(core|crt)-.*)\.dll$' || :)"
  same "what hardens it" $'DYNAMIC_BASE\nHIGH_ENTROPY_VA\nNX_COMPAT' \
    "$(grep -oE 'DYNAMIC_BASE|HIGH_ENTROPY_VA|NX_COMPAT' <<<"$looks" | sort)"
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
  "${cc[@]}" -DPUSHER_DLL -Iinclude -c examples/c/sign.c -o "$object"
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

  "${cc[@]}" -std=c99 "${warnings[@]}" examples/c/sign.c "${@:2}" -o "$program"
  on_target "$program" 1234.1234 '{"id":"12345"}'
  same "what sign.c prints" "$answer" "$printed"
  "${cc[@]}" -std=c99 "${warnings[@]}" "$installed/readme.c" "${@:2}" -o "$program"
  on_target "$program"
  same "what README's example prints" "$answer" "$printed"
  "${cc[*]%gcc}g++" -std=c++17 "${warnings[@]}" -isystem "$installed/headers" bindings/cpp/tests/pusher_auth_test.cpp "${@:2}" -o "$program"
  on_target "$program"
  echo "ok $target, $1: sign.c, README's example, the C++ tests: $(grep 'test cases' <<<"$printed")"
}

case $target in
  x86_64-*-linux-gnu) linux x86_64-linux-gnu "" ;;
  aarch64-*) linux aarch64-linux-gnu "$emulated" qemu-aarch64 -L /usr/aarch64-linux-gnu ;;
  armv7-*) linux arm-linux-gnueabihf "$emulated" qemu-arm -L /usr/arm-linux-gnueabihf ;;
  i686-*)
    # An x86-64 machine runs it as it is.
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
