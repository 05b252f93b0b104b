#!/usr/bin/env bash
# Builds and tests the library with the oldest compiler that it promises, Rust 1.85, which is the one of
# Debian 13: `make msrv`. Debian 13 comes into a folder of its own, kept in the cache; that takes root.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "this needs root, for a Debian 13 of its own: sudo make msrv" >&2; exit 1; }
scripts/install-deps.sh msrv

promised=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
root=${XDG_CACHE_HOME:-$HOME/.cache}/pusher-auth/debian-13
if [ ! -e "$root/complete" ]; then
  echo "installing Debian 13 in $root"
  # From where this machine's own packages come.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | sed -n 1p)
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase --include=binutils,cargo,g++,gcc,libc6-dev,make,pkg-config,rustc,valgrind \
    trixie "$root" ${mirror:+"$mirror"} >"$root.log" || { tail "$root.log" >&2; exit 1; }
  touch "$root/complete"
fi

# The sources as git has them, and the crates that they are locked to: inside there is no network.
source=$root/pusher-auth
find "$source" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} + 2>/dev/null || mkdir -p "$source"
git ls-files -z | tar -c --null -T - | tar -x -C "$source"
mkdir -p "$source/.cargo"
cargo vendor --quiet --locked --versioned-dirs "$source/vendor" >/dev/null
cat >"$source/.cargo/config.toml" <<'CONFIG'
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
CONFIG

# In name spaces of its own, so that /proc goes with it.
unshare --mount --pid --fork sh -euc '
  mount -t proc proc "$1/proc"
  exec chroot "$1" env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "
    cd /pusher-auth
    rustc --version
    rustc --version | grep -qF \"rustc $2.\" || { echo \"not the compiler that is promised: $2\" >&2; exit 1; }
    cargo test --offline --locked"
' sh "$root" "$promised"
