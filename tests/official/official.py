"""The official npm and PyPI libraries as judges of random inputs, through the C ABI: `make test-official`.

What we sign, they sign too, byte for byte; and with their own verification they accept it as a server
would. What they sign, we verify.
"""

import ctypes
import json
import os
import random
import subprocess
import time
from urllib.parse import parse_qsl

import pusher
from pusher.http import GET, POST, Request, make_query_string
from pusher.signature import sign, verify

CASES = 1000
SEED = 20261124
KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8 é🌍"
CONFIG = {
    "appId": "4711",
    "key": KEY,
    "secret": SECRET,
    "encryptionMasterKeyBase64": "/aIl7zxm0Bw9vA2r5JUMgXyBIHHtGu+kzKn9kAs+YVA=",
    "host": "api.example.com",
    "useTLS": True,
}


class Library:
    """pusher-auth, as any program with an FFI meets it."""

    def __init__(self):
        self.c = ctypes.CDLL("libpusher_auth.so.0")
        self.signer = ctypes.c_void_p()
        assert self.c.pusher_signer_new(json.dumps(CONFIG).encode(), ctypes.byref(self.signer)) == 0
        self.buffer = ctypes.create_string_buffer(1 << 16)

    def _written(self, n):
        assert n >= 0, n
        return self.buffer.raw[:n].decode()

    def _out(self):
        return self.buffer, ctypes.c_size_t(len(self.buffer))

    def user(self, socket_id, user):
        return self._written(self.c.pusher_signer_authenticate_user(self.signer, *text(socket_id), *text(user), *self._out()))

    def channel(self, socket_id, channel, data):
        return self._written(
            self.c.pusher_signer_authorize_channel(self.signer, *text(socket_id), *text(channel), *text(data), *self._out())
        )

    def request(self, method, path, query, body, timestamp):
        return self._written(
            self.c.pusher_signer_sign_request(
                self.signer, method.encode(), path.encode(), query.encode(), *text(body), ctypes.c_int64(timestamp), *self._out()
            )
        )

    def webhook(self, key, signature, body):
        code = self.c.pusher_signer_verify_webhook(self.signer, *text(key), *text(signature), *text(body))
        assert code in (0, -21, -22), code
        return code == 0


def text(value):
    value = value.encode()
    return value, ctypes.c_size_t(len(value))


class Npm:
    def __init__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        self.process = subprocess.Popen(
            ["node", os.path.join(here, "official.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8", env={**os.environ, "PUSHER_CONFIG": json.dumps(CONFIG)},
        )

    def __call__(self, op, **question):
        self.process.stdin.write(json.dumps({"op": op, **question}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


rng = random.Random(SEED)
ours, npm = Library(), Npm()
pypi = pusher.Pusher(
    app_id=CONFIG["appId"], key=KEY, secret=SECRET, host=CONFIG["host"],
    encryption_master_key_base64=CONFIG["encryptionMasterKeyBase64"],
)


def word(alphabet="abcXYZ019 \"\\/\n\té😀\u2028<&", least=0, most=20):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def socket_id():
    return f"{rng.randint(0, 10**rng.randint(1, 12))}.{rng.randint(0, 10**rng.randint(1, 12))}"


def value(depth=0):
    kinds = [word, lambda: rng.randint(-(2**53), 2**53), lambda: rng.choice([True, False, None]), lambda: rng.randint(0, 9) / 4]
    if depth < 3:
        kinds.append(lambda: [value(depth + 1) for _ in range(rng.randint(0, 3))])
        kinds.append(lambda: {word(): value(depth + 1) for _ in range(rng.randint(0, 3))})
    return rng.choice(kinds)()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def both_verify(signed, signature):
    assert npm("verify", text=signed, signature=signature)
    assert verify(SECRET, signed, signature)
    wrong = ("1" if signature[0] == "0" else "0") + signature[1:]
    assert not npm("verify", text=signed, signature=wrong)
    assert not verify(SECRET, signed, wrong)


def users():
    sid, user = socket_id(), {"id": word("abcXYZ019_-", 1), "user_info": value(), "watchlist": [word(least=1)]}
    theirs = npm("user", socket_id=sid, user=user)
    assert ours.user(sid, theirs["user_data"]) == compact(theirs)
    theirs = pypi.authenticate_user(sid, user)
    assert ours.user(sid, theirs["user_data"]) == compact(theirs)
    both_verify(f"{sid}::user::{theirs['user_data']}", theirs["auth"].split(":")[1])


def channels():
    sid = socket_id()
    name = rng.choice(["private-", "presence-", "private-encrypted-", "private-cache-", "presence-cache-", "private-encrypted-cache-"])
    name += word("abcXYZ019_-=@,.;", 1, 30)
    data = {"user_id": word(least=1), "user_info": value()} if name.startswith("presence-") and rng.random() < 0.8 else None
    for theirs in (npm("channel", socket_id=sid, channel=name, data=data), pypi.authenticate(name, sid, data)):
        theirs = {k: v.decode() if isinstance(v, bytes) else v for k, v in theirs.items()}
        written = json.loads(ours.channel(sid, name, theirs.get("channel_data", "")))
        assert written == theirs, (written, theirs)
        signed = ":".join([sid, name] + ([theirs["channel_data"]] if data else []))
        both_verify(signed, written["auth"].split(":")[1])


def requests():
    timestamp = rng.randint(1, 2**31 - 1)  # npm takes 31 bits
    path = "/" + "/".join(rng.choice(["events", "channels", "users", word("abcXYZ019_-=@,.;", 1, 20).replace(".", "x")]) for _ in range(rng.randint(1, 4)))
    params = {word("abcxyz_", 1, 8): word("abcXYZ019_-,", 0, 12) for _ in range(rng.randint(0, 5))}
    params.pop("body_md5", None)
    whole = f"/apps/{CONFIG['appId']}{path}"
    method = rng.choice([GET, POST])
    body = compact({"name": word(), "data": value()}) if method == POST else ""
    query = "&".join(f"{name}={value}" for name, value in params.items())

    url = ours.request(method, path, query, body, timestamp)
    start, _, written = url.partition("?")
    assert start == f"https://{CONFIG['host']}{whole}"
    theirs = npm("request", method=method, path=whole, params=params, body=body, timestamp=timestamp)
    assert sorted(written.split("&")) == sorted(theirs.split("&")), (written, theirs)

    # As a server verifies it.
    pairs = dict(parse_qsl(written, keep_blank_values=True, strict_parsing=True))
    signature = pairs.pop("auth_signature")
    both_verify("\n".join([method, whole, make_query_string(pairs)]), signature)

    # PyPI's makes its body itself, and has no parameters with it.
    if method == POST:
        now, time.time = time.time, lambda: timestamp
        try:
            theirs = Request(pypi._pusher_client, POST, whole, {"name": word(), "data": value()})
        finally:
            time.time = now
        written = ours.request(POST, path, "", theirs.body.decode(), timestamp).partition("?")[2]
        assert sorted(written.split("&")) == sorted(theirs.query_string.split("&"))


def webhooks():
    body = compact({"time_ms": int(time.time() * 1000), "events": [{"name": word(), "channel": word(), "data": value()}]})
    signature = npm("sign", text=body)
    assert signature == sign(SECRET, body)
    at = rng.randrange(64)  # not in upper case, which these two refuse, while we take it, like Go's
    wrong = signature[:at] + rng.choice("0123456789abcdefgx ") + signature[at + 1 :]
    for key, one, sent in (
        (KEY, signature, body), (KEY, wrong, body), (KEY, signature, body + " "), (KEY, signature[:-1], body),
        (KEY, signature + "0", body), (KEY, "", body), (KEY + "x", signature, body), ("", signature, body),
    ):
        verdict = ours.webhook(key, one, sent)
        assert verdict == (key == KEY and one == signature and sent == body)
        assert verdict == npm("webhook", key=key, signature=one, body=sent), (key, one)
        assert verdict == (pypi.validate_webhook(key, one, sent) is not None), (key, one)


for job in (users, channels, requests, webhooks):
    for case in range(CASES):
        try:
            job()
        except AssertionError:
            print(f"{job.__name__}, case {case} of seed {SEED}")
            raise
    print(f"{CASES} random {job.__name__}: the same from npm's pusher, PyPI's pusher and pusher-auth")
