#!/usr/bin/env bash
# Prints the licences of all crates that are linked into the library: licences.sh TARGET, in a
# folder of sources with vendor/. The target `all` includes the crates of every target. Crates that
# allow MIT are used under it.
set -euo pipefail

crates=$("${CARGO:-cargo}" tree --offline --locked --target "$1" --edges normal,no-proc-macro --prefix none --format '{p} {l}')
sed -n 's|^\([^ ]*\) v\([^ ]*\) \(.*\)$|\1-\2 \3|p' <<<"${crates//" (*)"/}" | grep -v '(/' | sort -u | while read -r crate licence; do
  echo "==== $crate"
  case $licence in
    *MIT* | BSD-3-Clause)
      # Crates for other systems may have no such file.
      cat "vendor/$crate/"LICENSE-MIT* 2>/dev/null || cat "vendor/$crate/"LICENSE* 2>/dev/null ||
        { echo "$licence" && sed -n '/^authors/,/]/p' "vendor/$crate/Cargo.toml"; }
      ;;
    *) echo "$crate has a licence that this script does not know: $licence" >&2; exit 1 ;;
  esac
  echo
done
