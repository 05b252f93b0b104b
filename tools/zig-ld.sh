#!/usr/bin/env bash
# The linker of tools/static-library.sh in tools/portable.sh, for all ELF targets.
exec "$ZIG" ld.lld "$@"
