#!/usr/bin/env bash
# Builds the library for distribution in two folders, with vendored crates in the second:
# `make reproducible`. Both builds must be identical and contain no path of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/debian-13.sh

tools/portable.sh
library=$(tools/portable.sh rustc --print sysroot)/lib/rustlib
built=target/portable/$(tools/portable.sh printenv CARGO_BUILD_TARGET)/release

root="$PWD/target/reproducible/in another/folder"
mkdir -p "$root"
# The manifest of the standard library has unstable options.
put_sources "$root/pusher-auth"
RUSTC_BOOTSTRAP=1 vendor "$root/pusher-auth" --locked --sync "$library/src/rust/library/Cargo.toml"
CARGO_HOME=$root/cargo "$root/pusher-auth/tools/portable.sh"

files=("$built"/libpusher_auth.{so,a})
[[ $built != *-windows-* ]] || files=("$built"/{pusher_auth.dll,libpusher_auth.dll.a,libpusher_auth.a})
for file in "${files[@]}"; do
  cmp "$file" "$root/pusher-auth/$file"
  if grep -aFoe "$PWD" -e "$HOME/" -e "${CARGO_HOME:-$HOME/.cargo}" -e "$library" "$file"; then
    echo "$file contains these paths" >&2
    exit 1
  fi
  echo "identical: $(sha256sum "$file")"
done
