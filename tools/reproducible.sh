#!/usr/bin/env bash
# Builds what is distributed twice, here and in another folder, there with crates from elsewhere: `make reproducible`.
# Both must be the same bytes, without a path of this machine in them.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/debian-13.sh

tools/portable.sh
library=$(tools/portable.sh rustc --print sysroot)/lib/rustlib
built=target/portable/$(tools/portable.sh printenv CARGO_BUILD_TARGET)/release

root=$PWD/target/reproducible/in/another/folder
mkdir -p "$root"
# Its manifest has options that are not stable.
put_sources "$root/pusher-auth"
RUSTC_BOOTSTRAP=1 vendor "$root/pusher-auth" --locked --sync "$library/src/rust/library/Cargo.toml"
CARGO_HOME=$root/cargo "$root/pusher-auth/tools/portable.sh"

files=("$built"/libpusher_auth.{so,a})
[[ $built != *-windows-* ]] || files=("$built"/{pusher_auth.dll,libpusher_auth.dll.a,libpusher_auth.a})
for file in "${files[@]}"; do
  cmp "$file" "$root/pusher-auth/$file"
  if grep -aFoe "$PWD" -e "$HOME/" -e "${CARGO_HOME:-$HOME/.cargo}" -e "$library" "$file"; then
    echo "these are in $file" >&2
    exit 1
  fi
  echo "the same in both: $(sha256sum "$file")"
done
