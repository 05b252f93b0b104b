// Tests the example programs that send requests, with a server that verifies by node:crypto.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { LANGUAGES, pusherUrl, runRequest } from '../launcher.mjs';

const APP = { appId: '1', key: 'a&b', secret: 's"/@:%', host: '127.0.0.1', useTLS: false };
const ID = 'Ünal|Ö';

describe('requests', { concurrency: false }, () => {
  let server, app;
  const seen = [];

  before(async () => {
    server = createServer(async (request, response) => {
      const { method, url } = request;
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      seen.push({
        method,
        url: url.split('?')[0],
        body,
        isSigned: hasSignature(method, url, body),
      });
      const [status, text] = url.includes('/rejected?')
        ? [401, 'Invalid signature\n']
        : [200, '{"ok":true}'];
      response.writeHead(status).end(text);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    app = { ...APP, port: server.address().port };
  });
  after(() => server.close());

  function hasSignature(method, url, body) {
    const [path, query] = url.split('?');
    const { auth_signature, ...signed } = Object.fromEntries(new URLSearchParams(query));
    const names = Object.keys(signed).sort();
    const pairs = names.map((name) => `${name}=${signed[name]}`).join('&');
    const text = `${method}\n${path}\n${pairs}`;
    const expected = createHmac('sha256', APP.secret).update(text).digest('hex');
    const md5 = body === '' ? undefined : createHash('md5').update(body).digest('hex');
    return auth_signature === expected && signed.body_md5 === md5 && signed.auth_key === APP.key;
  }

  for (const language of LANGUAGES) {
    for (const byUrl of [false, true]) {
      test(`${language}, by ${byUrl ? 'PUSHER_URL' : 'PUSHER_CONFIG'}: sends the request of its arguments`, async () => {
        const env = byUrl ? { PUSHER_URL: pusherUrl(app) } : { PUSHER_CONFIG: JSON.stringify(app) };
        const data = '{"text":"Grüezi \\"you\\""}';
        for (const [args, url, body] of [
          [
            ['trigger', 'private-x', 'news', data],
            '/events',
            { name: 'news', channels: ['private-x'], data },
          ],
          [
            ['send', ID, 'news', data],
            '/events',
            { name: 'news', channels: [`#server-to-user-${ID}`], data },
          ],
          [['terminate', ID], '/users/%C3%9Cnal%7C%C3%96/terminate_connections', {}],
          [['POST', '/batch_events', '{"batch":[]}'], '/batch_events', { batch: [] }],
          [['GET', '/channels'], '/channels', null],
        ]) {
          seen.length = 0;
          const { status, stdout, stderr } = await runRequest(language, env, args);
          assert.equal(status, 0, `${args}: ${stdout}${stderr}`);
          assert.match(stdout, /\b200\b/);
          assert.ok(stdout.includes('{"ok":true}'), stdout);
          const sent = seen.map((one) => ({ ...one, body: JSON.parse(one.body || 'null') }));
          for (const one of sent) {
            if (one.body?.channel) one.body = { ...one.body, channels: [one.body.channel] };
            delete one.body?.channel;
          }
          const method = args[0] === 'GET' ? 'GET' : 'POST';
          assert.deepEqual(sent, [{ method, url: `/apps/1${url}`, body, isSigned: true }]);
        }
      });
    }

    test(`${language}: prints the status and the reason of a rejection`, async () => {
      const env = { PUSHER_CONFIG: JSON.stringify(app) };
      const { status, stdout, stderr } = await runRequest(language, env, ['GET', '/rejected']);
      assert.notEqual(status, 0);
      assert.match(stdout + stderr, /\b401\b/);
      assert.ok((stdout + stderr).includes('Invalid signature'), stdout + stderr);
    });
  }
});
