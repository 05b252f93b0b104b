// Calls the library directly for sign-ins of other users and batches, which no example program does.
import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { existing, LIBRARY, ROOT } from '../launcher.mjs';

const library = koffi.load(existing(LIBRARY, 'make'));
koffi.opaque('pusher_signer');
const functions = {};
const header = readFileSync(`${ROOT}include/pusher_auth.ffi.h`, 'utf8');
for (const [declaration, name] of header.matchAll(/^.* \*?(\w+)\(.*\)(?=;$)/gm)) {
  functions[name] = library.func(declaration.replace('pusher_signer **', '_Out_ pusher_signer **'));
}

export class Signer {
  constructor(config) {
    const signer = [null];
    const text = JSON.stringify(config);
    check(functions.pusher_signer_new(text, Buffer.byteLength(text), signer));
    [this.signer] = signer;
  }

  authenticateUser(socketId, user) {
    return this.#write('authenticate_user', [socketId, JSON.stringify(user)]);
  }

  eventsBody(events) {
    return this.#write('events_body', [JSON.stringify(events)]);
  }

  requestUrl(method, path, body) {
    return this.#write('request_url', [method, path, '', body], [0]);
  }

  #write(name, strings, numbers = []) {
    const pairs = strings.flatMap((text) => [text, Buffer.byteLength(text)]);
    const length = Buffer.byteLength(strings.join(''));
    const buffer = Buffer.alloc(functions.pusher_signer_bound(this.signer, length));
    const call = functions[`pusher_signer_${name}`];
    const written = call(this.signer, ...pairs, ...numbers, buffer, buffer.length);
    return buffer.toString('utf8', 0, check(written));
  }
}

function check(result) {
  if (result < 0) throw new Error(functions.pusher_error_message(result));
  return result;
}
