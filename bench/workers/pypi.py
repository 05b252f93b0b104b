"""Measures the PyPI package: pypi.py call | body. It takes the user as a dict. "body" also encodes
the result as the response's body, as callers must."""

import json
import os
import sys
import time

import pusher

config = json.loads(os.environ["PUSHER_CONFIG"])
client = pusher.Pusher(app_id="1", key=config["key"], secret=config["secret"])
body = sys.argv[1] == "body"
socket_id = os.environ["SOCKET_ID"]
for line in sys.stdin:
    calls, file = line.split()
    with open(file, encoding="utf-8") as text:
        user = json.load(text)
    start = time.perf_counter_ns()
    for _ in range(int(calls)):
        response = client.authenticate_user(socket_id, user)
        if body:
            json.dumps(response)
    nanoseconds = time.perf_counter_ns() - start
    print(nanoseconds, json.dumps(response), flush=True)
