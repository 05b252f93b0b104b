#!/usr/bin/env bash
# Builds Debian packages from the source archive, in a Debian 13 chroot without network, in
# target/dist: `make deb`. Needs root. The packages are not for Debian itself, where each crate
# would be a package.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/debian-13.sh

version=$(tools/version.sh)
sources=pusher-auth-$version
# debootstrap does not find perl-openssl-defaults, a dependency of lintian, by itself.
debian_13 deb-build build-essential cargo debhelper lintian perl-openssl-defaults rustc

rm -rf "$root/build"
mkdir "$root/build"
tar -x -C "$root/build" -f "target/dist/$sources.tar.xz"
cp -r "$root/build/$sources/tools/packaging/debian" "$root/build/$sources/debian"
cat >"$root/build/$sources/debian/changelog" <<CHANGELOG
pusher-auth ($version-1) unstable; urgency=medium

  * Version $version: changelog.gz of libpusher-auth1 has the changes.

 -- $(sed -n 's/^Maintainer: //p' tools/packaging/debian/control)  $(git log -1 --date=rfc --format=%cd)
CHANGELOG
inside '
  cd "/build/$1"
  unshare --net dpkg-buildpackage --build=binary --unsigned-changes
  lintian --allow-root --fail-on error,warning --info --display-info --show-overrides ../*.changes
' "$sources"
cp "$root"/build/*.deb target/dist
