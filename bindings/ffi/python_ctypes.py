"""pusher-auth in Python by ctypes, which is part of Python."""

import ctypes
import json
import os

lib = ctypes.CDLL("libpusher_auth.so.1")
lib.pusher_signer_bound.restype = ctypes.c_size_t
lib.pusher_error_name.restype = lib.pusher_error_message.restype = ctypes.c_char_p


class PusherError(Exception):
    def __init__(self, code):
        self.code, self.name = code, lib.pusher_error_name(code).decode()
        super().__init__(f"{self.name}: {lib.pusher_error_message(code).decode()}")


def call(function, *arguments):
    """Passes bytes with their lengths, and raises errors."""
    values = []
    for value in arguments:
        values += [value, ctypes.c_size_t(len(value))] if isinstance(value, bytes) else [value]
    if (result := function(*values)) < 0:
        raise PusherError(result)
    return result


class Signer:
    def __init__(self, config):
        self.signer = ctypes.c_void_p()
        call(lib.pusher_signer_new, config.encode(), ctypes.byref(self.signer))

    def __del__(self):
        lib.pusher_signer_free(self.signer)

    def text(self, function, *strings):
        data = [string.encode() for string in strings]
        size = lib.pusher_signer_bound(self.signer, ctypes.c_size_t(sum(map(len, data))))
        buffer = ctypes.create_string_buffer(size)
        length = call(function, self.signer, *data, buffer, ctypes.c_size_t(size))
        return ctypes.string_at(buffer, length).decode()

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
