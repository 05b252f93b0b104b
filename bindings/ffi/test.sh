#!/usr/bin/env bash
# Runs each example and compares what it prints with the known answers in tests/vectors. The library
# must be in LD_LIBRARY_PATH, where `make test-ffi` puts it.
set -euo pipefail
cd "$(dirname "$0")"
PATH=/usr/bin:$PATH # The Python that Debian's python3-cffi is for.

expected=$(python3 - <<'END'
import json

calls = json.load(open("../../tests/vectors/calls.json"))["calls"]
keys = '{"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"'


def known_answer(call, *arguments):
    for vector in calls:
        if vector["call"] == call and tuple(vector["arguments"].values()) == arguments:
            if call == "verify_webhook" or vector["config"].startswith(keys):
                return vector.get("result", vector.get("code"))
    raise SystemExit(f"no vector for {call}{arguments}")


print(known_answer("authenticate_user", "1234.1234", '{"id":"12345"}'))
print(known_answer("authorize_channel", "1234.1234", "private-encrypted-bla", ""))
print('{"hello":"🌍"}')
signature = "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778"
assert known_answer("verify_webhook", "key", signature, '{"hello":"world"}') == 0
print("PUSHER_ERROR_WEBHOOK_SIGNATURE")
END
)

export PUSHER_CONFIG='{"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8","encryptionMasterKeyBase64":"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="}'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
# check COMMAND... FILE
check() {
  local printed
  # The last line is an error. Its message may change.
  printed=$("$@" | sed '4s/:.*//') || printed="failed: $?"
  if [ "$printed" = "$expected" ] && [ "$(wc -l <"${!#}")" -le 60 ]; then
    echo "ok: $*"
  else
    printf 'not ok: %s\n%s\n' "$*" "$printed" >&2
    failed=1
  fi
}
check python3 python_ctypes.py
check python3 python_cffi.py
check node node_koffi.mjs
check ruby -W ruby_fiddle.rb
check luajit luajit.lua
check perl perl_platypus.pl
check java -cp /usr/share/java/jna.jar JavaJna.java
mcs -out:"$scratch/CSharpPInvoke.exe" CSharpPInvoke.cs || failed=1
check mono "$scratch/CSharpPInvoke.exe" CSharpPInvoke.cs
[ $failed = 0 ] || echo "If a program is missing: make deps DEPS=ffi" >&2
exit $failed
