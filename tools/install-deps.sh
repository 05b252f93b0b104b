#!/usr/bin/env bash
# Installs what the named groups need and this machine lacks: install-deps.sh GROUP...
# On Debian and Ubuntu with apt; elsewhere it says what is missing and fails.
set -euo pipefail

# A line is: group, the command or file (a pattern) that shows it is there, the Debian package that brings it,
# or the crate as cargo:NAME, with a version where the newest needs a newer Rust than the library.
# A group stands for its parts too: endpoints for endpoints-c.
needs() {
  cat <<'END'
core       cc                                    gcc
core       c++                                   g++
core       make                                  make
core       pkg-config                            pkg-config
core       readelf                               binutils
core       valgrind                              valgrind
lint       cargo-fmt                             rustfmt-web
lint       cargo-clippy                          rust-web-clippy
endpoints-c    cc                                gcc
endpoints-c    pkg-config                        pkg-config
endpoints-c    /usr/include/microhttpd.h         libmicrohttpd-dev
endpoints-c    /usr/include/jansson.h            libjansson-dev
endpoints-c    /usr/include/event2/http.h        libevent-dev
endpoints-cpp  c++                               g++
endpoints-cpp  pkg-config                        pkg-config
endpoints-cpp  /usr/include/boost/beast.hpp      libboost-dev
endpoints-cpp  /usr/include/nlohmann/json.hpp    nlohmann-json3-dev
endpoints-cpp  /usr/include/doctest/doctest.h    doctest-dev
endpoints-go   go                                golang-go
endpoints-php  php                               php-cli
endpoints-php  /usr/sbin/php-fpm*                php-fpm
endpoints-php  nginx                             nginx-light
endpoints-php  /usr/lib/php/*/apcu.so                php-apcu
endpoints-php  phpunit                           phpunit
endpoints-php  composer                          composer
request-c      c++                               g++
request-c      pkg-config                        pkg-config
request-c      /usr/include/*/curl/curl.h        libcurl4-openssl-dev
request-php    /usr/lib/php/*/curl.so            php-curl
endpoints  node                                  nodejs
e2e        node                                  nodejs
e2e        npm                                   npm
e2e        openssl                               openssl
e2e        /usr/bin/chromium                     chromium
e2e        /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf  fonts-noto-color-emoji
load       node                                  nodejs
load       npm                                   npm
load       wrk                                   wrk
sockudo    protoc                                protobuf-compiler
sockudo    /usr/include/google/protobuf/any.proto  libprotobuf-dev
sockudo    cmake                                 cmake
fuzz       c++                                   g++
fuzz       cargo-fuzz                            cargo:cargo-fuzz
coverage   llvm-cov-19                           llvm-19
debian-13  /usr/sbin/debootstrap                 debootstrap
packages   cmake                                 cmake
packages   meson                                 meson
packages   mandoc                                mandoc
packages   man                                   man-db
conan      python3                               python3
conan      /usr/lib/python3*/ensurepip           python3-venv
deny       cargo-deny                            cargo:cargo-deny@0.18.3
bench      /usr/include/openssl/hmac.h           libssl-dev
bench      go                                    golang-go
bench      php                                   php-cli
dist       xz                                    xz-utils
portable   /usr/lib/rustlib/src/rust/library        rust-web-src
portable   /usr/bin/cargo                            cargo-web
portable   /usr/bin/rustc                            rustc-web
portable   python3                               python3
portable   /usr/lib/python3*/ensurepip           python3-venv
official   node                                  nodejs
official   npm                                   npm
official   python3                               python3
official   /usr/lib/python3*/ensurepip           python3-venv
bench      node                                  nodejs
bench      npm                                   npm
bench      python3                               python3
bench      /usr/lib/python3*/ensurepip           python3-venv
END
}

# Debian has a newer Rust as well, which excludes its first one. Whoever has that is given what goes with it.
rust_of_debian=$(dpkg-query --show --showformat='${db:Status-Abbrev}' rustc 2>/dev/null) || :

# Where servers are, which not everybody has in the path, and where crates' commands are put.
PATH=$PATH:/usr/sbin:${CARGO_HOME:-$HOME/.cargo}/bin
missing=()
crates=()
for group in "$@"; do
  while read -r name probe package; do
    [[ $name == "$group" || $name == "$group"-* ]] || continue
    [[ $rust_of_debian != ii* ]] || package=${package/-web/}
    compgen -G "$probe" >/dev/null || command -v "$probe" >/dev/null || case $package in
      cargo:*) crates+=("${package#cargo:}") ;;
      *) missing+=("$package") ;;
    esac
  done < <(needs)
done
for crate in "${crates[@]}"; do
  echo "building $crate, which takes some minutes"
  cargo install --quiet --locked "$crate"
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "missing, please install: ${missing[*]} (the names are Debian's)" >&2
  exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "missing, please install as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  root=(sudo)
fi
echo "installing: ${missing[*]}"
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
