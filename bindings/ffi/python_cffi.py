"""pusher-auth in Python by cffi, which reads the declarations in pusher_auth.ffi.h."""

import json
import os
from pathlib import Path

from cffi import FFI

ffi = FFI()
ffi.cdef((Path(__file__).parents[2] / "include/pusher_auth.ffi.h").read_text())
lib = ffi.dlopen("libpusher_auth.so.1")


class PusherError(Exception):
    def __init__(self, code):
        self.code, self.name = code, ffi.string(lib.pusher_error_name(code)).decode()
        super().__init__(f"{self.name}: {ffi.string(lib.pusher_error_message(code)).decode()}")


def call(function, *arguments):
    """Passes bytes with their lengths, and raises errors."""
    values = []
    for value in arguments:
        values += [value, len(value)] if isinstance(value, bytes) else [value]
    if (result := function(*values)) < 0:
        raise PusherError(result)
    return result


class Signer:
    def __init__(self, config):
        signer = ffi.new("pusher_signer **")
        call(lib.pusher_signer_new, config.encode(), signer)
        self.signer = ffi.gc(signer[0], lib.pusher_signer_free)

    def text(self, function, *strings):
        data = [string.encode() for string in strings]
        size = lib.pusher_signer_bound(self.signer, sum(map(len, data)))
        buffer = ffi.new("char[]", size)
        return ffi.buffer(buffer, call(function, self.signer, *data, buffer, size))[:].decode()

    def verify_webhook(self, key, signature, body):
        call(lib.pusher_signer_verify_webhook, self.signer, key.encode(), signature.encode(), body)


signer = Signer(os.environ["PUSHER_CONFIG"])
channel = "private-encrypted-bla"
print(signer.text(lib.pusher_signer_authenticate_user, "1234.1234", '{"id":"12345"}'))
print(signer.text(lib.pusher_signer_authorize_channel, "1234.1234", channel, ""))
event = signer.text(lib.pusher_signer_event_body, channel, "news", '{"hello":"🌍"}', "")
print(signer.text(lib.pusher_signer_decrypt, channel, json.loads(event)["data"]))

token = Signer('{"key":"key","secret":"secret"}')
signature = "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778"
token.verify_webhook("key", signature, b'{"hello":"world"}')
try:
    token.verify_webhook("key", signature, b'{"hello":"World"}')
except PusherError as error:
    print(error)
