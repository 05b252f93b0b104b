#!/usr/bin/env bash
# Packs the sources with the crates that they need, and for each target what `make install` installs, built by
# tools/portable.sh, with a list of what is in it (SBOM): dist.sh TARGET... The same commit and tools give the same
# bytes. `make dist`.
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

# pack NAME: that folder. Others may read the archive of the same name meanwhile.
pack() {
  tar --create --directory "$root" --sort=name --format=gnu --mtime="@$committed" \
    --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$1" | xz -T1 >"$root/$1.tar.xz"
  mv "$root/$1.tar.xz" "$dist"
  (cd "$dist" && sha256sum "$1.tar.xz")
}

# A build needs neither the tests' crates nor the generator's, so that the archive has a manifest without them.
put_sources "$root/$sources"
awk '/^\[/ { dev = /dev-dependencies/ } !dev && !/^cbindgen = /' Cargo.toml |
  sed 's/"dep:cbindgen"//' >"$root/$sources/Cargo.toml"
vendor "$root/$sources"
# Sources only: what a crate for another system brings prebuilt goes.
find "$root/$sources/vendor" -name '*.[ao]' -o -name '*.lib' | while read -r file; do
  crate=${file#"$root/$sources/vendor/"}
  crate=${crate%%/*}
  name=${file#"$root/$sources/vendor/$crate/"}
  rm "$file"
  sed -i "s|\"$name\":\"[0-9a-f]*\",\{0,1\}||" "$root/$sources/vendor/$crate/.cargo-checksum.json"
done
# debian/copyright names each crate that does not allow MIT alone.
own_terms=$(cd "$root/$sources" && grep -LE '^license = "([^"]* OR |[^"]*/)?MIT( OR [^"]*|/[^"]*)?"$' vendor/*/Cargo.toml |
  sed -n 's|^\(vendor/.*-\)[0-9][^/]*/Cargo.toml|Files: \1*|p' | sort)
[ "$own_terms" = "$(grep '^Files: vendor/.' tools/packaging/debian/copyright | grep -v 'vendor/\*' | sort)" ] ||
  { printf 'debian/copyright must name:\n%s\n' "$own_terms" >&2; exit 1; }
versions() { awk '/^name/ { name = $3 } /^version/ { print name, $3 }' "$1" | sort; }
[ -z "$(comm -23 <(versions "$root/$sources/Cargo.lock") <(versions Cargo.lock))" ] ||
  { echo "the archive's crates would not be those of Cargo.lock" >&2; exit 1; }
pack "$sources"

for target in "$@"; do
  built=$sources-$target
  export CARGO_BUILD_TARGET=$target
  # Not with the variables that the make which runs this was given.
  MAKEFLAGS="" tools/portable.sh \
    "${MAKE:-make}" --no-print-directory install PREFIX="/$built" DESTDIR="$root" >"$root/install.log"
  doc=$root/$built/share/doc/pusher-auth
  cp README.md CHANGELOG.md "$doc"
  (cd "$root/$sources" && tools/packaging/licences.sh "$target") >"$doc/LICENSES-crates.txt"
  # Rust's standard library is linked in as well.
  rust=$(tools/portable.sh rustc --print sysroot)
  for std in "$rust/share/doc/rust/COPYRIGHT-library.html" /usr/share/doc/libstd-rust-*/copyright; do
    [ ! -e "$std" ] || break
  done
  cp "$std" "$doc/LICENSES-std.${std##*[./]}" || { echo "the licences of Rust's standard library are missing" >&2; exit 1; }
  # And what zig brings: the unwinder, and what a DLL begins with.
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
