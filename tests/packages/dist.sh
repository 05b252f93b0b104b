#!/usr/bin/env bash
# Packs the sources and what is built for this machine twice, and uses them as others would: `make test-dist`.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/target/test-dist
rm -rf "$here"
mkdir -p "$here/other"
target=$(rustc -vV | sed -n 's/^host: //p')

${MAKE:-make} dist TARGETS="$target" | grep '\.tar\.xz$' >"$here/archives"
(umask 077 && ${MAKE:-make} dist TARGETS="$target" | grep '\.tar\.xz$' >"$here/archives-again")
diff "$here/archives" "$here/archives-again"
echo "ok the same bytes"

for archive in $(grep -o 'pusher-auth-[^ ]*\.tar\.xz$' "$here/archives"); do
  tar -x -C "$here/other" -f "target/dist/$archive"
done
sources=$here/other/pusher-auth-$(tools/version.sh)
built=$(echo "$sources"-*)
tests/packages/examples.sh "$here/other"
answer=$(cat "$here/other/answer")

# Elsewhere than where it was packed for.
cd "$built"
cc ../example.c $(PKG_CONFIG_PATH=lib/pkgconfig pkg-config --cflags --libs pusher_auth) -o ../example
[ "$(LD_LIBRARY_PATH=lib ../example)" = "$answer" ]
[ "$(man -l share/man/man3/pusher_signer_new.3 | grep -c 'pusher_signer_new(')" -gt 0 ]
grep -q '^==== serde_json-' share/doc/pusher-auth/LICENSES-crates.txt
ls share/doc/pusher-auth/LICENSES-std.* share/doc/pusher-auth/LICENSES-zig.txt >/dev/null
echo "ok what is built"

# The crates that it needs are none but its own.
cd "$here"
export CARGO_HOME=$here/cargo CARGO_NET_OFFLINE=true
cmake -S "$sources/tests/packages" -B fetched -DEXAMPLES="$here/other" -DPUSHER_AUTH_SOURCE="$sources" \
  -DPUSHER_AUTH_TARGET="$target" >cmake.log
cmake --build fetched >cmake.log 2>&1 || { cat cmake.log >&2; exit 1; }
[ "$(fetched/cpp-static)" = "$answer" ]
[ ! -e "$here/cargo/registry/cache" ]
echo "ok the sources"
