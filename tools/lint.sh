#!/usr/bin/env bash
# Holds all sources to their formatters and linters. With --available, it skips those that are not installed, and names
# them. `make lint`, `make check`.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/pusher-auth/python/bin:${XDG_CACHE_HOME:-$HOME/.cache}/pusher-auth/prettier/node_modules/.bin
skips=false
[ "${1-}" != --available ] || skips=true
failed=() skipped=()

# lint PROGRAM ARGUMENT...
lint() {
  if $skips && ! command -v "$1" >/dev/null; then
    skipped+=("$1")
    return
  fi
  echo "== $1"
  "$@" || failed+=("$1")
}

# sources PATTERN...: those that git has, into $files.
sources() {
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ ! -e "$file" ] || echo "$file"; done)
}

cargo=${CARGO:-cargo}
lint "$cargo" fmt --check
lint "$cargo" clippy --quiet --locked --all-targets -- -D warnings

headers() {
  local std warnings=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only)
  for std in c99 c11 c17 c23; do
    "${CC:-cc}" -x c "-std=${std/c23/c2x}" "${warnings[@]}" include/pusher_auth.h
  done
  for std in c++11 c++17 c++20; do
    "${CXX:-c++}" -x c++ "-std=$std" "${warnings[@]}" include/pusher_auth.h
  done
}
lint headers

[ ${#skipped[@]} -eq 0 ] || echo "skipped, since they are missing: ${skipped[*]}; run: make deps"
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
