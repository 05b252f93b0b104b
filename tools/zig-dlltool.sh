#!/usr/bin/env bash
# What rustc has import libraries made by, for tools/portable.sh. binutils' own would have paths in them.
exec "$ZIG" dlltool "$@"
