#!/usr/bin/env bash
# Installs the missing dependencies of the named groups: install-deps.sh GROUP... With --check,
# installs nothing: if some are missing, prints them and the command that installs them, and fails.
# Uses apt on Debian and Ubuntu. Elsewhere, prints the missing packages and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/common.sh

# One dependency a line: its group, a command or file (a pattern) that proves that it is installed,
# and its source: a Debian package; cargo:CRATE[@VERSION], with a version if the newest one needs a
# newer Rust than the library; pip:NAME==VERSION, in a virtual environment in the cache;
# venv:REQUIREMENTS, in a virtual environment in target/; npm:FOLDER, by the folder's
# package-lock.json. The group endpoints includes endpoints-c and so on.
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
lint       cc                                    gcc
lint       c++                                   g++
lint       clang-format                          pip:clang-format==20.1.8
lint       shellcheck                            shellcheck
lint       phpcs                                 php-codesniffer
lint       gofmt                                 golang-go
lint       go-staticcheck                        go-staticcheck
lint       python3                               python3
lint       /usr/lib/python3*/ensurepip           python3-venv
lint       ruff                                  pip:ruff==0.17.6
lint       node                                  nodejs
lint       npm                                   npm
lint       linters                               npm:tools/linters
endpoints-c    cc                                gcc
endpoints-c    pkg-config                        pkg-config
endpoints-c    /usr/include/json-c/json.h        libjson-c-dev
endpoints-c    /usr/include/ulfius.h             libulfius-dev
endpoints-cpp  c++                               g++
endpoints-cpp  pkg-config                        pkg-config
endpoints-cpp  /usr/include/boost/beast.hpp      libboost-dev
endpoints-cpp  /usr/include/simdjson.h           libsimdjson-dev
endpoints-cpp  /usr/include/nlohmann/json.hpp    nlohmann-json3-dev
endpoints-cpp  /usr/include/doctest/doctest.h    doctest-dev
endpoints-go   cc                                gcc
endpoints-go   pkg-config                        pkg-config
endpoints-go   go                                golang-go
endpoints-php  php                               php-cli
endpoints-php  /usr/sbin/php-fpm*                php-fpm
endpoints-php  nginx                             nginx-light
endpoints-php  /usr/lib/php/*/apcu.so                php-apcu
endpoints-php  phpunit                           phpunit
endpoints-php  /usr/lib/php/*/curl.so                php-curl
endpoints-php  composer                          composer
endpoints-node node                              nodejs
request-c      cc                                gcc
request-c      pkg-config                        pkg-config
request-c      /usr/include/*/curl/curl.h        libcurl4-openssl-dev
request-cpp    c++                               g++
request-cpp    pkg-config                        pkg-config
request-cpp    /usr/include/*/curl/curl.h        libcurl4-openssl-dev
request-go     go                                golang-go
request-php    php                               php-cli
request-php    /usr/lib/php/*/curl.so            php-curl
demo       node                                  nodejs
demo       npm                                   npm
demo       tests                                 npm:tests
docs       nginx                                 nginx-light
docs       caddy                                 caddy
docs       systemd-analyze                       systemd
docs       curl                                  curl
docs       openssl                               openssl
docs       cmake                                 cmake
docs       meson                                 meson
docs       tests                                 npm:tests
container  buildah                               buildah
container  curl                                  curl
container  python3                               python3
e2e        openssl                               openssl
e2e        /usr/bin/chromium                     chromium
e2e        /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf  fonts-noto-color-emoji
load       node                                  nodejs
load       npm                                   npm
load       wrk                                   wrk
load       tests                                 npm:tests
sockudo    protoc                                protobuf-compiler
sockudo    /usr/include/google/protobuf/any.proto  libprotobuf-dev
sockudo    cmake                                 cmake
fuzz       c++                                   g++
fuzz       cargo-fuzz                            cargo:cargo-fuzz
coverage   llvm-cov-19                           llvm-19
debian-13  /usr/sbin/debootstrap                 debootstrap
cross      node                                  nodejs
packages   cmake                                 cmake
packages   meson                                 meson
packages   mandoc                                mandoc
packages   man                                   man-db
conan      python3                               python3
conan      /usr/lib/python3*/ensurepip           python3-venv
conan      conan                                 pip:conan==2.34.0
deny       cargo-deny                            cargo:cargo-deny@0.18.3
bench      /usr/include/openssl/hmac.h           libssl-dev
bench      go                                    golang-go
bench      php                                   php-cli
dist       git                                   git
dist       xz                                    xz-utils
portable   /usr/lib/rustlib/src/rust/library        rust-web-src
portable   /usr/bin/cargo                            cargo-web
portable   /usr/bin/rustc                            rustc-web
portable   llvm-objcopy                          llvm
portable   python3                               python3
portable   /usr/lib/python3*/ensurepip           python3-venv
portable   zig                                   pip:ziglang==0.16.0
ffi        python3                               python3
ffi        /usr/lib/python3/dist-packages/cffi   python3-cffi
ffi        node                                  nodejs
ffi        npm                                   npm
ffi        ruby                                  ruby
ffi        luajit                                luajit
ffi        /usr/lib/*/perl5/*/FFI/Platypus.pm    libffi-platypus-perl
ffi        java                                  default-jdk-headless
ffi        /usr/share/java/jna.jar               libjna-java
ffi        mcs                                   mono-mcs
ffi        mono                                  mono-runtime
ffi        bindings/ffi                          npm:bindings/ffi
official   node                                  nodejs
official   npm                                   npm
official   python3                               python3
official   /usr/lib/python3*/ensurepip           python3-venv
official   bench                                 npm:bench
official   bench                                 venv:bench/requirements.txt
END
}

# is_installed PROBE PACKAGE
is_installed() {
  case $2 in
    pip:*) [ -e "$cache/python/installed/${2#pip:}" ] ;;
    venv:*) cmp -s "${2#venv:}" target/bench/venv/installed ;;
    npm:*) cmp -s "${2#npm:}/package-lock.json" "$(modules "${2#npm:}")/installed" ;;
    *) compgen -G "$1" >/dev/null || command -v "$1" >/dev/null ;;
  esac
}

# modules FOLDER: prints the folder of its npm packages.
modules() {
  case $1 in
    tools/*) echo "$cache/${1#tools/}/node_modules" ;;
    *) echo "$1/node_modules" ;;
  esac
}

# python_environment FOLDER: creates a virtual environment, unless it exists.
python_environment() {
  [ -e "$1/bin/pip" ] || python3 -m venv "$1"
}

install_one() {
  local folder=${1#*:}
  case $1 in
    cargo:*)
      echo "building $folder: some minutes"
      cargo install --quiet --locked "$folder"
      ;;
    pip:*)
      python_environment "$cache/python"
      "$cache/python/bin/pip" install --quiet --disable-pip-version-check "$folder"
      mkdir -p "$cache/python/installed"
      touch "$cache/python/installed/$folder"
      ;;
    venv:*)
      python_environment target/bench/venv
      target/bench/venv/bin/pip install --quiet --disable-pip-version-check --requirement "$folder"
      cp "$folder" target/bench/venv/installed
      ;;
    npm:*)
      local modules
      modules=$(modules "$folder")
      mkdir -p "$(dirname "$modules")"
      [ "$folder" -ef "$(dirname "$modules")" ] || cp "$folder"/package*.json "$(dirname "$modules")"
      # Debian's npm cannot override a package from git.
      npm exec --yes -- npm@10.9.9 --prefix "$(dirname "$modules")" ci --omit=dev --ignore-scripts \
        --no-audit --no-fund --loglevel=error
      cp "$folder/package-lock.json" "$modules/installed"
      ;;
  esac
}

# servers: prints the services of web servers that start with the system.
servers() {
  [ ! -d /run/systemd/system ] || systemctl list-unit-files --no-legend --type=service --state=enabled |
    sed -n 's/^\(nginx\|caddy\|php.*-fpm\)\.service .*/\1/p' | sort
}

checks_only=false
[ "${1-}" != --check ] || { checks_only=true; shift; }
groups=$*
case " $groups " in *" e2e "*) set -- "$@" demo ;; esac

# Debian has two versions of Rust, which exclude each other. The tools must match the one that is
# installed.
rust_of_debian=$(dpkg-query --show --showformat='${db:Status-Abbrev}' rustc 2>/dev/null) || :

# A user's PATH may lack the folders of servers and of cargo's tools.
PATH=$PATH:/usr/sbin:${CARGO_HOME:-$HOME/.cargo}/bin
packages=() others=()
for group in "$@"; do
  while read -r name probe package; do
    [[ $name == "$group" || $name == "$group"-* ]] || continue
    [[ $rust_of_debian != ii* ]] || package=${package/-web/}
    ! is_installed "$probe" "$package" || continue
    case " ${packages[*]-} ${others[*]-} " in *" $package "*) continue ;; esac
    case $package in
      *:*) others+=("$package") ;;
      *) packages+=("$package") ;;
    esac
  done < <(needs)
done
missing=("${packages[@]}" "${others[@]}")
[ ${#missing[@]} -gt 0 ] || exit 0

if $checks_only; then
  echo "missing: ${missing[*]}; run: make deps DEPS=\"$groups\"" >&2
  exit 1
fi
echo "installing: ${missing[*]}"
if [ ${#packages[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "install these first (the names are Debian's): ${packages[*]}" >&2; exit 1; }
  root=()
  if [ "$(id -u)" -ne 0 ]; then
    root=(sudo)
    { command -v sudo && sudo true; } >/dev/null || { echo "run as root: apt-get install ${packages[*]}" >&2; exit 1; }
  fi
  before=$(servers)
  "${root[@]}" apt-get update -qq
  # Quiet: dpkg prints several lines for each package.
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${packages[@]}" >/dev/null
  # Debian starts servers when it installs them. The tests start their own.
  mapfile -t started < <(comm -13 <(echo "$before") <(servers))
  if [ ${#started[@]} -gt 0 ]; then
    echo "disabling the services that Debian has started: ${started[*]}"
    "${root[@]}" systemctl --quiet disable --now "${started[@]}"
  fi
fi
for one in "${others[@]}"; do
  install_one "$one"
done
