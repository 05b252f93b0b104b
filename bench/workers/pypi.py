"""The PyPI package. It takes the user as a dict, and leaves the encoding of its answer to the caller."""

import json
import os
import sys
import time

import pusher

config = json.loads(os.environ["PUSHER_CONFIG"])
client = pusher.Pusher(app_id="1", key=config["key"], secret=config["secret"])
socket_id = os.environ["SOCKET_ID"]
for line in sys.stdin:
    calls, file = line.split()
    with open(file, encoding="utf-8") as text:
        user = json.load(text)
    start = time.perf_counter_ns()
    for _ in range(int(calls)):
        response = client.authenticate_user(socket_id, user)
    nanoseconds = time.perf_counter_ns() - start
    print(nanoseconds, json.dumps(response), flush=True)
