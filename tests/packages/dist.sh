#!/usr/bin/env bash
# Makes the release archives for this machine twice, compares and uses them: `make test-dist`.
set -euo pipefail
cd "$(dirname "$0")/../.."
here="$PWD/target/test dist"
rm -rf "$here"
mkdir -p "$here/other"
target=$(rustc -vV | sed -n 's/^host: //p')

${MAKE:-make} dist TARGETS="$target" | grep '\.tar\.xz$' >"$here/archives"
(umask 077 && ${MAKE:-make} dist TARGETS="$target" | grep '\.tar\.xz$' >"$here/archives-again")
diff "$here/archives" "$here/archives-again"
# The source archive from a folder with spaces in its name.
git clone --quiet . "$here/a checkout"
git ls-files -z | tar -c --null -T - | tar -x -C "$here/a checkout"
${MAKE:-make} -C "$here/a checkout" dist TARGETS= | grep '\.tar\.xz$' | diff <(head -n 1 "$here/archives") -
echo "ok identical archives"

while read -r _ archive; do
  tar -x -C "$here/other" -f "target/dist/$archive"
done <"$here/archives"
(cd target/dist && sha256sum --check --quiet --ignore-missing SHA256SUMS)
sources=$here/other/pusher-auth-$(tools/version.sh)
built=$sources-$target
tests/packages/examples.sh "$here/other"
response=$(cat "$here/other/response")

# The archive works in any folder.
cd "$built"
eval "cc ../example.c $(PKG_CONFIG_PATH=lib/pkgconfig pkg-config --cflags --libs pusher_auth) -o ../example"
[ "$(LD_LIBRARY_PATH=lib ../example)" = "$response" ]
[ "$(man -l share/man/man3/pusher_signer_new.3 | grep -c 'pusher_signer_new(')" -gt 0 ]
grep -q '^==== serde_json-' share/doc/pusher-auth/LICENSES-crates.txt
python3 - share/doc/pusher-auth/sbom.cdx.json <<'PYTHON'
import json, sys
sbom = json.load(open(sys.argv[1]))
names = {component["name"] for component in sbom["components"]}
assert {"hmac", "sha2", "serde_json", "Rust standard library"} <= names, names
assert not names & {"cbindgen", "proptest", "syn"}, names
assert all(component["licenses"] for component in sbom["components"])
PYTHON
ls share/doc/pusher-auth/LICENSES-std.* share/doc/pusher-auth/LICENSES-zig.txt >/dev/null
echo "ok archive for $target"

# The source archive builds offline, with the crates in it only.
cd "$here"
export CARGO_HOME=$here/cargo CARGO_NET_OFFLINE=true
cmake -S "$sources/tests/packages" -B fetched -DEXAMPLES="$here/other" -DPUSHER_AUTH_SOURCE="$sources" \
  -DPUSHER_AUTH_TARGET="$target" >cmake.log
cmake --build fetched >cmake.log 2>&1 || { cat cmake.log >&2; exit 1; }
[ "$(fetched/cpp-static)" = "$response" ]
[ ! -e "$here/cargo/registry/cache" ]
[ -z "$(find "$sources" -name '*.a' -o -name '*.o' -o -name '*.lib')" ]
[ ! -e "$(echo "$sources"/vendor/ring-*)" ]
echo "ok source archive, $(du -sh "$sources" | cut -f1)"
