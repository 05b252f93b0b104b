#!/usr/bin/env bash
# Runs what every change must pass, on any Debian or Ubuntu machine with Rust and its nightly
# compiler: ci.sh [PART...]. Installs what is missing, then runs the parts, two at a time, or $JOBS.
# Writes a log for each part to target/ci. With --list, prints the names of the parts.
set -euo pipefail
cd "$(dirname "$0")/.."

# One line for each part: its name, the groups of install-deps.sh that it needs, its targets. The
# longest come first.
parts() {
  cat <<'END'
rust       core                                        test-rust
sanitize   core                                        sanitize
deb        core,dist,portable,debian-13                test-deb
e2e        core,endpoints,request,e2e                  e2e
cross      core,dist,portable,debian-13,cross          cross
fuzz       core,fuzz                                   fuzz-smoke
portable   core,portable                               test-portable reproducible
msrv       core,debian-13                              msrv
container  core,debian-13,container                    test-container
dist       core,packages,dist,portable                 test-dist
packages   core,packages                               test-packages
endpoints  core,endpoints,request,docs                 test-endpoints test-docs
bindings   core,endpoints,ffi,official                 test-cpp test-go test-php test-ffi test-official
load       core,endpoints,load                         load ROUNDS=1 SECONDS=1
deny       core,deny                                   deny
lint       core,lint                                   lint
END
}
# `make dist` and `make cross` build these instead of all targets.
export TARGETS="aarch64-unknown-linux-gnu i686-unknown-linux-gnu"

if [ "${1-}" = --list ]; then
  parts | cut -d' ' -f1
  exit
fi
chosen=("$@")
[ $# -gt 0 ] || mapfile -t chosen < <(parts | cut -d' ' -f1)
declare -A groups targets
while read -r name needs makes; do
  groups[$name]=${needs//,/ } targets[$name]=$makes
done < <(parts)
for name in "${chosen[@]}"; do
  [ -n "${targets[$name]-}" ] || { echo "no such part: $name; there are: ${!targets[*]}" >&2; exit 2; }
done
needed=$(for name in "${chosen[@]}"; do printf '%s\n' ${groups[$name]}; done | sort -u)
# shellcheck disable=SC2086 # names of groups
tools/install-deps.sh $needed

logs=target/ci
rm -rf "$logs"
mkdir -p "$logs"
# Built first, so that parts that run at once do not build the same programs.
if grep -qx endpoints <<<"$needed"; then
  make programs requests
else
  make build
fi

# run PART: runs its targets for at most an hour. If this shell is terminated, timeout terminates
# all their processes.
run() {
  local start=$SECONDS result=passed
  # shellcheck disable=SC2086 # names of targets
  timeout --kill-after=10 3600 make --no-print-directory ${targets[$1]} >"$logs/$1.log" 2>&1 &
  trap 'kill $!' TERM
  wait $! || result=failed
  echo "$result $((SECONDS - start))" >"$logs/$1.result"
  printf '%-6s %-10s %5d s\n' "$result" "$1" $((SECONDS - start))
}

trap 'kill $(jobs -p) 2>/dev/null || :; wait' EXIT
trap 'exit 130' INT TERM
running=0
for name in "${chosen[@]}"; do
  if [ "$running" -ge "${JOBS:-2}" ]; then
    wait -n || :
    running=$((running - 1))
  fi
  run "$name" &
  running=$((running + 1))
done
wait

passed=0 failed=()
for name in "${chosen[@]}"; do
  case $(cat "$logs/$name.result" 2>/dev/null) in
    passed*) passed=$((passed + 1)) ;;
    *) failed+=("$name") ;;
  esac
done
for name in "${failed[@]}"; do
  printf '\n==== %s failed: %s/%s.log\n' "$name" "$logs" "$name"
  tail -n 300 "$logs/$name.log"
done
printf '\n%d s\n%d passed, %d failed\n' "$SECONDS" "$passed" "${#failed[@]}"
[ ${#failed[@]} -eq 0 ]
