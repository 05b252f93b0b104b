# shellcheck shell=bash
# Sourced, from the repository's top folder. Creates Debian 13 chroots in the cache, for tests that
# need its compilers or a minimal system. Needs root.
. tools/common.sh

# debian_13 NAME PACKAGE...: creates the chroot of this name with these packages, unless it exists.
# Sets $root to it. A lock protects it from other scripts that install there.
debian_13() {
  [ "$(id -u)" -eq 0 ] || { echo "this target creates a Debian 13 chroot: run it as root" >&2; exit 1; }
  tools/install-deps.sh --check debian-13
  root=$cache/debian-13-$1
  shift
  mkdir -p "$root"
  exec {debian_13_lock}>"$root.lock"
  flock "$debian_13_lock"
  if [ "$(cat "$root/packages" 2>/dev/null)" != "$*" ]; then
    echo "installing Debian 13 in $root: some minutes, about 1 GB; make clean-cache removes it"
    # The mirror of this machine's own packages.
    local mirror packages
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | sed -n 1p)
    packages=$(IFS=,; echo "$*")
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase ${packages:+--include="$packages"} trixie "$root" ${mirror:+"$mirror"} >"$root.log" ||
      { tail "$root.log" >&2; exit 1; }
    chroot "$root" apt-get clean
    echo "$*" >"$root/packages"
  fi
  exec {debian_13_lock}>&-
}

# debian_13_compilers: creates the one with Rust 1.85 and the tools to build and test the library
# for this machine.
debian_13_compilers() {
  debian_13 compilers binutils cargo g++ gcc libc6-dev make pkg-config rustc valgrind
}

# add_packages PACKAGE...: installs into $root those of these packages that are missing.
add_packages() {
  exec {debian_13_lock}>"$root.lock"
  flock "$debian_13_lock"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  inside '
    dpkg-query --show "$@" >/dev/null 2>&1 && exit
    echo "adding $*"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install --yes --no-install-recommends "$@" && apt-get clean; } >/var/log/added 2>&1 ||
      { tail /var/log/added >&2; exit 1; }
  ' "$@"
  exec {debian_13_lock}>&-
}

# vendor SOURCE ARGUMENT...: copies the crates of its Cargo.lock to SOURCE/vendor, and configures
# cargo to use them.
vendor() {
  mkdir -p "$1/.cargo"
  ${CARGO:-cargo} vendor --quiet --manifest-path "$1/Cargo.toml" --versioned-dirs "${@:2}" "$1/vendor" >/dev/null
  cat >"$1/.cargo/config.toml" <<'CONFIG'
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
CONFIG
}

# put_sources FOLDER: copies the files that git tracks there.
put_sources() {
  mkdir -p "$1"
  find "$1" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
  git ls-files -z | tar -c --null -T - | tar -x -C "$1"
}

# inside SCRIPT ARGUMENT...: runs a shell script in $root, in its own namespaces: /proc is unmounted
# when it ends.
inside() {
  unshare --mount --pid --fork sh -euc '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    exec chroot "$root" env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "$@"
  ' sh "$root" "$1" sh "${@:2}"
}
