# shellcheck shell=bash
# A Debian 13 in a folder of its own, kept in the cache, for what must be tried with its compilers or on a machine that
# has nothing yet. Sourced, from the repository's top folder. Takes root.

# debian_13 NAME PACKAGE...: sets $root to one of this name with these packages. Waits for others who install there.
debian_13() {
  [ "$(id -u)" -eq 0 ] || { echo "this needs root, for a Debian 13 of its own" >&2; exit 1; }
  tools/install-deps.sh --check debian-13
  root=${XDG_CACHE_HOME:-$HOME/.cache}/pusher-auth/debian-13-$1
  shift
  mkdir -p "$root"
  exec {debian_13_lock}>"$root.lock"
  flock "$debian_13_lock"
  if [ "$(cat "$root/packages" 2>/dev/null)" != "$*" ]; then
    echo "installing Debian 13 in $root, which takes minutes and up to 1 GB; make clean-cache removes it"
    # From where this machine's own packages come.
    local mirror packages
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | sed -n 1p)
    packages=$(IFS=,; echo "$*")
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase ${packages:+--include="$packages"} trixie "$root" ${mirror:+"$mirror"} >"$root.log" ||
      { tail "$root.log" >&2; exit 1; }
    echo "$*" >"$root/packages"
  fi
  exec {debian_13_lock}>&-
}

# debian_13_compilers: the one with Rust 1.85 and what builds and tests the library for this machine.
debian_13_compilers() {
  debian_13 compilers binutils cargo g++ gcc libc6-dev make pkg-config rustc valgrind
}

# add_packages PACKAGE...: installs into $root what it lacks of these.
add_packages() {
  exec {debian_13_lock}>"$root.lock"
  flock "$debian_13_lock"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  inside '
    dpkg-query --show "$@" >/dev/null 2>&1 && exit
    echo "adding $*"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install --yes --no-install-recommends "$@"; } >/var/log/added 2>&1 ||
      { tail /var/log/added >&2; exit 1; }
  ' "$@"
  exec {debian_13_lock}>&-
}

# vendor SOURCE ARGUMENT...: puts the crates that it is locked to into that folder, and has cargo take them from there.
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

# put_sources FOLDER: the sources, as git has them.
put_sources() {
  mkdir -p "$1"
  find "$1" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
  git ls-files -z | tar -c --null -T - | tar -x -C "$1"
}

# inside SCRIPT ARGUMENT...: runs a shell script in $root, in name spaces of its own, so that /proc goes with it.
inside() {
  unshare --mount --pid --fork sh -euc '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    exec chroot "$root" env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "$@"
  ' sh "$root" "$1" sh "${@:2}"
}
