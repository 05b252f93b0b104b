#!/usr/bin/env bash
# Makes the source archive, with the crates, and an archive for each target: dist.sh TARGET...
# `make dist` runs it. A target's archive has what `make install` installs, built by
# tools/portable.sh, with an SBOM and all licences. The same commit and tools give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/debian-13.sh

sources=pusher-auth-$(tools/version.sh)
dist=$PWD/target/dist
committed=$(git log -1 --format=%ct)
mkdir -p "$dist"
root=$(mktemp -d "$dist/packing.XXXXXX")
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

# pack NAME: packs this folder, and replaces the archive at once, since others may read it.
pack() {
  tar --create --directory "$root" --sort=name --format=gnu --mtime="@$committed" \
    --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$1" | xz -T1 >"$root/$1.tar.xz"
  mv "$root/$1.tar.xz" "$dist"
  (cd "$dist" && sha256sum "$1.tar.xz")
}

# The archive's manifest has no crates of the tests and the generator, which a build does not need.
put_sources "$root/$sources"
awk '/^\[/ { dev = /dev-dependencies/ } !dev && !/^cbindgen = /' Cargo.toml |
  sed 's/"dep:cbindgen"//' >"$root/$sources/Cargo.toml"
vendor "$root/$sources"
# The archive has sources only: prebuilt libraries of crates for other systems are removed.
find "$root/$sources/vendor" -name '*.[ao]' -o -name '*.lib' | while read -r file; do
  crate=${file#"$root/$sources/vendor/"}
  crate=${crate%%/*}
  name=${file#"$root/$sources/vendor/$crate/"}
  rm "$file"
  sed -i "s|\"$name\":\"[0-9a-f]*\",\{0,1\}||" "$root/$sources/vendor/$crate/.cargo-checksum.json"
done
# debian/copyright must name the crates that cannot be used under the MIT licence only.
own_terms=$(cd "$root/$sources" && grep -LE '^license = "([^"]* OR |[^"]*/)?MIT( OR [^"]*|/[^"]*)?"$' vendor/*/Cargo.toml |
  sed -n 's|^\(vendor/.*-\)[0-9][^/]*/Cargo.toml|Files: \1*|p' | sort)
[ "$own_terms" = "$(grep '^Files: vendor/.' tools/packaging/debian/copyright | grep -v 'vendor/\*' | sort)" ] ||
  { printf 'debian/copyright must name:\n%s\n' "$own_terms" >&2; exit 1; }
versions() { awk '/^name/ { name = $3 } /^version/ { print name, $3 }' "$1" | sort; }
[ -z "$(comm -23 <(versions "$root/$sources/Cargo.lock") <(versions Cargo.lock))" ] ||
  { echo "the archive has other crates than Cargo.lock" >&2; exit 1; }
pack "$sources"

for target in "$@"; do
  built=$sources-$target
  export CARGO_BUILD_TARGET=$target
  # The variables of the make that runs this are not for this one.
  MAKEFLAGS="" tools/portable.sh \
    "${MAKE:-make}" --no-print-directory install PREFIX="/$built" DESTDIR="$root" >"$root/install.log"
  doc=$root/$built/share/doc/pusher-auth
  cp README.md CHANGELOG.md "$doc"
  (cd "$root/$sources" && tools/packaging/licences.sh "$target") >"$doc/LICENSES-crates.txt"
  # Rust's standard library is linked too.
  rust=$(tools/portable.sh rustc --print sysroot)
  for std in "$rust/share/doc/rust/COPYRIGHT-library.html" /usr/share/doc/libstd-rust-*/copyright; do
    [ ! -e "$std" ] || break
  done
  cp "$std" "$doc/LICENSES-std.${std##*[./]}" || { echo "the licences of Rust's standard library are missing" >&2; exit 1; }
  # So are parts of zig: the unwinder, and the start of a DLL.
  case $target in
    *-windows-*) linked=(lib/libunwind/LICENSE.TXT LICENSE lib/libc/mingw/COPYING) ;;
    wasm32-*) linked=(LICENSE lib/libc/wasi/LICENSE) ;;
    *) linked=(lib/libunwind/LICENSE.TXT) ;;
  esac
  (cd "$(dirname "$(tools/portable.sh printenv ZIG)")" && tail --lines=+1 "${linked[@]}") >"$doc/LICENSES-zig.txt"
  SOURCE_DATE_EPOCH=$committed tools/packaging/sbom.py "$root/$sources" "$target" \
    "$(tools/portable.sh rustc --version)" >"$doc/sbom.cdx.json"
  pack "$built"
done
(cd "$dist" && sha256sum "$sources"*.tar.xz >"$root/SHA256SUMS" && mv "$root/SHA256SUMS" .)
