#!/usr/bin/env bash
# Packs the sources with all crates in them, and for each target what `make install` installs, built by
# tools/portable.sh: dist.sh TARGET... The same commit and tools give the same bytes. `make dist`.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/debian-13.sh

sources=pusher-auth-$(tools/version.sh)
dist=$PWD/target/dist
root=$dist/packed
committed=$(git log -1 --format=%ct)

# pack NAME: that folder.
pack() {
  tar --create --directory "$root" --sort=name --format=gnu --mtime="@$committed" \
    --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$1" | xz -T1 >"$dist/$1.tar.xz"
  (cd "$dist" && sha256sum "$1.tar.xz")
}

rm -rf "$root"
mkdir -p "$root"
put_sources
mv "$root/pusher-auth" "$root/$sources"
pack "$sources"

for target in "$@"; do
  built=$sources-$target
  export CARGO_BUILD_TARGET=$target
  # Whatever variables the make that runs this was given.
  MAKEFLAGS="" tools/portable.sh \
    "${MAKE:-make}" --no-print-directory all install PREFIX="/$built" DESTDIR="$root" >"$dist/install.log"
  doc=$root/$built/share/doc/pusher-auth
  mkdir -p "$doc"
  cp LICENSE-* README.md CHANGELOG.md "$doc"
  (cd "$root/$sources" && tools/packaging/licences.sh "$target") >"$doc/LICENSES-crates.txt"
  # Rust's standard library is linked in as well.
  rust=$(tools/portable.sh rustc --print sysroot)
  for std in "$rust/share/doc/rust/COPYRIGHT-library.html" /usr/share/doc/libstd-rust-*/copyright; do
    [ ! -e "$std" ] || break
  done
  cp "$std" "$doc/LICENSES-std.${std##*[./]}" || { echo "the licences of Rust's standard library are missing" >&2; exit 1; }
  # And what zig brings: the unwinder, and what a DLL begins with.
  linked=(lib/libunwind/LICENSE.TXT)
  [[ $target != *-windows-* ]] || linked+=(LICENSE lib/libc/mingw/COPYING)
  (cd "$(dirname "$(tools/portable.sh printenv ZIG)")" && tail --lines=+1 "${linked[@]}") >"$doc/LICENSES-zig.txt"
  pack "$built"
done
