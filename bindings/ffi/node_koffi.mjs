// pusher-auth in Node by koffi, with the declarations in pusher_auth.ffi.h.
import { readFileSync } from 'node:fs';
import koffi from 'koffi';

const library = koffi.load('libpusher_auth.so.1');
koffi.opaque('pusher_signer');
const lib = {};
const header = readFileSync(new URL('../../include/pusher_auth.ffi.h', import.meta.url), 'utf8');
for (const [declaration, name] of header.matchAll(/^.* \*?(\w+)\(.*\)(?=;$)/gm)) {
  lib[name] = library.func(declaration.replace('pusher_signer **', '_Out_ pusher_signer **'));
}

class PusherError extends Error {
  constructor(code) {
    super(`${lib.pusher_error_name(code)}: ${lib.pusher_error_message(code)}`);
    this.code = code;
  }
}

/** Passes buffers with their lengths, and throws errors. */
function call(name, ...values) {
  const pair = (value) => (Buffer.isBuffer(value) ? [value, value.length] : [value]);
  const result = lib[`pusher_signer_${name}`](...values.flatMap(pair));
  if (result < 0) throw new PusherError(result);
  return result;
}

class Signer {
  static #freed = new FinalizationRegistry((signer) => lib.pusher_signer_free(signer));
  constructor(config) {
    const signer = [null];
    call('new', Buffer.from(config), signer);
    [this.signer] = signer;
    Signer.#freed.register(this, this.signer);
  }
  text(name, ...strings) {
    const data = strings.map((string) => Buffer.from(string));
    const buffer = Buffer.alloc(lib.pusher_signer_bound(this.signer, Buffer.concat(data).length));
    return buffer.toString('utf8', 0, call(name, this.signer, ...data, buffer));
  }
  verifyWebhook(...textsOrBuffers) {
    call('verify_webhook', this.signer, ...textsOrBuffers.map((value) => Buffer.from(value)));
  }
}

const signer = new Signer(process.env.PUSHER_CONFIG);
const channel = 'private-encrypted-bla';
console.log(signer.text('authenticate_user', '1234.1234', '{"id":"12345"}'));
console.log(signer.text('authorize_channel', '1234.1234', channel, ''));
const event = signer.text('event_body', channel, 'news', '{"hello":"🌍"}', '');
console.log(signer.text('decrypt', channel, JSON.parse(event).data));

const token = new Signer('{"key":"key","secret":"secret"}');
const signature = '2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778';
token.verifyWebhook('key', signature, '{"hello":"world"}');
try {
  token.verifyWebhook('key', signature, '{"hello":"World"}');
} catch (error) {
  console.log(error.message);
}
