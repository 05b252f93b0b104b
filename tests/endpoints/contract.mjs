// Tests of docs/guide/endpoints.md, the contract of the four endpoints. Attacks are in attacks.mjs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { after, before, describe, test as nodeTest } from 'node:test';
import vm from 'node:vm';
import {
  filesOf,
  launchEndpoint,
  ROOT,
  startEndpoint,
  stop,
  until,
  withLogs,
} from '../launcher.mjs';
import {
  areOfOneResponse,
  assertAuthorized,
  assertNotLoggedIn,
  assertRejected,
  assertScript,
  assertSigned,
  CHANNEL_AUTH,
  connect,
  closed,
  CONFIG,
  ENV,
  exchange,
  FORM,
  form,
  head,
  HEALTH,
  hmac,
  jsonp,
  KEY,
  list,
  LOGIN,
  login,
  MARK,
  ONE_REQUEST_PER_CONNECTION,
  ORIGINS,
  params,
  post,
  postJson,
  SECRET,
  send,
  signature,
  SOCKET_ID,
  statusesOf,
  USER_AUTH,
  USERS,
  visitor,
  visitorOf,
  WEBHOOK,
  within,
} from './requests.mjs';

const { calls } = JSON.parse(readFileSync(new URL('../vectors/calls.json', import.meta.url)));
const BAD_SOCKET_IDS = [
  ...new Set(
    calls.filter(({ code }) => code === -6).map(({ arguments: { socket_id } }) => socket_id),
  ),
  '1234.1234\0',
  '1234.1234\0:',
  '\x001234.1234',
  '1234.1234::user::{"id":"bob"}',
  '1234',
  '1234.',
  '.1234',
  '.',
  '1.2.3',
  '+1.1',
  '-1.1',
  ' 1.1',
  '1.1 ',
  '1.1\r',
  '1e3.1',
  '0x1.1',
  '１.１',
  '1.1\u2028',
  '1.1&',
  '1,1',
  '[]',
];

const GOOD_CALLBACKS = [
  "Pusher.auth_callbacks['1']",
  'Pusher.auth_callbacks["1"]',
  'a',
  '_a.b1[0]["c_d"]',
  'a'.repeat(128),
];
const BAD_CALLBACKS = [
  '',
  ' ',
  'alert(1)',
  "Pusher.auth_callbacks['1'];alert(1)//",
  "alert(1);Pusher.auth_callbacks['1']",
  'a b',
  'a=b',
  'a,b',
  '<script>alert(1)</script>',
  '*/alert(1)/*',
  '//',
  'a\n',
  'a\r\nSet-Cookie: x=y',
  'a\0',
  "Pusher.auth_callbacks['1']\0;x",
  '\\u0061',
  'ａ',
  'é',
  'a\u2028',
  '1a',
  '.a',
  'a.',
  'a..b',
  'a[',
  'a[]',
  'a]',
  "a['b'",
  'a[\'b"]',
  "a['']",
  "a['\\'']",
  "a['b c']",
  'a[-1]',
  'a[1e3]',
  'a[b]',
  'a`b`',
  'a?.b',
  'function(){}',
  '(a)',
  'a'.repeat(129),
];

/** Registers the tests of one endpoint. */
export function testContract(name) {
  describe(`contract: ${name}`, { concurrency: false }, () => {
    let server, alice, bob;
    const tokens = []; // none of them may be in the log
    const test = (title, run) =>
      nodeTest(
        title,
        withLogs(() => server, run),
      );
    const start = (options = {}) =>
      startEndpoint(name, { ...options, env: { ...ENV, ...options.env } });
    const launch = (options = {}) =>
      launchEndpoint(name, { ...options, env: { ...ENV, ...options.env } });

    /** Starts an endpoint that ends at once with status 1, and returns its log. */
    async function failure(options) {
      const broken = launch(options);
      await assert.rejects(within(broken.ready, 'its end'), /ended before it listened/);
      assert.deepEqual(await broken.ended, { code: 1, signal: null }, broken.log);
      assert.ok(!broken.log.includes(MARK), broken.log);
      return broken.log;
    }

    async function stopCleanly(one, signal) {
      assert.deepEqual(await stop(one, signal), { code: 0, signal: null }, `the end on ${signal}`);
      await assert.rejects(connect(one), { code: 'ECONNREFUSED' });
    }

    before(async () => {
      server = await start();
      alice = await visitor(server, 'alice');
      bob = await visitor(server, 'bob');
      for (const one of [alice, bob])
        tokens.push(one.cookie.slice('session='.length), one.csrf_token, one.access_token);
    });
    after(() => server && stop(server));

    const works = async () =>
      assertSigned(await post(server, params(alice), { headers: alice.headers }), 'alice');

    describe('login', () => {
      test('creates a new session and new tokens each time', async () => {
        const seen = [];
        for (let i = 0; i < 20; i++) {
          const { cookie, csrf_token } = await visitor(server, i % 2 ? 'alice' : 'bob');
          seen.push(cookie.slice('session='.length), csrf_token);
        }
        for (const [i, one] of seen.entries()) {
          for (const other of seen.slice(0, i)) {
            const alike = [...one].filter((char, at) => char === other[at]).length;
            assert.ok(alike < one.length / 2, `random tokens are not similar: ${one} ${other}`);
          }
        }
      });

      test('rejects unknown users', async () => {
        for (const body of [
          'user=',
          'user=eve',
          'user=Alice',
          'user=alice%00',
          'user=alice%20',
          'user=alic',
          'user',
        ]) {
          assertRejected(await post(server, body, { path: LOGIN }), 403, body);
        }
        for (const body of ['', 'user[]=alice', 'id=alice', 'user=alice&user=bob', 'user=%ff']) {
          assertRejected(await post(server, body, { path: LOGIN }), 400, body);
        }
        assertRejected(
          await post(server, '', { path: `${LOGIN}?user=alice` }),
          400,
          'user in the URL',
        );
        assertRejected(await send(server, { method: 'POST', path: LOGIN }), 400, 'no body');
      });

      test('reads a JSON object', async () => {
        for (const user of ['alice', 'bob']) {
          const who = visitorOf(await postJson(server, { user }, { path: LOGIN }), user);
          assertSigned(await post(server, params(who), { headers: who.headers }), user);
        }
        assertRejected(await postJson(server, { user: 'eve' }, { path: LOGIN }), 403);
        for (const body of [
          {},
          { user: 1 },
          { user: ['alice'] },
          [],
          '',
          '{"user":"alice","user":"alice"}',
        ]) {
          assertRejected(await postJson(server, body, { path: LOGIN }), 400, JSON.stringify(body));
        }
      });

      test('never adopts a session id of the client', async () => {
        const forged = `session=${'0123456789abcdef'.repeat(4)}`;
        const fresh = await visitor(server, 'alice', { headers: { Cookie: forged } });
        assert.notEqual(fresh.cookie, forged);
        assertNotLoggedIn(await post(server, params(fresh), { headers: { Cookie: forged } }));

        const again = await visitor(server, 'bob', { headers: fresh.headers });
        assert.notEqual(again.cookie, fresh.cookie, 'a login changes the session id');
        assertSigned(await post(server, params(again), { headers: again.headers }), 'bob');
        assertRejected(
          await post(server, params(fresh), { headers: again.headers }),
          403,
          'a token from before the login',
        );
      });
    });

    describe('POST', () => {
      test('signs each user in with the form that pusher-js sends', async () => {
        for (const who of [alice, bob]) {
          const body = `socket_id=${SOCKET_ID}&csrf_token=${who.csrf_token}`;
          assertSigned(await post(server, body, { headers: who.headers }), who.user);
        }
        for (const socketId of ['1.1', '0.0', `${'9'.repeat(2000)}.${'1'.repeat(2000)}`]) {
          assertSigned(
            await post(server, params(bob, { socket_id: socketId }), { headers: bob.headers }),
            'bob',
            socketId,
          );
        }
      });

      test('signs in with a JSON object', async () => {
        for (const who of [alice, bob])
          assertSigned(await postJson(server, params(who), { headers: who.headers }), who.user);
        const more = params(alice, {
          n: 1e5,
          yes: true,
          nothing: null,
          nested: { socket_id: '9.9' },
          list: [[]],
        });
        assertSigned(await postJson(server, more, { headers: alice.headers }), 'alice');
        const escaped = JSON.stringify(params(alice))
          .replace('socket_id', 'socket\\u005fid')
          .replace('1234.', '\\u0031234.');
        assertSigned(await postJson(server, escaped, { headers: alice.headers }), 'alice');
      });

      test('accepts content types with parameters and in any case', async () => {
        for (const type of [
          `${FORM}; charset=UTF-8`,
          `${FORM};charset=utf-8`,
          'Application/X-WWW-Form-Urlencoded',
        ]) {
          const headers = { ...alice.headers, 'Content-Type': type };
          assertSigned(await post(server, params(alice), { headers }), 'alice');
        }
        for (const type of [
          'application/json; charset=utf-8',
          'application/json;charset=UTF-8',
          'Application/JSON',
        ]) {
          const headers = { ...alice.headers, 'Content-Type': type };
          assertSigned(await postJson(server, params(alice), { headers }), 'alice');
        }
      });

      test('accepts percent-encoded and additional parameters, and chunked bodies', async () => {
        const hex = (text) => text.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`);
        const encoded = `${hex('socket_id')}=${hex(SOCKET_ID)}&${hex('csrf_token')}=${hex(alice.csrf_token)}`;
        assertSigned(await post(server, encoded, { headers: alice.headers }), 'alice');
        const further = `a&b=&&c=%zz&channel_name=private-x&${form(params(alice))}&d=%F0%9F%8C%8D&e=`;
        assertSigned(await post(server, further, { headers: alice.headers }), 'alice');
        const headers = { ...alice.headers, 'Transfer-Encoding': 'chunked' };
        assertSigned(await post(server, params(alice), { headers }), 'alice');
      });

      test('ignores Range', async () => {
        const headers = { ...alice.headers, Range: 'bytes=0-9' };
        assertSigned(await post(server, params(alice), { headers }), 'alice');
        assertScript(
          await jsonp(server, params(alice, { callback: 'a' }), { headers }),
          'alice',
          'a',
        );
      });

      test('takes the user only from the session', async () => {
        const claims = {
          id: 'bob',
          user_id: 'bob',
          user: 'bob',
          user_data: JSON.stringify(USERS.bob),
          user_info: '{"id":"bob"}',
        };
        assertSigned(
          await post(server, params(alice, claims), { headers: alice.headers }),
          'alice',
        );
        assertSigned(
          await postJson(server, params(alice, claims), { headers: alice.headers }),
          'alice',
        );
        assertSigned(
          await post(server, params(alice), {
            headers: alice.headers,
            path: `${USER_AUTH}?id=bob&user=bob&user_id=bob`,
          }),
          'alice',
        );
        assertScript(
          await jsonp(
            server,
            { ...params(alice, claims), callback: 'a' },
            { headers: alice.headers },
          ),
          'alice',
          'a',
        );
        const cookies = {
          Cookie: `user=bob; id=bob; xsession=${'0'.repeat(64)}; ${alice.cookie}; user_id=bob`,
        };
        assertSigned(await post(server, params(alice), { headers: cookies }), 'alice');
      });

      test('reads parameters only from the body', async () => {
        const path = `${USER_AUTH}?${form(params(alice, { callback: 'a' }))}`;
        assertRejected(await post(server, '', { headers: alice.headers, path }), 400);
        assertRejected(await postJson(server, {}, { headers: alice.headers, path }), 400);
        assertRejected(
          await post(server, { csrf_token: alice.csrf_token }, { headers: alice.headers, path }),
          400,
        );
        const other = `${USER_AUTH}?socket_id=9.9&csrf_token=x&callback=a`;
        assertSigned(
          await post(server, params(alice), { headers: alice.headers, path: other }),
          'alice',
        );
        assertSigned(
          await postJson(server, params(alice), { headers: alice.headers, path: other }),
          'alice',
        );
      });

      test('rejects duplicate parameters of any name', async () => {
        const { csrf_token } = alice;
        for (const body of [
          `socket_id=1.1&socket_id=2.2&csrf_token=${csrf_token}`,
          `socket_id=1.1&socket_id=1.1&csrf_token=${csrf_token}`,
          `socket_id=1234.&csrf_token=${csrf_token}&socket_id=.1234`,
          `socket_id=1.1&csrf_token=${csrf_token}&csrf_token=${csrf_token}`,
          `socket_id=1.1&csrf_token=${csrf_token}&a=1&b=2&a=3`,
          `socket_id=1.1&csrf_token=${csrf_token}&socket%5fid=2.2`,
          `a&socket_id=1.1&a&csrf_token=${csrf_token}`,
        ]) {
          assertRejected(await post(server, body, { headers: alice.headers }), 400, body);
          assertRejected(
            await send(server, { path: `${USER_AUTH}?callback=a&${body}`, headers: alice.headers }),
            400,
            body,
          );
        }
        for (const more of [
          '"socket_id":"1.1"',
          '"socket\\u005fid":"1.1"',
          '"a":1,"a":2',
          '"\\ud83c\\udf0d":1,"🌍":2',
        ]) {
          const body = JSON.stringify(params(alice)).replace(/}$/, `,${more}}`);
          assertRejected(await postJson(server, body, { headers: alice.headers }), 400, body);
        }
        const twice = { ...alice.headers, 'Content-Type': [FORM, 'text/plain'] };
        assertRejected(
          await post(server, params(alice), { headers: twice }),
          400,
          'two content types',
        );
      });

      test('compares complete names', async () => {
        for (const name of [
          'socket_id%00x',
          'socket_id%00',
          'socket.id',
          'socket+id',
          '%20socket_id',
          'socket_id[]',
          'Socket_id',
          'socket_id;',
          '_socket_id',
        ]) {
          const body = `${name}=1.1&csrf_token=${alice.csrf_token}`;
          assertRejected(await post(server, body, { headers: alice.headers }), 400, name);
          assertSigned(
            await post(server, `${body}&socket_id=2.2`, { headers: alice.headers }),
            'alice',
            '2.2',
          );
          const query = `${USER_AUTH}?callback=a&${body}`;
          assertRejected(await send(server, { path: query, headers: alice.headers }), 400, name);
          assertScript(
            await send(server, { path: `${query}&socket_id=2.2`, headers: alice.headers }),
            'alice',
            'a',
            '2.2',
          );
        }
        for (const body of [
          `a=;socket_id=1.1&csrf_token=${alice.csrf_token}`,
          `socket_id=1.1;csrf_token=${alice.csrf_token}`,
        ]) {
          assertRejected(await post(server, body, { headers: alice.headers }), 400, body);
        }
      });

      test('reads a JSON object like the library', async () => {
        const json = (more) => JSON.stringify(params(alice)).replace(/}$/, `,"more":${more}}`);
        const nested = (levels) => json('['.repeat(levels) + ']'.repeat(levels));
        for (const body of [
          json('1e308'),
          json('12345678901234567890123'),
          json('-0.0'),
          json('"\\ud83c\\udf0d"'),
          nested(100),
          nested(2048),
          nested(3900),
          json('{"a":[{"b":1,"b":2}]}'),
          ` \n${json('1')}\t `,
        ]) {
          assertSigned(await postJson(server, body, { headers: alice.headers }), 'alice');
        }
        for (const body of [
          `\ufeff${json('1')}`,
          `${json('1')}\0`,
          `${json('1')}\0x`,
          json('01'),
          json('+1'),
          json('.5'),
          json('1.'),
          json('NaN'),
          json("'a'"),
          json('[1,]'),
          `${json('1')},`,
          Buffer.from(json('"\xc0\xaf"'), 'latin1'),
          Buffer.from(json('"\xed\xa0\x80"'), 'latin1'),
          Buffer.from(json('"\xf4\x90\x80\x80"'), 'latin1'),
        ]) {
          assertRejected(
            await postJson(server, body, { headers: alice.headers }),
            400,
            String(body).slice(0, 400),
          );
        }
      });

      test('reads a malformed form like a browser', async () => {
        const text = form(params(alice));
        for (const junk of [
          '=c',
          'a=b=c',
          '%',
          'a=%',
          'a=%4',
          '%=%',
          'a',
          '?',
          '\0',
          '\r\n',
          '%00=%00',
          'a%zz%61=1&a%zza2=2',
          'user=ali;ce',
          '&&',
          'a=1&&=1',
        ]) {
          for (const body of [`${junk}&${text}`, `${text}&${junk}`]) {
            assertSigned(await post(server, body, { headers: alice.headers }), 'alice');
          }
        }
        for (const junk of [
          'a%zz%61=1&a%zza=2',
          'user=bob&user=ali;ce',
          '=1&=1',
          'a=%ff',
          '%ff=a',
        ]) {
          assertRejected(
            await post(server, `${text}&${junk}`, { headers: alice.headers }),
            400,
            junk,
          );
        }
      });

      test('rejects every malformed socket id', async () => {
        for (const value of BAD_SOCKET_IDS) {
          const what = JSON.stringify(value);
          const json = JSON.stringify(params(alice, { socket_id: value }));
          assertRejected(
            await post(server, params(alice, { socket_id: value }), { headers: alice.headers }),
            403,
            what,
          );
          assertRejected(
            await postJson(server, json, { headers: alice.headers }),
            /\p{Surrogate}/u.test(value) ? 400 : 403,
            what,
          );
          const query = params(alice, { socket_id: value, callback: 'a' });
          assertRejected(await jsonp(server, query, { headers: alice.headers }), 403, what);
        }
        for (const value of [1234.1234, null, true, ['1234.1234'], { 0: '1234.1234' }, undefined]) {
          const what = JSON.stringify(value);
          assertRejected(
            await postJson(server, params(alice, { socket_id: value }), { headers: alice.headers }),
            400,
            what,
          );
        }
        for (const [field, status] of Object.entries({
          '': 400,
          socket_id: 403,
          'socket_id=': 403,
          'socket_id[]=1234.1234': 400,
          'socket_id[a]=1234.1234': 400,
          'socket_id=%ff.1': 400,
          'SOCKET_ID=1234.1234': 400,
        })) {
          const body = `${field}&csrf_token=${alice.csrf_token}`;
          assertRejected(await post(server, body, { headers: alice.headers }), status, field);
        }
        // JSON texts that JSON.stringify() does not write.
        const { csrf_token } = alice;
        for (const [text, status] of Object.entries({
          '"\\ufffd\\ud800"': 400,
          '"1234.1234\\ud800"': 400,
          '"1234.1234\\u0000"': 403,
          '1e999': 400,
        })) {
          const body = `{"csrf_token":"${csrf_token}","socket_id":${text}}`;
          assertRejected(await postJson(server, body, { headers: alice.headers }), status, text);
        }
      });

      test('rejects a body that is neither a form nor a JSON object', async () => {
        const headers = { ...alice.headers, 'X-CSRF-Token': alice.csrf_token };
        const text = form(params(alice));
        const boundary = 'x'.repeat(20);
        const parts = Object.entries(params(alice)).map(
          ([key, value]) =>
            `--${boundary}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`,
        );
        const multipart = `${parts.join('')}--${boundary}--\r\n`;
        for (const [type, body] of [
          ['text/plain', text],
          ['text/plain', JSON.stringify(params(alice))],
          ['application/xml', text],
          ['', text],
          ['application/jsonp', JSON.stringify(params(alice))],
          ['application/x-www-form-urlencodedx', text],
          [`multipart/form-data; boundary=${boundary}`, multipart],
        ]) {
          const response = await post(server, body, {
            headers: { ...headers, 'Content-Type': type },
          });
          assertRejected(response, 400, type);
        }
        assertRejected(
          await send(server, { method: 'POST', headers, body: text }),
          400,
          'no content type',
        );
        assertRejected(await send(server, { method: 'POST', headers }), 400, 'no body');
        const bodies = [
          '',
          ' ',
          'null',
          '1',
          '"socket_id"',
          '[]',
          '{',
          '{"socket_id":"1234.1234"',
          '{"socket_id":"1234.1234"}}',
          '{socket_id:1}',
          text,
          `[${JSON.stringify(params(alice))}]`,
          '['.repeat(8000),
          '{"a":'.repeat(1600),
          Buffer.from('{"socket_id":"1234.1234\xff"}', 'latin1'),
        ];
        for (const body of bodies) {
          assertRejected(await postJson(server, body, { headers }), 400, String(body).slice(0, 80));
        }
        await works();
      });
    });

    describe('session', () => {
      test('is required, and checked first', async () => {
        const id = alice.cookie.slice('session='.length);
        const flip = (text) => (text[0] === '0' ? '1' : '0') + text.slice(1);
        for (const Cookie of [
          undefined,
          '',
          'session',
          'session=',
          `session=${'0'.repeat(64)}`,
          `session=${flip(id)}`,
          `session=${id.slice(0, -1)}`,
          `session=${id}0`,
          `xsession=${id}`,
          `x=session=${id}`,
          `session=${alice.csrf_token}`,
          `session[]=${id}`,
          `session=${'x'.repeat(4000)}`,
          'session=../../../../etc/passwd',
          'session=%00',
        ]) {
          const headers = Cookie === undefined ? {} : { Cookie };
          assertNotLoggedIn(await post(server, params(alice), { headers }));
          assertNotLoggedIn(await postJson(server, params(alice), { headers }));
          assertNotLoggedIn(await jsonp(server, params(alice, { callback: 'a' }), { headers }));
        }
        assertNotLoggedIn(
          await post(server, 'x', {
            headers: { 'Content-Type': 'text/plain', 'X-CSRF-Token': 'x' },
          }),
        );
        assertNotLoggedIn(await send(server, { path: USER_AUTH }));
        assertNotLoggedIn(await send(server, { path: `${USER_AUTH}?session=${id}` }));
      });

      test('stays valid until too many others log in', async () => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
        await Promise.all(Array.from({ length: 900 }, () => login(server, 'bob', { agent })));
        await works();
        // There are at most 10,000 sessions: the oldest are replaced.
        const first = alice;
        await Promise.all(Array.from({ length: 10_000 }, () => login(server, 'bob', { agent })));
        agent.destroy();
        assertNotLoggedIn(await post(server, params(first), { headers: first.headers }));
        assertNotLoggedIn(
          await post(server, params(first), {
            headers: { Authorization: `Bearer ${first.access_token}` },
          }),
        );
        alice = await visitor(server, 'alice');
        bob = await visitor(server, 'bob');
        await works();
      });
    });

    describe('session, from header or cookie', () => {
      const bearer = (who, scheme = 'Bearer') => ({
        Authorization: `${scheme} ${who.access_token}`,
      });

      test('of an access token requires no CSRF token, and precedes a cookie', async () => {
        const { csrf_token, ...none } = params(alice);
        for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
          assertSigned(await post(server, none, { headers: bearer(alice, scheme) }), 'alice');
          assertSigned(await postJson(server, none, { headers: bearer(alice, scheme) }), 'alice');
          assertScript(
            await jsonp(server, { ...none, callback: 'a' }, { headers: bearer(alice, scheme) }),
            'alice',
            'a',
          );
        }
        assertSigned(
          await post(server, none, { headers: { ...bob.headers, ...bearer(alice) } }),
          'alice',
        );
        assertSigned(
          await post(server, none, { headers: { ...bearer(alice), 'X-CSRF-Token': 'wrong' } }),
          'alice',
        );
        for (const Authorization of [
          'Bearer',
          'Bearer ',
          'Bearer x',
          `Bearer ${alice.cookie.slice(8)}`,
          `Bearer ${csrf_token}`,
          `Bearer ${alice.access_token}0`,
          `Bearer ${alice.access_token} x`,
          `Bearer  ${alice.access_token}`,
          `Bearer \t${alice.access_token}`,
          `Bearer\t${alice.access_token}`,
          `Bearer ${'f'.repeat(64)}`,
          `Bearer ${'0'.repeat(64)}`,
        ]) {
          assertNotLoggedIn(
            await post(server, params(alice), { headers: { ...alice.headers, Authorization } }),
          );
        }
        for (const Authorization of [
          'Basic YWxpY2U6',
          'Bearerx y',
          `Token ${bob.access_token}`,
          '',
        ]) {
          assertSigned(
            await post(server, params(alice), { headers: { ...alice.headers, Authorization } }),
            'alice',
          );
          assertNotLoggedIn(await post(server, params(alice), { headers: { Authorization } }));
        }
        const two = {
          ...alice.headers,
          Authorization: [`Bearer ${alice.access_token}`, `Bearer ${bob.access_token}`],
        };
        const { status } = await post(server, params(alice), { headers: two });
        assert.ok(status === 403 || status === 400, `${status}`); // some HTTP libraries reject it
        assertNotLoggedIn(
          await post(server, params(alice), {
            headers: { Cookie: `session=${alice.access_token}` },
          }),
        );
      });

      test('is rejected if there are two cookies', async () => {
        for (const Cookie of [
          `${alice.cookie}; ${alice.cookie}`,
          `${alice.cookie}; ${bob.cookie}`,
          `session=; ${alice.cookie}`,
          [alice.cookie, bob.cookie],
        ]) {
          assertNotLoggedIn(await post(server, params(alice), { headers: { Cookie } }));
        }
        for (const Cookie of [
          ` a=b ;  ${alice.cookie} ; c`,
          `a=b;${alice.cookie};c=d`,
          `=; ;${alice.cookie};`,
          ['a=b', alice.cookie],
        ]) {
          assertSigned(await post(server, params(alice), { headers: { Cookie } }), 'alice');
        }
      });

      test('is found among hundreds of cookies', async () => {
        const others = Array.from({ length: 400 }, (_, i) => `a${i}=b`);
        const Cookie = [...others, alice.cookie, 'c=d'].join('; ');
        assertSigned(await post(server, params(alice), { headers: { Cookie } }), 'alice');
      });

      test('is never in a file', async () => {
        const files = () => filesOf(server, { recursive: name === 'php' });
        const before = files();
        for (let i = 0; i < 300; i++) {
          const Cookie = `session=${i % 2 ? randomBytes(32).toString('hex') : randomBytes(13).toString('hex')}`;
          assertNotLoggedIn(await post(server, params(alice), { headers: { Cookie } }));
        }
        assert.equal(files(), before);
      });

      test('is sent from other sites if COOKIE_SAMESITE is None', async () => {
        const other = await start({ env: { COOKIE_SAMESITE: 'None' } });
        await visitor(other, 'alice', {}, ['samesite=none', 'secure', 'partitioned']);
        await stopCleanly(other, 'SIGTERM');
        for (const COOKIE_SAMESITE of ['none', 'Strict', 'None; Domain=x']) {
          assert.match(await failure({ env: { COOKIE_SAMESITE } }), /COOKIE_SAMESITE/);
        }
      });
    });

    describe('channels', () => {
      const ways = [
        (channel, who) =>
          post(server, params(who, { channel_name: channel }), {
            path: CHANNEL_AUTH,
            headers: who.headers,
          }),
        (channel, who) =>
          postJson(server, params(who, { channel_name: channel }), {
            path: CHANNEL_AUTH,
            headers: who.headers,
          }),
        (channel, who) =>
          post(
            server,
            { socket_id: SOCKET_ID, channel_name: channel },
            { path: CHANNEL_AUTH, headers: { Authorization: `Bearer ${who.access_token}` } },
          ),
      ];

      // All channels have the same reason, so that it does not reveal channels of others.
      const assertNotAllowed = (response, channel) => {
        assertRejected(response, 403, channel);
        assert.equal(response.body.trim(), 'not allowed', channel);
      };

      test('authorizes the channels of the user', async () => {
        for (const who of [alice, bob]) {
          for (const way of ways) {
            const authorized = async (channel) => {
              const response = await way(channel, who);
              assert.equal(response.status, 200, response.body);
              assert.match(response.headers['content-type'], /^application\/json(;|$)/);
              return assertAuthorized(response.body, channel);
            };
            assert.equal(await authorized(`private-user-${who.user}`), undefined);
            assert.equal(await authorized('private-encrypted-lobby'), undefined);
            assert.equal(await authorized('presence-signin'), undefined);
            assert.deepEqual(await authorized('presence-lobby'), {
              user_id: who.user,
              user_info: USERS[who.user].user_info,
            });
          }
          const script = await jsonp(
            server,
            params(who, { channel_name: 'presence-lobby', callback: 'a' }),
            { path: CHANNEL_AUTH, headers: who.headers },
          );
          assert.equal(script.status, 200);
          assert.equal(script.headers['x-content-type-options'], 'nosniff');
          const member = assertAuthorized(
            script.body.replace(/^\/\*\*\/a\((.*)\);$/s, '$1'),
            'presence-lobby',
          );
          assert.equal(member.user_id, who.user);
        }
      });

      test('rejects all other channels', async () => {
        for (const channel of [
          'private-user-bob',
          'private-user-alicex',
          'private-user-',
          'private-user-alice ',
          'private-user-alice\0',
          'Private-user-alice',
          'private-encrypted-user-alice',
          'presence-user-alice',
          'presence-lobby2',
          'private-lobby',
          'lobby',
          '',
          '#server-to-user-alice',
          ':user::{"id":"bob"}',
          'private-encrypted-lobby:',
          'presence-',
          'private-cache-user-alice',
          'x'.repeat(300),
        ]) {
          for (const way of ways) assertNotAllowed(await way(channel, alice), channel);
          const query = params(alice, { channel_name: channel, callback: 'a' });
          assertNotAllowed(
            await jsonp(server, query, { path: CHANNEL_AUTH, headers: alice.headers }),
            channel,
          );
        }
        assertRejected(
          await post(server, params(alice), { path: CHANNEL_AUTH, headers: alice.headers }),
          400,
          'no channel',
        );
        const channel_name = 'private-user-alice';
        assertNotLoggedIn(
          await post(server, params(alice, { channel_name }), { path: CHANNEL_AUTH }),
        );
        assertRejected(
          await post(server, params(alice, { channel_name, csrf_token: 'x' }), {
            path: CHANNEL_AUTH,
            headers: alice.headers,
          }),
        );
        assertRejected(
          await post(server, params(alice, { channel_name, socket_id: '1.1:x' }), {
            path: CHANNEL_AUTH,
            headers: alice.headers,
          }),
        );
        assertRejected(
          await jsonp(server, params(alice, { channel_name, callback: 'a b' }), {
            path: CHANNEL_AUTH,
            headers: alice.headers,
          }),
        );
        assertRejected(
          await jsonp(server, params(bob, { channel_name, callback: 'a' }), {
            path: CHANNEL_AUTH,
            headers: alice.headers,
          }),
        );
      });
    });

    describe('webhooks', () => {
      const BODY = JSON.stringify({
        time_ms: 1,
        events: [
          { name: 'channel_occupied', channel: 'private-user-alice', more: '\n' },
          { name: 'member_added', channel: 'presence-lobby', user_id: 'bob' },
        ],
      });
      const hook = (body, headers = {}, path = WEBHOOK) =>
        send(server, {
          method: 'POST',
          path,
          body,
          headers: {
            'Content-Type': 'application/json',
            'X-Pusher-Key': KEY,
            'X-Pusher-Signature': hmac(body),
            ...headers,
          },
        });

      const logged = (text) => until(() => server.log.includes(text), `${text} in the log`);

      test('are accepted from Pusher', async () => {
        const response = await hook(BODY);
        assert.equal(response.status, 200);
        assert.equal(response.body.trim(), 'ok');
        assert.equal((await hook(BODY, { 'Transfer-Encoding': 'chunked' })).status, 200);
        assert.equal((await hook('{"time_ms":1,"events":[]}')).status, 200);
        await logged('webhook {"name":"channel_occupied","channel":"private-user-alice"}\n');
        await logged('webhook {"name":"member_added","channel":"presence-lobby"');
        const large = JSON.stringify({
          time_ms: 1,
          events: [
            { name: 'client_event', channel: 'private-user-bob', data: 'x'.repeat(250_000) },
          ],
        });
        assert.equal((await hook(large)).status, 200);
        assert.equal((await hook(large, {}, `${WEBHOOK}?a=b`)).status, 200);
      });

      test('are rejected from other senders', async () => {
        const signature = hmac(BODY);
        const flipped = (signature[0] === '0' ? '1' : '0') + signature.slice(1);
        for (const headers of [
          { 'X-Pusher-Signature': flipped },
          { 'X-Pusher-Signature': '' },
          { 'X-Pusher-Signature': signature.slice(1) },
          { 'X-Pusher-Signature': `${signature}0` },
          { 'X-Pusher-Key': 'other' },
          { 'X-Pusher-Key': '' },
          { 'X-Pusher-Signature': [flipped, flipped] },
          { 'X-Pusher-Signature': [signature, flipped] },
          { 'X-Pusher-Signature': [flipped, signature] },
          // PHP cannot see equal copies: nginx joins them from 1.23 on, and php-fpm takes the last.
          ...(name === 'php' ? [] : [{ 'X-Pusher-Signature': [signature, signature] }]),
          ...(name === 'php' ? [] : [{ 'X-Pusher-Key': [KEY, KEY] }]),
        ]) {
          assertRejected(await hook(BODY, headers), 401, JSON.stringify(headers));
        }
        for (const missing of ['X-Pusher-Key', 'X-Pusher-Signature']) {
          const { [missing]: _, ...headers } = {
            'X-Pusher-Key': KEY,
            'X-Pusher-Signature': signature,
          };
          assertRejected(
            await send(server, { method: 'POST', path: WEBHOOK, headers, body: BODY }),
            401,
            `no ${missing}`,
          );
        }
        assertRejected(
          await hook(`${BODY} `, { 'X-Pusher-Signature': signature }),
          401,
          'another byte',
        );
        assertRejected(
          await hook(BODY.replace('lobby', 'lobbx'), { 'X-Pusher-Signature': signature }),
          401,
          'a changed byte',
        );
        for (const body of [
          '',
          'x',
          '[]',
          '{"time_ms":1}',
          '{"events":1}',
          '{"events":[]',
          '{"Events":[]}',
        ])
          assertRejected(await hook(body), 400, body);
        assertRejected(await hook('x'.repeat(256 * 1024 + 1)), 413);
      });

      // Any client can send such data in a client event. The other events must not be lost.
      test('are parsed leniently after verification', async () => {
        for (const [i, event] of [
          '{"data":"\\ud83d"}',
          '{"data":1e999}',
          '{"data":1,"data":2}',
          '{"name":1}',
          '{}',
          '5',
          'null',
          `{"data":${'['.repeat(3000)}${']'.repeat(3000)}}`,
        ].entries()) {
          const other = `{"name":"channel_vacated","channel":"private-user-${i}"}`;
          const response = await hook(`{"time_ms":1,"events":[${event},${other}]}`);
          assert.equal(response.status, 200, `${event.slice(0, 100)}: ${response.body}`);
          await logged(`webhook ${other}\n`);
        }
        for (const time_ms of ['1.5', '-1', '"1"', 'null', '1e400']) {
          const response = await hook(`{"time_ms":${time_ms},"events":[]}`);
          assert.equal(response.status, 200, `${time_ms}: ${response.body}`);
        }
      });
    });

    describe('CSRF token', () => {
      test('is read from the header, otherwise from the parameter', async () => {
        const { csrf_token, ...none } = params(alice);
        const good = { ...alice.headers, 'X-CSRF-Token': csrf_token };
        assertSigned(await post(server, none, { headers: good }), 'alice');
        assertSigned(await postJson(server, none, { headers: good }), 'alice');
        assertScript(
          await jsonp(server, { ...none, callback: 'a' }, { headers: good }),
          'alice',
          'a',
        );
        assertSigned(
          await post(server, { ...none, csrf_token: 'wrong' }, { headers: good }),
          'alice',
        );
        for (const wrong of [
          '0'.repeat(64),
          'x',
          bob.csrf_token,
          '',
          ['x', csrf_token],
          [csrf_token, 'x'],
        ]) {
          const headers = { ...alice.headers, 'X-CSRF-Token': wrong };
          assertRejected(await post(server, params(alice), { headers }), 403, `header ${wrong}`);
          assertRejected(
            await postJson(server, params(alice), { headers }),
            403,
            `header ${wrong}`,
          );
        }
      });

      test('is rejected if there are two headers, also of another case', async () => {
        const body = form(params(alice));
        for (const [one, other] of [
          ['x', alice.csrf_token],
          [alice.csrf_token, 'x'],
        ]) {
          const tokens = [`X-CSRF-Token: ${one}`, `x-csrf-token: ${other}`];
          const rest = [`Cookie: ${alice.cookie}`, `Content-Type: ${FORM}`, 'Connection: close'];
          const start = head(
            `POST ${USER_AUTH}`,
            ...tokens,
            ...rest,
            `Content-Length: ${body.length}`,
          );
          assert.deepEqual(statusesOf(await exchange(server, `${start}${body}`)), [403], tokens);
        }
      });

      test('is rejected if it is missing, wrong or of another session', async () => {
        const token = alice.csrf_token;
        const flipped = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
        const wrong = [
          '',
          '0',
          '0'.repeat(64),
          'x'.repeat(64),
          flipped,
          token.slice(0, 63),
          `${token}0`,
          token.replace(/^./, ' '),
          `${token}\0`,
          `${token}\n`,
          ` ${token}`,
          token.toUpperCase() === token ? 'x' : token.toUpperCase(),
          bob.csrf_token,
          alice.cookie.slice(8),
          'x'.repeat(7000),
        ];
        for (const value of wrong) {
          const what = JSON.stringify(value).slice(0, 80);
          assertRejected(
            await post(server, params(alice, { csrf_token: value }), { headers: alice.headers }),
            403,
            what,
          );
          assertRejected(
            await postJson(server, params(alice, { csrf_token: value }), {
              headers: alice.headers,
            }),
            403,
            what,
          );
          const query = params(alice, { csrf_token: value, callback: 'a' });
          assertRejected(await jsonp(server, query, { headers: alice.headers }), 403, what);
        }
        for (const value of [undefined, null, true, 0, [token], { 0: token }]) {
          const what = JSON.stringify(value);
          assertRejected(
            await postJson(server, params(alice, { csrf_token: value }), {
              headers: alice.headers,
            }),
            400,
            what,
          );
        }
        for (const [field, status] of Object.entries({
          '': 400,
          csrf_token: 403,
          [`csrf_token[]=${token}`]: 400,
          [`csrf_token[a]=${token}`]: 400,
          [`csrf=${token}`]: 400,
        })) {
          const body = `socket_id=${SOCKET_ID}&${field}`;
          assertRejected(await post(server, body, { headers: alice.headers }), status, field);
          assertRejected(
            await send(server, { path: `${USER_AUTH}?callback=a&${body}`, headers: alice.headers }),
            status,
            field,
          );
        }
        const cookie = { Cookie: `${alice.cookie}; csrf_token=${token}` };
        assertRejected(
          await post(server, { socket_id: SOCKET_ID }, { headers: cookie }),
          400,
          'in a cookie',
        );
      });
    });

    describe('JSONP', () => {
      test('responds with a script that calls the callback of pusher-js', async () => {
        for (const who of [alice, bob]) {
          const path = `${USER_AUTH}?callback=Pusher.auth_callbacks%5B'1'%5D&socket_id=${SOCKET_ID}&csrf_token=${who.csrf_token}`;
          const response = await send(server, { path, headers: who.headers });
          assertScript(response, who.user, "Pusher.auth_callbacks['1']");
          const calls = [];
          vm.runInNewContext(response.body, {
            Pusher: { auth_callbacks: { 1: (value) => calls.push(value) } },
          });
          assert.equal(calls.length, 1);
          assert.deepEqual(JSON.parse(calls[0].user_data), USERS[who.user]);
          assert.equal(calls[0].auth, signature(SOCKET_ID, calls[0].user_data));
        }
        for (const callback of GOOD_CALLBACKS) {
          assertScript(
            await jsonp(server, params(alice, { callback }), { headers: alice.headers }),
            'alice',
            callback,
          );
        }
      });

      test('rejects every callback that is not a path', async () => {
        for (const callback of BAD_CALLBACKS) {
          const response = await jsonp(server, params(alice, { callback }), {
            headers: alice.headers,
          });
          assertRejected(response, 403, JSON.stringify(callback));
        }
        const query = form(params(alice));
        for (const [field, status] of Object.entries({
          '': 400,
          callback: 403,
          'callback=': 403,
          'callback[]=a': 400,
          'callback[a]=b': 400,
          'callback=%ff': 400,
        })) {
          assertRejected(
            await send(server, { path: `${USER_AUTH}?${query}&${field}`, headers: alice.headers }),
            status,
            field,
          );
        }
      });
    });

    describe('CORS', () => {
      const preflight = (Origin) =>
        send(server, {
          method: 'OPTIONS',
          headers: {
            ...(Origin === undefined ? {} : { Origin }),
            'Access-Control-Request-Method': 'POST',
            'Access-Control-Request-Headers': 'authorization, x-csrf-token',
          },
        });
      const foreign = [
        'https://evil.example',
        'null',
        '',
        'https://app.example.evil.example',
        'https://evilapp.example',
        'https://app.example/',
        'https://app.example:443',
        'http://app.example',
        'HTTPS://APP.EXAMPLE',
        'https://app.exampl',
        'app.example',
        ORIGINS.join(),
        `${ORIGINS[0]} ${ORIGINS[1]}`,
        '*',
        ',',
        'http://localhost:30',
        'http://localhost:30000',
      ];

      test('allows the preflight of allowed origins', async () => {
        for (const origin of ORIGINS) {
          const { status, headers, body } = await preflight(origin); // send() checks origin and credentials
          assert.equal(status, 204);
          assert.equal(body, '');
          assert.deepEqual(list(headers['access-control-allow-methods']), ['get', 'post']);
          assert.deepEqual(list(headers['access-control-allow-headers']), [
            'authorization',
            'content-type',
            'x-csrf-token',
          ]);
          assert.equal(headers['access-control-max-age'], '600');
        }
      });

      test('rejects the preflight of other origins', async () => {
        for (const origin of [undefined, ...foreign])
          assertRejected(await preflight(origin), 403, `Origin ${origin}`);
      });

      test('allows only the configured origins to read responses', async () => {
        for (const Origin of [...ORIGINS, ...foreign]) {
          // send() checks the headers
          const headers = { ...alice.headers, Origin };
          assertSigned(await post(server, params(alice), { headers }), 'alice');
          assertScript(
            await jsonp(server, params(alice, { callback: 'a' }), { headers }),
            'alice',
            'a',
          );
          assert.equal((await login(server, 'bob', { headers: { Origin } })).status, 200);
          assertRejected(await login(server, 'eve', { headers: { Origin } }));
          assertNotLoggedIn(await post(server, params(alice), { headers: { Origin } }));
          assertRejected(await post(server, params(alice, { socket_id: 'x' }), { headers }));
          assertRejected(await send(server, { path: '/', headers }), 404);
          assertRejected(await send(server, { method: 'DELETE', headers }), 405);
          assertRejected(await post(server, 'x'.repeat(8193), { headers }), 413);
        }
      });
    });

    describe('limits', () => {
      test('responds with 404 to other spellings of its paths', async () => {
        const paths = [
          '/',
          '/login/',
          '/Login',
          '/loginx',
          '/pusher',
          '/pusher/',
          `${USER_AUTH}/`,
          `${USER_AUTH}x`,
          `${USER_AUTH}.php`,
          '/pusher/user-autH',
          '/index.php',
          '/login.php',
          '/favicon.ico',
          '/%00',
          '/?/login',
          `/x${USER_AUTH}`,
          `/${USER_AUTH}`,
          `/x/..${USER_AUTH}`,
          '/pusher/./auth',
          '/pusher/user%2dauth',
          `${USER_AUTH}%00`,
          '/login%00x',
          '/%6cogin',
          `${CHANNEL_AUTH}/`,
          `${WEBHOOK}s`,
          '/pusher//auth',
          '/fastcgi.conf',
          '/bad_request',
          '/;/login',
          '/login;x',
          '/health/',
          '/healthz',
          '/Health',
          '/health%00',
        ];
        for (const path of paths) {
          for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
            assertRejected(
              await send(server, { method, path, headers: alice.headers }),
              404,
              `${method} ${path}`,
            );
          }
          assertRejected(
            await post(server, params(alice), { path, headers: alice.headers }),
            404,
            `POST ${path}`,
          );
        }
        assertRejected(
          await post(server, 'x'.repeat(8193), { path: '/' }),
          404,
          'the path comes before the size',
        );
      });

      test('responds with 405 to other methods', async () => {
        for (const [path, allow, rejected] of [
          [USER_AUTH, ['get', 'options', 'post'], ['PUT', 'PATCH', 'DELETE', 'PROPFIND']],
          [CHANNEL_AUTH, ['get', 'options', 'post'], ['PUT', 'PATCH', 'DELETE', 'REPORT']],
          [HEALTH, ['get'], ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
          [LOGIN, ['post'], ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
          [WEBHOOK, ['post'], ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'LOCK']],
        ]) {
          for (const method of rejected) {
            const body = method === 'PUT' ? form(params(alice)) : undefined;
            const response = await send(server, {
              method,
              path,
              headers: { ...alice.headers, 'Content-Type': FORM },
              body,
            });
            assertRejected(response, 405, `${method} ${path}`);
            assert.deepEqual(list(response.headers.allow), allow);
          }
          const headResponse = await send(server, { method: 'HEAD', path, headers: alice.headers });
          assert.equal(headResponse.status, 405);
          assert.deepEqual(list(headResponse.headers.allow), allow);
        }
      });

      test('rejects methods in lower case and unusual ones', async () => {
        for (const method of ['post', 'Post', 'get', 'X.Y']) {
          const request = `${method} ${LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 10\r\nConnection: close\r\n\r\nuser=alice`;
          const [status, ...rest] = statusesOf(await exchange(server, request));
          assert.ok(
            [400, 404, 405, 501].includes(status) && rest.length === 0,
            `${method}: ${status} ${rest}`,
          );
        }
      });

      test('responds to health checks', async () => {
        for (const path of [HEALTH, `${HEALTH}?a=b`]) {
          const { status, headers, body } = await send(server, { path });
          assert.deepEqual({ status, body: body.trim() }, { status: 200, body: 'ok' });
          assert.match(headers['content-type'], /^text\/plain(;|$)/);
        }
      });

      test('accepts a body of 8192 bytes, and rejects one of 8193', async () => {
        const pad = (text, size) => text + 'x'.repeat(size - Buffer.byteLength(text));
        const text = `${form(params(alice))}&pad=`;
        const json = (size) => {
          const [head, tail] = [JSON.stringify(params(alice)).replace(/}$/, ',"pad":"'), '"}'];
          return pad(head, size - tail.length) + tail;
        };
        for (const more of [{}, { 'Transfer-Encoding': 'chunked' }]) {
          const headers = { ...alice.headers, ...more };
          assertSigned(await post(server, pad(text, 8192), { headers }), 'alice');
          assertSigned(await postJson(server, json(8192), { headers }), 'alice');
          assertRejected(await post(server, pad(text, 8193), { headers }), 413);
          assertRejected(await postJson(server, json(8193), { headers }), 413);
          assertRejected(await post(server, pad(text, 60_000), { headers }), 413);
          assertRejected(
            await post(server, pad('user=alice&pad=', 8193), { path: LOGIN, headers: more }),
            413,
          );
        }
        assertRejected(
          await post(server, pad(text, 8193)),
          413,
          'the size comes before the session',
        );
        assertRejected(
          await post(server, pad(text, 8193), { path: `${USER_AUTH}x` }),
          404,
          'the path comes before the size',
        );
        assertRejected(
          await post(server, pad(text, 8193), { path: '/user%2dauth' }),
          404,
          'the path comes before the size',
        );
        assertRejected(
          await post(server, pad(text, 8193), { method: 'PUT' }),
          405,
          'and so does the method',
        );
        await works();
      });
    });

    describe('framing', () => {
      const smuggled = () =>
        `GET /login HTTP/1.1\r\nHost: x\r\nX: ${alice.cookie}\r\nConnection: close\r\n\r\n`; // 405 where it runs
      const statuses = async (bytes) => statusesOf(await exchange(server, bytes));
      const closes = ONE_REQUEST_PER_CONNECTION.has(name);
      const servesAmbiguous = name === 'c'; // libmicrohttpd; harmless, since it then closes

      test('a body never runs as a request', async () => {
        const body = smuggled();
        const length = `Content-Length: ${body.length}`;
        const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
        const trailed = `${body.length.toString(16)}\r\n${body}\r\n0\r\nX: y\r\n\r\n`;
        const long = 'x'.repeat(3000);
        for (const [line, ...headers] of [
          [`GET ${USER_AUTH}`],
          [`HEAD ${USER_AUTH}`],
          [`OPTIONS ${USER_AUTH}`, `Origin: ${ORIGINS[0]}`],
          ['GET /login'],
          ['FOO /login'],
          [`DELETE ${USER_AUTH}`],
          ['PUT /x'],
          [`PROPFIND ${CHANNEL_AUTH}`],
          [`POST ${USER_AUTH}`],
          [`POST ${USER_AUTH}`, 'Range: bytes=9-1'],
          [`GET ${USER_AUTH}`, 'Range: x'],
          [`POST ${CHANNEL_AUTH}`, `X: ${long}`],
          [`POST /${long}`],
          ['POST /%zz'],
          ['POST /login', 'Upgrade: x', 'Connection: upgrade'],
          [`POST ${USER_AUTH}`, 'Expect: 100-continue'],
        ]) {
          for (const [how, rest] of [
            [length, body],
            ['Transfer-Encoding: chunked', chunked],
            ['Transfer-Encoding: chunked', trailed],
          ]) {
            // The second request is honest. Its response is the last, unless the connection ended.
            const received = (
              await statuses(
                `${head(line, ...headers, how)}${rest}${head('POST /x', 'Connection: close')}`,
              )
            ).filter((status) => status !== 100);
            const most = closes ? 1 : 2;
            assert.ok(
              received.length >= 1 && received.length <= most,
              `${line} ${how}: ${received}`,
            );
            assert.ok(received.length === 1 || received[1] === 404, `${line} ${how}: ${received}`);
            assert.ok(received[0] >= 400 || received[0] === 204, `${line} ${how}: ${received}`);
          }
        }
      });

      test('an ambiguous request ends the connection', async () => {
        const body = smuggled();
        const length = `Content-Length: ${body.length}`;
        const ambiguous = [
          ['Content-Length: 0', length],
          [length, 'Content-Length: 0'],
          ['Content-Length: 0, 5'],
          [`Content-Length: ${body.length}x`],
          ['Content-Length: +5'],
          ['Content-Length: -1'],
          ['Content-Length: 0x5'],
          ['Content-Length : 5'],
          [`Content-Length\t: ${body.length}`],
          ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
          ['Transfer-Encoding: xchunked'],
          ['Transfer-Encoding: gzip'],
          ['Transfer-Encoding : chunked'],
          ['X Y: z', length],
          ['Host: y'],
        ];
        for (const headers of ambiguous) {
          const received = await statuses(`${head(`POST ${USER_AUTH}`, ...headers)}${body}`);
          // The status is 400, or 501 from net/http. The body as a request would have 405.
          const isLast = servesAmbiguous
            ? areOfOneResponse(received) && !received.includes(405)
            : received.length >= 1 && received.every((status) => [400, 501].includes(status));
          assert.ok(isLast, `${headers}: ${received}`);
        }
        // With both a length and chunks, the request is the last one.
        for (const [headers, rest] of [
          [['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${body}`],
          [[length, 'Transfer-Encoding: chunked'], `0\r\n\r\n${body}`],
        ]) {
          const received = await statuses(`${head(`POST ${USER_AUTH}`, ...headers)}${rest}`);
          assert.equal(received.length, 1, `${headers}: ${received}`);
        }
        if (!servesAmbiguous) {
          assert.deepEqual(
            await statuses(`POST ${USER_AUTH} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`),
            [400],
            'no Host',
          );
        }
        for (const chunk of [
          'zz\r\n',
          '-1\r\n',
          '5\r\nabcdefg\r\n',
          '+5\r\nabcde\r\n0\r\n\r\n',
          'ffffffffffffffffff\r\n',
        ]) {
          const received = await statuses(
            `${head(`POST ${USER_AUTH}`, 'Transfer-Encoding: chunked')}${chunk}${body}`,
          );
          assert.ok(
            received.length <= 1 && !received.includes(200),
            `${JSON.stringify(chunk)}: ${received}`,
          );
        }
        await works();
      });

      test('a request that servers read differently is the last of its connection', async () => {
        const body = smuggled();
        const n = body.length;
        for (const headers of [
          [`Content-Length:\r\n ${n}`],
          [`Content-Length: 0\r\n ${n}`],
          [`X: y\r\n Content-Length: 0`, `Content-Length: ${n}`],
          [`Content-Length: ${n}`, ':'],
          [`Content-Length: ${n}`, ': x'],
          [': x', `Content-Length: ${n}`],
          [`Content-Length: ${n}`, 'X: y\r\n  Content-Length: 0'],
          [`X: y\0`, `Content-Length: ${n}`],
          [`X: y\rContent-Length: 0`, `Content-Length: ${n}`],
          [`Content-Length: ${n}`, 'Content_Length: 0'],
        ]) {
          const received = await statuses(
            `${head(`POST ${USER_AUTH}`, ...headers)}${body}${head('POST /x', 'Connection: close')}`,
          );
          assert.ok(
            !received.includes(405) && received.length <= (closes ? 1 : 2),
            `${JSON.stringify(headers)}: ${received}`,
          );
        }
        // HTTP/1.0 has no chunks, so the bytes after such a header can be a body or a request.
        for (const more of ['', 'Content-Length: 0\r\n', `Content-Length: ${n}\r\n`]) {
          const received = await statuses(
            `POST ${USER_AUTH} HTTP/1.0\r\nConnection: keep-alive\r\n${more}Transfer-Encoding: chunked\r\n\r\n${body}`,
          );
          assert.ok(
            received.length <= 1 && !received.includes(405),
            `HTTP/1.0, chunked, ${more}: ${received}`,
          );
        }
        await works();
      });

      test('bytes after a chunked body are ignored', async () => {
        const text = async (headers, trailer) => {
          const socket = await connect(server);
          let text = '';
          socket.setEncoding('latin1').on('data', (data) => {
            text += data;
          });
          const body = form(params(alice));
          socket.write(
            `${head(`POST ${USER_AUTH}`, ...headers, `Content-Type: ${FORM}`, 'Transfer-Encoding: chunked', 'Connection: close')}${body.length.toString(16)}\r\n${body}\r\n0\r\n${trailer}\r\n\r\n`,
          );
          await within(closed(socket), `an response with ${trailer}`);
          return text;
        };
        for (const trailer of [
          `Cookie: ${alice.cookie}`,
          `Authorization: Bearer ${alice.access_token}`,
        ]) {
          assert.match(await text([], trailer), /^HTTP\/1.1 403 .*\r\n\r\n.*not signed in/s);
        }
        for (const trailer of [
          'X-CSRF-Token: x',
          'Content-Type: text/plain',
          `Authorization: Bearer ${bob.access_token}`,
          `Origin: ${ORIGINS[0]}`,
        ]) {
          const response = await text([`Cookie: ${alice.cookie}`], trailer);
          assert.match(response, /^HTTP\/1.1 200 .*alice/s, trailer);
          assert.doesNotMatch(response, /access-control-allow-origin/i, trailer);
        }
      });
    });

    test('responds to 2,000 requests of 32 clients at once, each with its own signature', async () => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
      const { createConnection } = agent;
      let connections = 0;
      agent.createConnection = (...args) => {
        connections++;
        return createConnection.apply(agent, args);
      };
      let responses = 0;
      await Promise.all(
        Array.from({ length: 2000 }, async (_, i) => {
          const who = i % 2 ? alice : bob;
          const socketId = `${i}.${randomBytes(4).readUInt32LE()}`;
          const options = { headers: who.headers, agent };
          const sent = params(who, { socket_id: socketId });
          if (i % 3 === 0) assertSigned(await post(server, sent, options), who.user, socketId);
          else if (i % 3 === 1)
            assertSigned(await postJson(server, sent, options), who.user, socketId);
          else
            assertScript(
              await jsonp(server, { ...sent, callback: `f.c[${i}]` }, options),
              who.user,
              `f.c[${i}]`,
              socketId,
            );
          responses++;
        }),
      );
      agent.destroy();
      assert.equal(responses, 2000);
      assert.equal(connections, ONE_REQUEST_PER_CONNECTION.has(name) ? 2000 : 32);
    });

    describe('settings', () => {
      let folder;
      before(() => {
        folder = mkdtempSync(`${tmpdir()}/pusher-auth-`);
      });
      after(() => rmSync(folder, { recursive: true }));

      const file = (name, text) => {
        writeFileSync(`${folder}/${name}`, text);
        return `${folder}/${name}`;
      };
      const url = `https://${KEY}:${encodeURIComponent(SECRET)}@api-eu.pusher.com/apps/1`;

      test('describe the app by PUSHER_URL or by files', async () => {
        for (const env of [
          { PUSHER_URL: url },
          { PUSHER_URL_FILE: file('url', `${url}\n`) },
          { PUSHER_CONFIG_FILE: file('config', JSON.stringify(CONFIG)) },
          { PUSHER_CONFIG_FILE: file('config-line', `${JSON.stringify(CONFIG)}\n`) },
        ]) {
          const other = await start({ env: { PUSHER_CONFIG: undefined, ...env } });
          try {
            const one = await visitor(other, 'alice');
            assertSigned(await post(other, params(one), { headers: one.headers }), 'alice');
          } finally {
            await stopCleanly(other, 'SIGTERM');
          }
        }
      });

      test('set the address by BIND', async () => {
        const other = await start({ host: '127.0.0.3', env: { BIND: '127.0.0.3' } });
        const { status } = await send(other, { path: HEALTH });
        assert.equal(status, 200);
        await assert.rejects(connect({ port: other.port }), { code: 'ECONNREFUSED' });
        await stopCleanly(other, 'SIGTERM');
      });

      test('end the program if they are invalid, with a message that does not contain the value', async () => {
        for (const PUSHER_CONFIG of [
          '',
          '{',
          '[]',
          '{}',
          `{"key":"${KEY}"}`,
          JSON.stringify({ key: KEY, secret: '' }),
          JSON.stringify({ key: 'a:b', secret: MARK }),
        ]) {
          assert.match(
            await failure({ env: { PUSHER_CONFIG } }),
            /config|key|secret/i,
            PUSHER_CONFIG,
          );
        }
        for (const env of [
          { PUSHER_URL: `ftp://${KEY}:${MARK}@x/apps/1` },
          { PUSHER_URL: `https://${KEY}:${MARK}@x/apps/1?a=b` },
          { PUSHER_URL_FILE: `${folder}/missing` },
          { PUSHER_CONFIG_FILE: file('empty', '') },
          { PUSHER_CONFIG_FILE: folder },
        ]) {
          const [name] = Object.keys(env);
          assert.match(
            await failure({ env: { PUSHER_CONFIG: undefined, ...env } }),
            /PUSHER_(URL|CONFIG)|config/i,
            name,
          );
        }
      });
    });

    // The line has the method, path, status and reason, and no other part of the request.
    test('logs one line for each rejection', async () => {
      const secrets = [alice.access_token, alice.csrf_token, alice.cookie.slice('session='.length)];
      const expected = [];
      for (const [status, run] of [
        [404, () => send(server, { path: '/first-one' })],
        [403, () => post(server, params(alice))],
        [
          403,
          () =>
            post(server, params(alice, { csrf_token: bob.csrf_token }), { headers: alice.headers }),
        ],
        [403, () => post(server, params(alice, { socket_id: 'x\ny' }), { headers: alice.headers })],
        [
          403,
          () =>
            post(server, params(alice, { channel_name: 'private-user-bob' }), {
              path: CHANNEL_AUTH,
              headers: alice.headers,
            }),
        ],
        [400, () => post(server, '', { headers: alice.headers })],
        [400, () => postJson(server, '{', { headers: alice.headers })],
        [401, () => post(server, 'x', { path: WEBHOOK })],
        [404, () => send(server, { path: '/last-one' })],
      ]) {
        const response = await run();
        assertRejected(response, status);
        expected.push(`${status} ${response.body.trim()}`);
      }
      // Lines are logged in the order of the requests.
      const lines = () => server.log.split('\n').slice(0, -1);
      const indexOf = (path) => lines().findIndex((line) => line.includes(path));
      await until(() => indexOf('/last-one') >= 0, 'the last line');
      const logged = lines().slice(indexOf('/first-one'), indexOf('/last-one') + 1);
      assert.equal(logged.length, expected.length, logged.join('\n'));
      for (const [i, line] of logged.entries()) {
        assert.ok(line.endsWith(expected[i]), `${line}: ${expected[i]}`);
        for (const secret of secrets) assert.ok(!line.includes(secret), line);
      }
    });

    test('logs the reason of an internal error, and does not respond with it', async () => {
      const PUSHER_CONFIG = JSON.stringify({ key: KEY, secret: SECRET });
      const other = await start({ env: { PUSHER_CONFIG } });
      try {
        const { headers, ...one } = await visitor(other, 'alice');
        const body = params(one, { channel_name: 'private-encrypted-lobby' });
        const response = await post(other, body, { path: CHANNEL_AUTH, headers });
        assertRejected(response, 500);
        assert.equal(response.body.trim(), 'internal error');
        await until(() => other.log.includes('encryptionMasterKeyBase64'), 'the reason');
      } finally {
        await stopCleanly(other, 'SIGTERM');
      }
    });

    test('logs no control characters', async () => {
      for (const line of ['GET /\x1b[1m', 'G\x1bT /', 'GET /\x07', 'GET /\r/x', `GET /?\x1b`]) {
        await exchange(server, head(line, 'Connection: close'));
      }
      await send(server, { path: '/after-control-characters' });
      await until(() => server.log.includes('/after-control-characters'), 'the last line');
      assert.doesNotMatch(server.log, /[^\P{Cc}\n]/u);
    });

    test('is started by its make target', () => {
      const options = ['--no-print-directory', '--dry-run', `serve-${name}`];
      const commands = execFileSync('make', options, { cwd: ROOT, encoding: 'utf8' });
      const program = name === 'php' ? 'examples/php/endpoint/serve.sh' : `endpoint-${name}"`;
      const [last] = commands.trimEnd().split('\n').reverse();
      assert.ok(last.endsWith(program), commands);
    });

    test('listens on 127.0.0.1 only', async () => {
      await assert.rejects(connect(server, { host: '127.0.0.2' }), { code: 'ECONNREFUSED' });
    });

    test('does not start if the port is taken', async () => {
      const second = launch({ port: server.port });
      await assert.rejects(within(second.ready, 'its end'), /ended before it listened/);
      await works();
    });

    test('allows no origin if none is configured, and ends on SIGINT', async () => {
      const other = await start({ env: { ALLOWED_ORIGINS: '' } });
      const one = await visitor(other, 'alice');
      for (const Origin of ['https://evil.example', 'null', '', '*', ',']) {
        const response = await post(other, params(one), { headers: { ...one.headers, Origin } });
        assertSigned(response, 'alice');
        assertRejected(await send(other, { method: 'OPTIONS', headers: { Origin } }));
      }
      await stopCleanly(other, 'SIGINT');
    });

    test('ends on SIGTERM while clients are connected, and has logged no secret', async () => {
      const idle = new http.Agent({ keepAlive: true });
      assertSigned(
        await post(server, params(alice), { headers: alice.headers, agent: idle }),
        'alice',
      );
      const stalled = await connect(server);
      stalled
        .resume()
        .write(`POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`);
      await works();
      await stopCleanly(server, 'SIGTERM');
      idle.destroy();
      stalled.destroy();
      for (const secret of [
        MARK,
        ...tokens,
        ...[alice, bob].flatMap((one) => [one.cookie.slice(8), one.csrf_token, one.access_token]),
      ]) {
        assert.ok(!server.log.includes(secret), 'a secret in the log');
      }
    });
  });
}
