#!/usr/bin/env bash
# Runs rustc for the library itself in tools/portable.sh, as RUSTC_WORKSPACE_WRAPPER. Functions
# without #[inline] are inlined only if they are small. Otherwise the library is 18 KB larger. At
# 50 it is larger and slower than at 60.
exec "$@" -Cllvm-args=-inline-threshold=60
