#!/usr/bin/env bash
# What tools/static-library.sh links with, for tools/portable.sh: a linker for all targets.
exec "$ZIG" ld.lld "$@"
