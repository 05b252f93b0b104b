#!/usr/bin/env bash
# Makes import libraries in tools/portable.sh. Those of binutils would contain paths.
exec "$ZIG" dlltool "$@"
