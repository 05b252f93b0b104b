#!/usr/bin/env bash
# Serves the demo endpoint on 127.0.0.1:$PORT with nginx and php-fpm, until SIGTERM or SIGINT; also as root.
# PUSHER_CONFIG is the library's configuration, ALLOWED_ORIGINS a comma-separated list, possibly empty, COOKIE_SAMESITE
# None where pages of another site ask, over https, and else Lax.
# libpusher_auth.so.0 must be installed, or its folder be in LD_LIBRARY_PATH.
set -eu

fail() {
    echo "$*" >&2
    exit 1
}

PATH=$PATH:/usr/sbin # not in every user's PATH
php_fpm=$(compgen -c php-fpm | sort -V | tail -n 1)
[[ -n $php_fpm ]] || fail "php-fpm is missing: apt-get install php-fpm"
for tool in php nginx; do
    command -v $tool >/dev/null || fail "$tool is missing: apt-get install php-cli nginx-light"
done

php -m | grep -qx apcu || fail "APCu is missing: apt-get install php-apcu"

[[ $PORT =~ ^[0-9]+$ ]] || fail "PORT must be a number"
case ${COOKIE_SAMESITE:-Lax} in
    Lax) export COOKIE_ATTRIBUTES="SameSite=Lax" ;;
    None) export COOKIE_ATTRIBUTES="SameSite=None; Secure; Partitioned" ;;
    *) fail "COOKIE_SAMESITE: Lax or None" ;;
esac

package=$(cd "$(dirname "$0")/.." && pwd)
php -r '
    require "$argv[1]/preload.php";
    try {
        new PusherAuth\Signer((string) getenv("PUSHER_CONFIG"));
    } catch (PusherAuth\PusherException $e) {
        fwrite(STDERR, "{$e->getMessage()}\n");
        exit(1);
    }
' "$package"

dir=
finish() {
    trap '' TERM INT
    # Once more while they run: a process that has only just been forked can miss it.
    while kill $(jobs -p) 2>/dev/null; do
        sleep 0.1
    done
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 0' TERM INT
dir=$(mktemp -d)
cd "$dir"

# A copy, because the workers, which are www-data, may not be able to read this one.
mkdir app
cp -r "$package"/{preload.php,pusher_auth.ffi.h,src,endpoint} app
export ENDPOINT_DIR=$dir # for php.ini

sed "s/@PORT@/$PORT/" app/endpoint/nginx.conf >nginx.conf
cp app/endpoint/fastcgi.conf .
IFS=, read -ra origins <<<"$ALLOWED_ORIGINS"
for origin in "${origins[@]}"; do
    [[ $origin =~ ^https?://[][A-Za-z0-9.:-]+$ ]] || fail "not an origin in ALLOWED_ORIGINS: $origin"
    # A pattern, because nginx compares plain strings without regard to case.
    echo "\"~^[ \\t]*$(sed 's/[^A-Za-z0-9]/\\&/g' <<<"$origin")[ \\t]*$\" \"$origin\";"
done >allowed_origins.conf

user=()
if ((EUID == 0)); then
    chown -R www-data .
    user=(-g "user www-data;")
fi

# php-fpm leaves this process group, so it would outlive a SIGKILL of that.
setpriv --pdeathsig TERM "$php_fpm" -p "$dir" -c app/endpoint/php.ini -y app/endpoint/php-fpm.conf -F -O &
nginx -p "$dir" -c nginx.conf -e stderr "${user[@]}" &
until [[ -e php-fpm.pid && -e nginx.pid ]]; do
    (($(jobs -pr | wc -l) == 2)) || fail "php-fpm or nginx did not start"
    sleep 0.05
done
echo "listening on http://127.0.0.1:$PORT"
wait -n || true
fail "php-fpm or nginx ended"
