// The minimal endpoints: POST /pusher/user-auth, with the fixed session `demo`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test as nodeTest } from 'node:test';
import { startMinimal, stop, withLogs } from '../launcher.mjs';
import { exchange, FORM, USER_AUTH } from './requests.mjs';

const { calls } = JSON.parse(readFileSync(new URL('../vectors/calls.json', import.meta.url)));
const {
  config,
  arguments: documented,
  result,
} = calls.find(
  ({ call, arguments: { user_json } }) =>
    call === 'authenticate_user' && user_json === '{"id":"12345"}',
);

/** Registers the tests of one minimal endpoint. */
export function testMinimal(language) {
  describe(`minimal: ${language}`, { concurrency: false }, () => {
    let server;
    const test = (title, run) =>
      nodeTest(
        title,
        withLogs(() => server, run),
      );

    before(async () => {
      server = await startMinimal(language, { env: { PUSHER_CONFIG: config } });
    });
    after(() => server && stop(server));

    const send = async (
      body,
      { Cookie = 'session=demo', method = 'POST', path = USER_AUTH, type = FORM } = {},
    ) => {
      const response = await fetch(`${server.origin}${path}`, {
        method,
        headers: { Cookie, 'Content-Type': type },
        body: method === 'GET' ? undefined : body,
      });
      const cors = [...response.headers.keys()].filter((name) =>
        name.startsWith('access-control-'),
      );
      assert.deepEqual(cors, []);
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        body: await response.text(),
      };
    };
    const good = `socket_id=${documented.socket_id}`;

    test('sends the response that Pusher documents', async () => {
      const { status, type, body } = await send(good);
      assert.deepEqual({ status, body }, { status: 200, body: result });
      assert.match(type, /^application\/json/);
      assert.equal((await send(`a=b&${good}&c=${'x'.repeat(3000)}`)).body, result);
      assert.equal((await send(`${good.replace('_', '%5f')}&a`)).body, result);
    });

    test('rejects everything else', async () => {
      for (const body of [
        '',
        'socket_id=',
        'socket_id=1',
        'socket_id=1.1:x',
        'socket_id=1.1%3A%3Auser',
        'xsocket_id=1.1',
        `socket_id=${'1'.repeat(70)}.1x`,
        'socket_id[]=1.1',
        'a=&socket_id=1.1&socket_id=1.1',
        'socket_id=1.1%00',
        'a=&xsocket_id=1.1',
        'socket_id%00=1.1',
        'socket_id=1.1&a=1&a=2',
      ]) {
        const { status, body: reason } = await send(body);
        assert.ok([400, 403].includes(status), `${body}: ${status} ${reason}`);
        assert.doesNotMatch(reason, /auth"/);
      }
      for (const options of [
        { Cookie: '' },
        { Cookie: 'session=other' },
        { method: 'GET' },
        { method: 'PUT' },
        { path: `${USER_AUTH}x` },
        { path: '/' },
        { type: 'text/plain' },
      ]) {
        const { status, body } = await send(good, options);
        assert.ok(
          [400, 403, 404, 405, 501].includes(status),
          `${JSON.stringify(options)}: ${status}`,
        );
        assert.doesNotMatch(body, /auth"/);
      }
    });

    test('rejects large requests', async () => {
      const size = language === 'php' ? 9 << 20 : 2 << 20; // PHP's own limit is 8 MB
      const start = `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nCookie: session=demo\r\nContent-Type: ${FORM}\r\n`;
      const large = await exchange(
        server,
        `${start}Content-Length: ${size}\r\n\r\n${good}&a=${'x'.repeat(size - good.length - 3)}`,
      );
      assert.doesNotMatch(large, /"auth"/);
      const header = await exchange(server, `${start}X: ${'x'.repeat(4 << 20)}\r\n\r\n`);
      assert.doesNotMatch(header, /"auth"/);
      assert.equal((await send(good)).body, result);
    });

    // PHP's built-in server is not for production, and loses requests if there are so many.
    if (language === 'php') return;
    test('works after more connections than its limit', async () => {
      const sockets = Array.from({ length: 1200 }, () =>
        net.connect(server.port, '127.0.0.1').on('error', () => {}),
      );
      await Promise.all(
        sockets.map((socket) =>
          Promise.race([
            once(socket, 'connect').catch(() => {}),
            new Promise((resolve) => socket.once('close', resolve)),
          ]),
        ),
      );
      const responses = Promise.all(Array.from({ length: 20 }, () => send(good)));
      sockets.forEach((socket) => socket.destroy());
      for (const { body } of await responses) assert.equal(body, result);
    });
  });
}
