#!/usr/bin/env bash
# Serves the full example endpoint with nginx and php-fpm, until SIGTERM or SIGINT. It needs no root.
#
#   BIND, PORT        the address to listen on: 127.0.0.1 and 8000 by default
#   PUSHER_URL        the app: https://KEY:SECRET@api-CLUSTER.pusher.com/apps/APP_ID
#   PUSHER_CONFIG     the app: {"key":"…","secret":"…","encryptionMasterKeyBase64":"…"}
#   PUSHER_URL_FILE, PUSHER_CONFIG_FILE   the name of a file with one of them
#   ALLOWED_ORIGINS   the other origins that may send requests, comma-separated
#   COOKIE_SAMESITE   None if pages of another site send requests, over https; otherwise Lax
#
# libpusher_auth.so.1 must be installed, or its folder must be in LD_LIBRARY_PATH.
set -eu

fail() {
    echo "$*" >&2
    exit 1
}

PATH=$PATH:/usr/sbin # where php-fpm and nginx are, and which not every user's PATH has
php_fpm=$(compgen -c php-fpm | sort -V | tail -n 1)
[[ -n $php_fpm ]] || fail "php-fpm is missing: apt-get install php-fpm"
for tool in php nginx; do
    command -v $tool >/dev/null || fail "$tool is missing: apt-get install php-cli nginx-light"
done
php -m | grep -qx apcu || fail "APCu is missing: apt-get install php-apcu"

PORT=${PORT:-8000}
[[ $PORT =~ ^[0-9]+$ ]] || fail "PORT must be a number"
BIND=${BIND:-127.0.0.1}
[[ $BIND =~ ^[0-9A-Za-z.:-]+$ ]] || fail "BIND must be an address"
[[ $BIND != *:* ]] || BIND="[$BIND]" # IPv6
case ${COOKIE_SAMESITE:-Lax} in
    Lax) export COOKIE_ATTRIBUTES="SameSite=Lax" ;;
    None) export COOKIE_ATTRIBUTES="SameSite=None; Secure; Partitioned" ;;
    *) fail "COOKIE_SAMESITE must be Lax or None" ;;
esac

# The first of these that is set describes the app. A newline at the end of a file is ignored.
for setting in PUSHER_URL_FILE PUSHER_CONFIG_FILE PUSHER_URL PUSHER_CONFIG; do
    [[ -z ${!setting-} ]] || break
done
PUSHER_APP=${!setting-}
if [[ $setting == *_FILE ]]; then
    PUSHER_APP=$(cat -- "$PUSHER_APP" && echo .) || fail "$setting cannot be read"
    PUSHER_APP=${PUSHER_APP%.}
    PUSHER_APP=${PUSHER_APP%$'\n'}
fi
export PUSHER_APP
unset PUSHER_URL_FILE PUSHER_CONFIG_FILE PUSHER_URL PUSHER_CONFIG

package=$(cd "$(dirname "$0")/../../../bindings/php" && pwd)
endpoint=$(cd "$(dirname "$0")" && pwd)
php -r '
    require "$argv[1]/preload.php";
    try {
        new PusherAuth\Signer((string) getenv("PUSHER_APP"));
    } catch (PusherAuth\PusherException $e) {
        fwrite(STDERR, "$argv[2]: {$e->getMessage()}\n");
        exit(1);
    }
' "$package" "$setting"

dir=
log_reader=
finish() {
    trap '' TERM INT
    # Repeated, because a process that was just forked can miss the signal.
    # shellcheck disable=SC2046 # each word is a process id
    while kill $(jobs -p | grep -vx "$log_reader") 2>/dev/null; do
        sleep 0.1
    done
    [[ -z $log_reader ]] || kill "$log_reader" 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 0' TERM INT
dir=$(mktemp -d)
cd "$dir"

# The workers run as www-data, which may be unable to read the originals.
mkdir -p app
cp -r "$package"/{preload.php,pusher_auth.ffi.h,src} "$endpoint" app
export ENDPOINT_DIR=$dir # for php.ini

sed "s/@LISTEN@/$BIND:$PORT/" app/endpoint/nginx.conf >nginx.conf
cp app/endpoint/{rules,endpoint}.conf .
IFS=, read -ra origins <<<"${ALLOWED_ORIGINS-}"
for origin in "${origins[@]}"; do
    [[ $origin =~ ^https?://[][A-Za-z0-9.:-]+$ ]] || fail "not an origin in ALLOWED_ORIGINS: $origin"
    # This is a pattern, because nginx ignores the case of plain strings.
    echo "\"~^[ \\t]*$(sed 's/[^A-Za-z0-9]/\\&/g' <<<"$origin")[ \\t]*$\" \"$origin\";"
done >allowed_origins.conf

# nginx and the workers write lines to the pipe. It is opened for reading and writing, so that it
# does not end.
mkfifo log
cat <>log >&2 &
log_reader=$!

user=()
if ((EUID == 0)); then
    chown -R www-data .
    user=(-g "user www-data;")
fi

# php-fpm leaves this process group, so it would outlive a SIGKILL of the group.
setpriv --pdeathsig TERM "$php_fpm" -p "$dir" -c app/endpoint/php.ini -y app/endpoint/php-fpm.conf -F -O &
nginx -p "$dir" -c nginx.conf -e stderr "${user[@]}" &
until [[ -e php-fpm.pid && -e nginx.pid ]]; do
    (($(jobs -pr | wc -l) == 3)) || fail "php-fpm or nginx did not start"
    sleep 0.05
done
echo "listening on http://$BIND:$PORT"
wait -n || true
fail "php-fpm, nginx or the reader of the log ended"
