#!/usr/bin/env bash
# Builds the guide's container file and runs its image: `make test-container`. Needs root. No registry
# is used: the base image is a Debian 13 that debootstrap makes, and the crates are vendored.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/debian-13.sh

debian_13 container ca-certificates
here=$PWD/target/container
rm -rf "$here"
mkdir -p "$here/sources"
# Nothing is left in the machine's own storage.
buildah=(buildah --root "$here/storage" --runroot "$here/run" --storage-driver vfs)
export BUILDAH_ISOLATION=chroot
server=
clean() {
  [ -z "$server" ] || { kill -- "-$server" && wait "$server"; } 2>/dev/null || :
  "${buildah[@]}" rm --all >/dev/null
  rm -rf "$here/storage" "$here/run"
}
trap clean EXIT

base=$("${buildah[@]}" from scratch)
cp -a "$root/." "$("${buildah[@]}" mount "$base")/"
for tag in 13 13-slim; do
  "${buildah[@]}" commit --quiet "$base" "docker.io/library/debian:$tag" >/dev/null
done
"${buildah[@]}" rm "$base" >/dev/null

put_sources "$here/sources"
vendor "$here/sources" --locked
awk '/^```dockerfile$/ { on = 1; next } /^```$/ { on = 0 } on' docs/guide/production.md >"$here/Dockerfile"
# Docker's format has the health check.
"${buildah[@]}" bud --pull-never --format docker --tag pusher-endpoint --file "$here/Dockerfile" \
  "$here/sources" >"$here/build.log" 2>&1 || { tail -n 50 "$here/build.log" >&2; exit 1; }
echo "ok image builds"

container=$("${buildah[@]}" from --pull-never pusher-endpoint)
config() { "${buildah[@]}" inspect --format "{{$1}}" "$container"; }
[ "$(config .Docker.Config.User)" = 65534:65534 ] || { echo "the image must not run as root" >&2; exit 1; }
printf 'https://278d425bdf160c739803:7ad3773142a6692b25b8@api-eu.pusher.com/apps/3\n' >"$here/url"
chmod 644 "$here/url"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# run COMMAND...: in the container, which shares the machine's network here.
run() {
  "${buildah[@]}" run --env "PORT=$port" --env BIND=127.0.0.1 --volume "$here/url:/run/secrets/pusher_url:ro" \
    "$container" -- "$@"
}
health() {
  local words
  mapfile -t words < <(config 'range .Docker.Config.Healthcheck.Test}}{{println .}}{{end')
  run "${words[@]:1:3}"
}
if health 2>/dev/null; then
  echo "the health check must fail without a server" >&2
  exit 1
fi
entry=$(config 'index .Docker.Config.Entrypoint 0')
set -m
run "$entry" >"$here/server.log" 2>&1 &
server=$!
for _ in $(seq 300); do
  ! grep -q "listening on http://127.0.0.1:$port" "$here/server.log" || break
  sleep 0.2
done
health || { cat "$here/server.log" >&2; exit 1; }
echo "ok health check"

id=$(pgrep --full --exact "$entry" | head -n 1)
owner=$(awk '/^Uid:/ { print $2 }' "/proc/$id/status")
[ "$owner" = 65534 ] || { echo "the server runs as $owner" >&2; exit 1; }
token=$(curl -sS -d user=alice "http://127.0.0.1:$port/login" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
response=$(curl -sS -H "Authorization: Bearer $token" -d socket_id=1234.1234 "http://127.0.0.1:$port/pusher/user-auth")
case $response in
  '{"auth":"278d425bdf160c739803:'*) echo "ok responds, as user $owner, with the secret from a file" ;;
  *) echo "$response" >&2; exit 1 ;;
esac
