#!/usr/bin/env bash
# Links the object of tools/static-library.sh in tools/portable.sh, for any ELF target.
exec "$ZIG" ld.lld "$@"
