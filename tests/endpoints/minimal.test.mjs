// The smallest endpoints, started and asked as their first lines say: `node --test tests/endpoints/minimal.test.mjs`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { user_auth } = JSON.parse(readFileSync(new URL('vectors/user_auth.json', import.meta.url)));
const documented = user_auth.find(({ user_data }) => user_data === '{"id":"12345"}');
const ANSWER = JSON.stringify({ auth: documented.auth, user_data: documented.user_data });
const CONFIG = JSON.stringify({ key: documented.key, secret: documented.secret });

for (const name of ['c', 'cpp', 'go', 'php']) {
  describe(`make minimal-${name}`, () => {
    let server, origin;

    before(async () => {
      const probe = net.createServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const { port } = probe.address();
      probe.close();
      origin = `http://127.0.0.1:${port}`;
      const env = { ...process.env, PUSHER_CONFIG: CONFIG, PORT: port, MAKEFLAGS: '' };
      server = spawn('make', ['--silent', `minimal-${name}`], {
        cwd: ROOT,
        env,
        detached: true,
        stdio: ['pipe', 'inherit', name === 'php' ? 'ignore' : 'inherit'],
      }); // PHP writes of every connection
      for (;;) {
        if (server.exitCode !== null)
          throw new Error(`make minimal-${name} ended with ${server.exitCode}`);
        if (
          await fetch(origin).then(
            () => true,
            () => false,
          )
        )
          break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    after(async () => {
      process.kill(-server.pid);
      await once(server, 'close');
    });

    const ask = async (
      body,
      { Cookie = 'session=demo', method = 'POST', path = '/pusher/user-auth' } = {},
    ) => {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { Cookie, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: method === 'GET' ? undefined : body,
      });
      const cors = [...response.headers.keys()].filter((header) =>
        header.startsWith('access-control-'),
      );
      assert.deepEqual(cors, []);
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        body: await response.text(),
      };
    };

    test("gives Pusher's documented answer", async () => {
      const { status, type, body } = await ask(`socket_id=${documented.socket_id}`);
      assert.deepEqual({ status, body }, { status: 200, body: ANSWER });
      assert.match(type, /^application\/json/);
      assert.equal(
        (await ask(`a=b&socket_id=${documented.socket_id}&c=${'x'.repeat(3000)}`)).body,
        ANSWER,
      );
    });

    test('refuses everything else', async () => {
      const good = `socket_id=${documented.socket_id}`;
      for (const body of [
        '',
        'socket_id=',
        'socket_id=1',
        'socket_id=1.1:x',
        'socket_id=1.1%3A%3Auser',
        `xsocket_id=1.1`,
        `socket_id=${'1'.repeat(70)}.1x`,
        'socket_id[]=1.1',
      ]) {
        const { status, body: reason } = await ask(body);
        assert.equal(status, 403, `${body}: ${reason}`);
        assert.doesNotMatch(reason, /auth"/);
      }
      for (const options of [
        { Cookie: '' },
        { Cookie: 'session=other' },
        { method: 'GET' },
        { method: 'PUT' },
        { path: '/pusher/user-authx' },
        { path: '/' },
      ]) {
        const { status, body } = await ask(good, options);
        assert.ok([403, 404, 405, 501].includes(status), `${JSON.stringify(options)}: ${status}`);
        assert.doesNotMatch(body, /auth"/);
      }
    });

    // Sends bytes, and gives what comes back until the server ends the connection.
    const exchange = async (bytes) => {
      const socket = net.connect(Number(new URL(origin).port), '127.0.0.1').on('error', () => {});
      let text = '';
      socket.setEncoding('latin1').on('data', (data) => {
        text += data;
      });
      await once(socket, 'connect');
      socket.write(bytes);
      await new Promise((resolve) => socket.once('close', resolve));
      return text;
    };

    test('runs no body as a request', async () => {
      const body = `POST /pusher/user-auth HTTP/1.1\r\nHost: x\r\nCookie: session=demo\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\nConnection: close\r\n\r\nsocket_id=1.1`;
      const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      const lines = [
        'POST /pusher/user-auth',
        'GET /pusher/user-auth',
        'OPTIONS /',
        'DELETE /x',
        'HEAD /',
        'POST /x',
        'FOO /',
        'PUT /pusher/user-auth',
      ];
      await Promise.all(
        lines.map(async (line) => {
          // at once, since some servers wait for more
          for (const [framing, rest] of [
            [`Content-Length: ${body.length}`, body],
            ['Transfer-Encoding: chunked', chunked],
            [`Content-Length: 0\r\nContent-Length: ${body.length}`, body],
            [`Content-Length:\r\n ${body.length}`, body],
            [`Content-Length : ${body.length}`, body],
            [`Transfer-Encoding: chunked\r\nContent-Length: 5`, chunked],
            ['Transfer-Encoding: xchunked', body],
            [`: x\r\nContent-Length: ${body.length}`, body],
          ]) {
            const text = await exchange(
              `${line} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n${framing}\r\n\r\n${rest}GET /after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
            );
            assert.doesNotMatch(text, /"auth"/, `${line}, ${JSON.stringify(framing)}: ${text}`);
          }
        }),
      );
    });

    test('takes no more than it needs', async () => {
      const good = `socket_id=${documented.socket_id}`;
      const size = name === 'php' ? 9 << 20 : 2 << 20; // PHP's own limit is 8 MB
      const large = await exchange(
        `POST /pusher/user-auth HTTP/1.1\r\nHost: x\r\nCookie: session=demo\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${size}\r\n\r\n${good}&a=${'x'.repeat(size - good.length - 3)}`,
      );
      assert.doesNotMatch(large, /"auth"/);
      const header = await exchange(
        `POST /pusher/user-auth HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(4 << 20)}`.slice(
          0,
          4 << 20,
        ) + '\r\n\r\n',
      );
      assert.doesNotMatch(header, /"auth"/);
      assert.equal((await ask(good)).body, ANSWER);
    });

    // PHP's own server is for trying things out, and loses requests among so many; php-fpm is tested with the full endpoint.
    if (name !== 'php')
      test('goes on after more connections than it can have', async () => {
        const sockets = Array.from({ length: 1200 }, () =>
          net.connect(Number(new URL(origin).port), '127.0.0.1').on('error', () => {}),
        );
        await Promise.all(
          sockets.map((socket) =>
            Promise.race([
              once(socket, 'connect').catch(() => {}),
              new Promise((resolve) => socket.once('close', resolve)),
            ]),
          ),
        );
        const answers = Promise.all(
          Array.from({ length: 20 }, () => ask(`socket_id=${documented.socket_id}`)),
        );
        sockets.forEach((socket) => socket.destroy());
        for (const { body } of await answers) assert.equal(body, ANSWER);
      });
  });
}
