#!/usr/bin/env bash
# Makes import libraries for rustc in tools/portable.sh. Those of binutils contain paths.
exec "$ZIG" dlltool "$@"
