#!/usr/bin/env bash
# Prints the licences of all crates that are linked into the library: licences.sh TARGET, from a folder of sources
# with vendor/ in it. Each allows MIT, and is taken under it.
set -euo pipefail

crates=$("${CARGO:-cargo}" tree --offline --locked --target "$1" --edges normal,no-proc-macro --prefix none --format '{p}')
sed -n 's/^\([^ ]*\) v\([^ ]*\)$/\1-\2/p' <<<"${crates//" (*)"/}" | sort -u | while read -r crate; do
  echo "==== $crate"
  cat "vendor/$crate/LICENSE-MIT" || { echo "no licence that is known: $crate" >&2; exit 1; }
  echo
done
