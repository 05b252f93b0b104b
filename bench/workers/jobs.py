"""The PyPI package's jobs: each line of input is JOB CALLS, each line of output the nanoseconds."""

import json
import os
import sys
import time

import pusher
from pusher.http import GET, POST, Request


class Unsent:
    """Returns the body of each request instead of sending it."""

    def __init__(self, client):
        pass

    def send_request(self, request):
        return request.body


config = json.loads(os.environ["PUSHER_CONFIG"])
client = pusher.Pusher(
    app_id=config["appId"],
    key=config["key"],
    secret=config["secret"],
    encryption_master_key_base64=config["encryptionMasterKeyBase64"],
    backend=Unsent,
)

SOCKET_ID = "1234.1234"
MEMBER = {"user_id": "alice", "user_info": {"name": "Alice", "city": "Zurich"}}
EVENT = {"name": "news", "channels": ["#server-to-user-alice"], "data": '{"text":"Hello"}'}
DATA = {"text": "Hello", "from": "Alice"}
LONG_DATA = {"text": "any text, " * 988}
ENCRYPTED = "private-encrypted-lobby"


def response(channel, data=None):
    written = client.authenticate(channel, SOCKET_ID, data)
    return json.dumps(
        {name: text.decode() if isinstance(text, bytes) else text for name, text in written.items()}
    )


def url(method, path, body=None):
    return Request(client._pusher_client, method, "/apps/3" + path, body).query_string


JOBS = {
    "private": lambda: response("private-user-alice"),
    "presence": lambda: response("presence-lobby", MEMBER),
    "encrypted": lambda: response(ENCRYPTED),
    "channels": lambda: url(GET, "/channels"),
    "event_url": lambda: url(POST, "/events", EVENT),
    "terminate": lambda: url(POST, "/users/auth0%7Cabc123/terminate_connections", {}),
    "event": lambda: client.trigger("lobby", "news", DATA),
    "long_event": lambda: client.trigger("lobby", "news", LONG_DATA),
    "encrypted_event": lambda: client.trigger(ENCRYPTED, "news", DATA),
    "long_encrypted_event": lambda: client.trigger(ENCRYPTED, "news", LONG_DATA),
    # The events are new for each call, because the library replaces their data.
    "batch": lambda: client.trigger_batch(
        [{"name": "news", "channel": "lobby", "data": DATA} for _ in range(10)]
    ),
}

for line in sys.stdin:
    name, calls = line.split()
    job = JOBS[name]
    start = time.perf_counter_ns()
    for _ in range(int(calls)):
        job()
    print(time.perf_counter_ns() - start, flush=True)
