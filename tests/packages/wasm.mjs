// Calls the module of the wasm32-wasip1 archive in Node's WASI: node wasm.mjs MODULE EXPECTED-RESPONSE.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [file, response] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1' });
const module = await WebAssembly.compile(await readFile(file));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
wasi.initialize(instance);
const { memory, ...pusher } = instance.exports;

// The C API needs strings in memory that the program owns.
let end = memory.buffer.byteLength;
memory.grow(1);
const put = (text) => {
  const bytes = new TextEncoder().encode(`${text}\0`);
  new Uint8Array(memory.buffer).set(bytes, end);
  end += bytes.length;
  return [end - bytes.length, bytes.length - 1];
};
const get = (address, length) =>
  new TextDecoder().decode(new Uint8Array(memory.buffer, address, length));
const reserve = (size) => {
  end += size;
  return end - size;
};
const config = '{"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}';

const out = reserve(1024);
const [socketId] = put('1234.1234');
const [user] = put('{"id":"12345"}');
const length = pusher.pusher_authenticate_user(put(config)[0], socketId, user, out, 1024);
assert.equal(get(out, length), response);
assert.equal(
  pusher.pusher_authenticate_user(put('{}')[0], socketId, user, out, 1024),
  -4,
  'a config without a key',
);

// Functions that need the system: memory, the clock and random bytes.
const pointer = (end = (end + 7) & ~7) && reserve(4);
const app = '{"key":"a","secret":"b","appId":"1","encryptionMasterKeyBase64":"';
const master = Buffer.alloc(32, 1).toString('base64');
assert.equal(pusher.pusher_signer_new(...put(`${app}${master}"}`), pointer), 0);
const signer = new DataView(memory.buffer).getUint32(pointer, true);
const url = pusher.pusher_signer_request_url(
  signer,
  ...put('GET'),
  ...put('/channels'),
  ...put(''),
  ...put(''),
  0n,
  out,
  1024,
);
const now = Number(/auth_timestamp=(\d+)/.exec(get(out, url))[1]);
assert.ok(Math.abs(now - Date.now() / 1000) < 60, `the time is ${now}`);
const channel = () => put('private-encrypted-a');
const sealed = [1, 2].map(() => {
  const n = pusher.pusher_signer_encrypt(signer, ...channel(), ...put('hello'), out, 1024);
  return get(out, n);
});
assert.notEqual(sealed[0], sealed[1]);
const opened = pusher.pusher_signer_decrypt(signer, ...channel(), ...put(sealed[0]), out, 1024);
assert.equal(get(out, opened), 'hello');
pusher.pusher_signer_free(signer);
console.log('ok wasm32-wasip1 in WASI: sign-in, URL, encryption');
