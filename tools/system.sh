# shellcheck shell=bash disable=SC2034 # used by the scripts that source this
# Sourced: sets $system to the kind of system that the library is built for, and $private_libs to
# what programs link with the static library.
case ${CARGO_BUILD_TARGET:-$(uname)} in
  *-windows-*) system=windows private_libs=-lntdll ;;
  wasm32-*) system=wasm private_libs= ;;
  *darwin* | Darwin) system=macos private_libs="-lpthread -lm" ;;
  *) system=elf private_libs="-lpthread -ldl -lm" ;;
esac
