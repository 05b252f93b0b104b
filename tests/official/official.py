"""The official npm and PyPI libraries as oracles, over random inputs and through the C ABI:
`make test-official`.

They create the same signatures, bodies and URLs, accept this library's with their own verification,
and each side decrypts the other's events.
"""

import base64
import ctypes
import hashlib
import json
import os
import random
import subprocess
import time
from urllib.parse import parse_qsl, quote, unquote

import nacl.secret
import pusher
from pusher.crypto import encrypt
from pusher.http import GET, POST, Request, make_query_string
from pusher.signature import sign, verify

CASES = 1000
SEED = 20261124
KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8 é🌍"
MASTER_KEY = "/aIl7zxm0Bw9vA2r5JUMgXyBIHHtGu+kzKn9kAs+YVA="
CONFIG = {
    "appId": "4711",
    "key": KEY,
    "secret": SECRET,
    "encryptionMasterKeyBase64": MASTER_KEY,
    "host": "api.example.com",
    "useTLS": True,
}
APP = f"/apps/{CONFIG['appId']}"
IDS = (
    "alice",
    "auth0|abc123",
    "Ünal Ö",
    "a/b",
    "..",
    ".",
    "",
    "50%",
    "a@b.c",
    "a b+c",
    "😀",
    "a;b=c&d?e#f",
)


class Library:
    """Calls pusher-auth like a program with an FFI."""

    def __init__(self):
        self.c = ctypes.CDLL("libpusher_auth.so.1")
        self.c.pusher_signer_bound.restype = ctypes.c_size_t
        self.signer = ctypes.c_void_p()
        assert self.c.pusher_signer_new(*text(json.dumps(CONFIG)), ctypes.byref(self.signer)) == 0

    def call(self, function, *arguments):
        """Returns the text that a function writes into a buffer of the bound."""
        strings = [argument for argument in arguments if isinstance(argument, str)]
        total = sum(len(string.encode()) for string in strings)
        size = self.c.pusher_signer_bound(self.signer, ctypes.c_size_t(total))
        buffer = ctypes.create_string_buffer(size)
        passed = [self.signer]
        for argument in arguments:
            passed += text(argument) if isinstance(argument, str) else [argument]
        n = getattr(self.c, f"pusher_signer_{function}")(*passed, buffer, ctypes.c_size_t(size))
        if n < 0:
            raise ValueError(n)
        return buffer.raw[:n].decode()

    def request(self, method, path, query, body, timestamp):
        return self.call("request_url", method, path, query, body, ctypes.c_int64(timestamp))

    def webhook(self, key, signature, body):
        code = self.c.pusher_signer_verify_webhook(
            self.signer, *text(key), *text(signature), *text(body)
        )
        assert code in (0, -21, -22), code
        return code == 0


def text(value):
    value = value.encode()
    return value, ctypes.c_size_t(len(value))


class Npm:
    def __init__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        self.process = subprocess.Popen(
            ["node", os.path.join(here, "official.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PUSHER_CONFIG": json.dumps(CONFIG)},
        )

    def __call__(self, call, **arguments):
        self.process.stdin.write(json.dumps({"call": call, **arguments}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Unsent:
    """Returns each request of PyPI's library instead of sending it."""

    def __init__(self, client):
        pass

    def send_request(self, request):
        return request


rng = random.Random(SEED)
ours, npm = Library(), Npm()
pypi = pusher.Pusher(
    app_id=CONFIG["appId"],
    key=KEY,
    secret=SECRET,
    host=CONFIG["host"],
    encryption_master_key_base64=MASTER_KEY,
    backend=Unsent,
)


def word(alphabet='abcXYZ019 "\\/\n\té😀\u2028<&', least=0, most=20):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def socket_id():
    return f"{rng.randint(0, 10 ** rng.randint(1, 12))}.{rng.randint(0, 10 ** rng.randint(1, 12))}"


def value(depth=0):
    kinds = [
        word,
        lambda: rng.randint(-(2**53), 2**53),
        lambda: rng.choice([True, False, None]),
        lambda: rng.randint(0, 9) / 4,
    ]
    if depth < 3:
        kinds.append(lambda: [value(depth + 1) for _ in range(rng.randint(0, 3))])
        kinds.append(lambda: {word(): value(depth + 1) for _ in range(rng.randint(0, 3))})
    return rng.choice(kinds)()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def check_verified(signed, signature):
    assert npm("verify", text=signed, signature=signature)
    assert verify(SECRET, signed, signature)
    wrong = ("1" if signature[0] == "0" else "0") + signature[1:]
    assert not npm("verify", text=signed, signature=wrong)
    assert not verify(SECRET, signed, wrong)


def users():
    sid = socket_id()
    user = {"id": word("abcXYZ019_-", 1), "user_info": value(), "watchlist": [word(least=1)]}
    theirs = npm("user", socket_id=sid, user=user)
    assert ours.call("authenticate_user", sid, theirs["user_data"]) == compact(theirs)
    theirs = pypi.authenticate_user(sid, user)
    assert ours.call("authenticate_user", sid, theirs["user_data"]) == compact(theirs)
    check_verified(f"{sid}::user::{theirs['user_data']}", theirs["auth"].split(":")[1])


def channels():
    sid = socket_id()
    kinds = (
        "private-",
        "presence-",
        "private-encrypted-",
        "private-cache-",
        "presence-cache-",
        "private-encrypted-cache-",
    )
    name = rng.choice(kinds) + word("abcXYZ019_-=@,.;", 1, 30)
    has_data = name.startswith("presence-") and rng.random() < 0.8
    data = {"user_id": word(least=1), "user_info": value()} if has_data else None
    for theirs in (
        npm("channel", socket_id=sid, channel=name, data=data),
        pypi.authenticate(name, sid, data),
    ):
        theirs = {k: v.decode() if isinstance(v, bytes) else v for k, v in theirs.items()}
        written = json.loads(
            ours.call("authorize_channel", sid, name, theirs.get("channel_data", ""))
        )
        assert written == theirs, (written, theirs)
        signed = ":".join([sid, name] + ([theirs["channel_data"]] if data else []))
        check_verified(signed, written["auth"].split(":")[1])


def check_url(url, method, path, body, timestamp, params):
    """Checks that the URL has the pairs that both libraries sign, and verifies it like a server."""
    start, _, written = url.partition("?")
    assert start == f"https://{CONFIG['host']}{APP}{path}", start
    theirs = npm(
        "request", method=method, path=APP + path, params=params, body=body, timestamp=timestamp
    )
    assert sorted(written.split("&")) == sorted(theirs.split("&")), (written, theirs)
    pairs = dict(parse_qsl(written, keep_blank_values=True, strict_parsing=True))
    signature = pairs.pop("auth_signature")
    check_verified("\n".join([method, APP + path, make_query_string(pairs)]), signature)


def pypi_request(timestamp, path, params):
    now, time.time = time.time, lambda: timestamp
    try:
        return Request(pypi._pusher_client, POST, APP + path, params)
    finally:
        time.time = now


def requests():
    timestamp = rng.randint(1, 2**31 - 1)  # npm takes 31 bits
    segments = [
        rng.choice(
            ["events", "channels", "users", word("abcXYZ019_-=@,.;", 1, 20).replace(".", "x")]
        )
    ]
    segments += [word("abcXYZ019_-", 1, 20) for _ in range(rng.randint(0, 3))]
    path = "/" + "/".join(segments)
    # Names that are prefixes of one another: whole pairs sort in another order.
    names = ["a" + word("abz019_-.~", 0, 2) for _ in range(rng.randint(0, 5))] + [
        word("abcxyz_", 1, 8)
    ]
    params = {name: word("abcXYZ019_-,", 0, 12) for name in names}
    params.pop("body_md5", None)
    method = rng.choice([GET, POST])
    body = compact({"name": word(), "data": value()}) if method == POST else ""
    query = "&".join(f"{name}={value}" for name, value in params.items())
    url = ours.request(method, path, query, body, timestamp)
    check_url(url, method, path, body, timestamp, params)

    # PyPI's library writes the body itself, and allows no parameters with it.
    if method == POST:
        theirs = pypi_request(timestamp, path, {"name": word(), "data": value()})
        url = ours.request(POST, path, "", theirs.body.decode(), timestamp)
        assert sorted(url.partition("?")[2].split("&")) == sorted(theirs.query_string.split("&"))


def terminations():
    timestamp = ctypes.c_int64(rng.randint(1, 2**31 - 1))
    user_id = rng.choice(IDS + (word(most=8),))
    if user_id in ("", ".", ".."):
        try:
            assert not ours.call("terminate_user_url", user_id, timestamp)
        except ValueError as error:
            assert error.args == (-20,)
        return
    url = ours.call("terminate_user_url", user_id, timestamp)
    path = url.partition("?")[0].split(APP)[1]
    assert path.count("/") == 3 and not set(path) & set(" |#?\\"), path
    assert unquote(path) == f"/users/{user_id}/terminate_connections"
    assert path.split("/")[2] == quote(user_id, safe="!$&'()*+,;=:@")
    check_url(url, POST, path, "{}", timestamp.value, {})
    theirs = pypi_request(timestamp.value, path, {})
    assert sorted(url.partition("?")[2].split("&")) == sorted(theirs.query_string.split("&"))


def opened(channel, data):
    """Decrypts data by PyNaCl."""
    data = json.loads(data)
    assert set(data) == {"nonce", "ciphertext"}
    nonce, ciphertext = (
        base64.b64decode(data[name], validate=True) for name in ("nonce", "ciphertext")
    )
    return nacl.secret.SecretBox(shared_secret(channel)).decrypt(ciphertext, nonce).decode()


def shared_secret(channel):
    return hashlib.sha256(channel.encode() + base64.b64decode(MASTER_KEY)).digest()


def event(members):
    """Returns an event with its channels as a list, and its data decrypted and parsed."""
    members = dict(members)
    channels = [members.pop("channel")] if "channel" in members else members.pop("channels")
    data = members.pop("data")
    if channels[0].startswith("private-encrypted-"):
        plaintext = opened(channels[0], data)
        assert ours.call("decrypt", channels[0], data) == plaintext
        data = plaintext
    return {**members, "channels": channels, "data": parsed(data)}


def event_data():
    """Texts are not JSON: npm's library encodes encrypted text twice."""
    data = value()
    return "!" + data if isinstance(data, str) else data


def parsed(data):
    try:
        return json.loads(data)
    except ValueError:
        return data


def events():
    kinds = "", "", "private-", "presence-", "private-encrypted-"
    names = [rng.choice(kinds) + word("abcXYZ019_-=@,.;", 1, 30) for _ in range(rng.randint(1, 3))]
    if any(name.startswith("private-encrypted-") for name in names):
        names = names[:1]
    data, name = event_data(), word(least=1)
    others = {"socket_id": socket_id()} if rng.random() < 0.5 else {}

    passed = compact({"name": name, "channels": names, "data": data, **others})
    written = event(json.loads(ours.call("events_body", passed)))
    sent = npm("trigger", channels=names, name=name, data=data, params=others)
    assert sent["path"] == "/events"
    assert written == event(json.loads(sent["body"])), (written, sent)
    sent = pypi.trigger(names, name, data, **others)
    assert written == event(json.loads(sent.body)), (written, sent.body)

    data_text = data if isinstance(data, str) else compact(data)
    single = event(
        json.loads(ours.call("event_body", names[0], name, data_text, others.get("socket_id", "")))
    )
    assert single == {**written, "channels": names[:1]}

    user_id = word(least=1)
    body = ours.call("event_body", f"#server-to-user-{user_id}", name, data_text, "")
    theirs = npm("sendToUser", user_id=user_id, name=name, data=data)
    assert event(json.loads(body)) == event(json.loads(theirs["body"]))


def batches():
    kinds = "", "private-", "presence-", "private-encrypted-"
    batch = []
    for _ in range(rng.randint(1, 10)):
        channel = rng.choice(kinds) + word("abcXYZ019_-=@,.;", 1, 30)
        batch.append({"name": word(least=1), "channel": channel, "data": event_data()})
        if rng.random() < 0.3:
            batch[-1]["socket_id"] = socket_id()
    written = json.loads(ours.call("events_body", compact({"batch": batch})))
    assert set(written) == {"batch"}
    written = list(map(event, written["batch"]))
    theirs = npm("triggerBatch", batch=batch)
    assert theirs["path"] == "/batch_events"
    assert written == list(map(event, json.loads(theirs["body"])["batch"]))
    theirs = pypi.trigger_batch([dict(one) for one in batch])
    assert written == list(map(event, json.loads(theirs.body)["batch"]))


def encryption():
    channel = "private-encrypted-" + word("abcXYZ019_-=@,.;", 0, 30)
    data = word(most=200)
    encrypted = ours.call("encrypt", channel, data)
    assert opened(channel, encrypted) == data
    assert ours.call("decrypt", channel, encrypted) == data
    assert (
        ours.call(
            "decrypt", channel, json.dumps(encrypt(channel, data, base64.b64decode(MASTER_KEY)))
        )
        == data
    )

    # A page receives the secret from the authorization endpoint, and the event from Pusher.
    secret = json.loads(ours.call("authorize_channel", socket_id(), channel, ""))["shared_secret"]
    body = json.loads(ours.call("event_body", channel, "news", compact({"text": data}), ""))
    received = npm(
        "receive", channel=channel, event="news", data=body["data"], shared_secret=secret
    )
    assert received == {"received": {"text": data}}, received


def webhooks():
    sent = {"name": word(), "channel": word(), "data": value()}
    body = compact({"time_ms": int(time.time() * 1000), "events": [sent]})
    signature = npm("sign", text=body)
    assert signature == sign(SECRET, body)
    # Upper case is excluded: this library and Go's accept it, these two reject it.
    at = rng.randrange(64)
    wrong = signature[:at] + rng.choice("0123456789abcdefgx ") + signature[at + 1 :]
    for key, one, sent in (
        (KEY, signature, body),
        (KEY, wrong, body),
        (KEY, signature, body + " "),
        (KEY, signature[:-1], body),
        (KEY, signature + "0", body),
        (KEY, "", body),
        (KEY + "x", signature, body),
        ("", signature, body),
    ):
        is_valid = ours.webhook(key, one, sent)
        assert is_valid == (key == KEY and one == signature and sent == body)
        assert is_valid == npm("webhook", key=key, signature=one, body=sent), (key, one)
        assert is_valid == (pypi.validate_webhook(key, one, sent) is not None), (key, one)


for job in (users, channels, requests, terminations, events, batches, encryption, webhooks):
    for case in range(CASES):
        try:
            job()
        except Exception:
            print(f"{job.__name__}, case {case} of seed {SEED}")
            raise
    print(f"{CASES} random {job.__name__}: npm's pusher, PyPI's pusher and pusher-auth agree")
