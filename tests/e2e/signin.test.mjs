// pusher-js in Chromium signs in and subscribes to channels through each endpoint, on soketi. If
// SOCKUDO is the path of that server, the tests that depend on the server run against it instead.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import PusherClient from 'pusher-js';
import { launchBrowser } from './browser.mjs';
import {
  LANGUAGES,
  newApp,
  pusherUrl,
  startEndpoint,
  startSockudo,
  startSoketi,
  stop,
  until,
  withLogs,
} from '../launcher.mjs';
import { startCuttable } from './cuttable.mjs';
import { Signer } from './library.mjs';
import { sendToUser, terminateUserConnections, trigger } from './requests.mjs';
import { startSite } from './site.mjs';

const SCREENSHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));
const TIMEOUT = 120_000; // ms; only tests that hang take this long

// The users of the endpoints' placeholder login.
const USERS = {
  alice: {
    id: 'alice',
    user_info: { name: 'Alice "Ally" Müller 🌍', address: { city: 'Zürich' } },
    watchlist: ['bob'],
  },
  bob: {
    id: 'bob',
    user_info: { name: 'Bob', address: { city: "O'Fallon" } },
    watchlist: ['alice'],
  },
};

const sockudo = process.env.SOCKUDO;
const app = await newApp();
const webhooks = await startWebhookRelay();
const server = sockudo ? await startSockudo(app, sockudo) : await startSoketi(app, webhooks.url);
const browser = await launchBrowser();

after(async () => {
  await browser.close();
  await stop(server);
  webhooks.stop();
});

for (const language of process.env.ENDPOINTS?.split(' ') ?? LANGUAGES)
  describe(language, () => {
    let site, stranger, endpoint;

    before(async () => {
      site = await startSite(app);
      stranger = await startSite(app); // an origin that the endpoint does not allow
      endpoint = await startEndpoint(language, {
        env: { PUSHER_CONFIG: JSON.stringify(app), ALLOWED_ORIGINS: site.origin },
      });
      for (const each of [site, stranger]) each.attach(endpoint, language);
      webhooks.endpoint = site.origin;
    });
    after(async () => {
      site?.stop();
      stranger?.stop();
      if (endpoint) await stop(endpoint);
    });

    check(
      1,
      'AJAX from the same origin: the page holds the user, every member intact',
      async (t) => {
        const { page } = await visit(t);
        await page.getByRole('button', { name: 'as alice' }).click();
        await page.waitForFunction(() => pusher?.user.serverToUserChannel?.subscribed);
        assert.deepEqual(await page.evaluate(() => pusher.user.user_data), USERS.alice);

        // The page shows it.
        await page.getByLabel('Message').fill('Grüezi "Alice" 👋');
        await page.getByRole('button', { name: 'Send' }).click();
        await page.getByText('{"text":"Grüezi \\"Alice\\" 👋"}').waitFor();
        await picture(page, language);
        assert.equal(await page.locator('#name').textContent(), USERS.alice.user_info.name);
        assert.equal(
          await page.locator('#socket_id').textContent(),
          await page.evaluate(() => pusher.connection.socket_id),
        );
        const [head, body] = (await page.locator('#response').textContent()).split('\n\n');
        assert.equal(head, '200 application/json');
        assert.deepEqual(Object.keys(JSON.parse(body)), ['auth', 'user_data']);

        await page.getByRole('button', { name: 'Presence channel' }).click();
        await page.locator('#members').getByText(USERS.alice.user_info.name).waitFor();
        if (!sockudo)
          await page
            .getByText('{"name":"member_added","channel":"presence-lobby","user_id":"alice"}')
            .waitFor();
        await page.getByRole('button', { name: "The other user's channel" }).click();
        await page
          .getByText('{"name":"private-user-bob","type":"AuthError","status":403}')
          .waitFor();
        await page.getByRole('button', { name: 'Encrypted channel' }).click();
        await page.getByText('"private-encrypted-lobby"', { exact: true }).waitFor();
        await picture(page, `${language}-channels`);
      },
    );

    if (!sockudo) {
      check(
        2,
        'AJAX from another origin with X-CSRF-Token: preflight allowed, signed in',
        async (t) => {
          const { page, csrf_token, preflights } = await visit(t, { user: 'alice' });
          const outcome = await signIn(page, {
            ...across(endpoint),
            headers: { 'X-CSRF-Token': csrf_token },
          });
          assert.deepEqual(outcome, { user: USERS.alice });
          await until(() => preflights.length > 0, 'the preflight');
          assert.deepEqual(preflights, [{ status: 204, url: across(endpoint).endpoint }]);
        },
      );

      check(2, 'AJAX from an origin that is not allowed: not signed in', async (t) => {
        const { page, csrf_token, preflights } = await visit(t, {
          user: 'alice',
          origin: stranger.origin,
        });
        // This one needs no preflight; the page must not see the response.
        const withParameter = await signIn(page, { ...across(endpoint), params: { csrf_token } });
        assert.equal(withParameter.signin_error?.status, 0);

        const url = `${across(endpoint).endpoint}?with-header`;
        const headers = { 'X-CSRF-Token': csrf_token };
        const withHeader = await signIn(page, { endpoint: url, headers });
        assert.equal(withHeader.signin_error?.status, 0);
        await until(() => preflights.length > 0, 'the preflight');
        assert.deepEqual(preflights, [{ status: 403, url }]); // and none of the first one before it
      });

      check(3, 'CSRF token through params: signed in', async (t) => {
        const { page, csrf_token } = await visit(t, { user: 'bob' });
        assert.deepEqual(await signIn(page, { params: { csrf_token } }), { user: USERS.bob });
      });

      check(3, 'wrong CSRF token: 403', async (t) => {
        const { page, csrf_token } = await visit(t, { user: 'bob' });
        const wrong = (csrf_token[0] === '0' ? '1' : '0') + csrf_token.slice(1);
        const outcome = await signIn(page, { params: { csrf_token: wrong } });
        assert.equal(outcome.signin_error?.status, 403);
      });

      check(4, 'no session: 403, and no token in the response', async (t) => {
        const { page } = await visit(t);
        const response = page.waitForResponse('**/pusher/user-auth');
        const outcome = await signIn(page, { params: { csrf_token: '0'.repeat(64) } });
        assert.equal(outcome.signin_error?.status, 403);

        const whole =
          JSON.stringify(await (await response).headersArray()) + (await (await response).text());
        for (const token of [/[0-9a-f]{64}/i, /auth"/, app.key, app.secret]) {
          assert.equal(whole.search(token), -1, `${token} in the response: ${whole}`);
        }
      });

      check(5, 'JSONP: signed in', async (t) => {
        const { page, csrf_token } = await visit(t, { user: 'alice' });
        const outcome = await signIn(page, {
          ...across(endpoint),
          transport: 'jsonp',
          params: { csrf_token },
        });
        assert.deepEqual(outcome, { user: USERS.alice });
      });

      check(5, 'JSONP without the CSRF token: not signed in', async (t) => {
        const { page, sent } = await visit(t, { user: 'alice' });
        const { script_failed } = await signIn(page, { ...across(endpoint), transport: 'jsonp' });
        // Chromium does not report the status of a script that it blocks: send the request again.
        assert.equal((await page.request.get(script_failed)).status(), 400);
        await page.evaluate(() => {
          client.subscribe('after-that');
        });
        await until(() => sent.length > 0, 'the subscription');
        assert.deepEqual(
          sent.map(({ event }) => event),
          ['pusher:subscribe'], // and no sign-in before it
        );
      });
    }

    check(
      6,
      'an event to a user, and the termination of their connections, reach only them',
      async (t) => {
        const pages = await Promise.all(['alice', 'alice', 'bob'].map((user) => signedIn(t, user)));
        const [alice, aliceAgain, bob] = pages;
        const bobsSocket = await socketId(bob);

        await sendToUser(language, app, 'alice', 'news', { about: 'alice' });
        await sendToUser(language, app, 'bob', 'news', { about: 'bob' });
        const news = await Promise.all(pages.map((page) => received(page, 1)));
        assert.deepEqual(news, [[{ about: 'alice' }], [{ about: 'alice' }], [{ about: 'bob' }]]);

        await terminateUserConnections(language, app, 'alice');
        for (const page of [alice, aliceAgain]) {
          await page.waitForFunction(() => client.connection.state === 'disconnected');
        }
        await sendToUser(language, app, 'bob', 'news', { about: 'bob again' });
        assert.deepEqual(await received(bob, 2), [{ about: 'bob' }, { about: 'bob again' }]);
        assert.equal(await socketId(bob), bobsSocket);
        assert.deepEqual(
          [await received(alice, 1), await received(aliceAgain, 1)],
          [news[0], news[1]],
        );
      },
    );

    check(
      7,
      'one bit changed, another socket id, another user: the server rejects it with 4009',
      async (t) => {
        const tampered = {
          'as it is': (token) => token,
          'one bit changed': (token) => ({ ...token, auth: flipOneBit(token.auth) }),
          'another user': (token) => ({ ...token, user_data: JSON.stringify(USERS.bob) }),
          'another socket id': (token) => token,
        };
        for (const [name, tamper] of Object.entries(tampered)) {
          const { page, csrf_token } = await visit(t, { user: 'alice' });
          await page.route('**/pusher/user-auth', async (route) => {
            const postData = name === 'another socket id' ? 'socket_id=1234.1234' : undefined;
            const response = await route.fetch({ postData });
            assert.equal(response.status(), 200);
            await route.fulfill({ response, json: tamper(await response.json()) });
          });
          const outcome = await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } });
          assert.deepEqual(
            outcome,
            name === 'as it is' ? { user: USERS.alice } : { rejected: 4009 },
            name,
          );
        }
      },
    );

    if (!sockudo) {
      check(8, 'the connection drops: a new socket id, and pusher-js signs in again', async (t) => {
        const wire = await startCuttable(app.port);
        t.after(() => wire.stop());
        const { page, csrf_token, sent } = await visit(t, { user: 'alice' });
        await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } }, wire.port);
        const dropped = await socketId(page);

        wire.cut();
        await page.waitForFunction(
          (dropped) =>
            client.connection.socket_id !== dropped && client.user.serverToUserChannel?.subscribed,
          dropped,
        );
        assert.deepEqual(await page.evaluate(() => client.user.user_data), USERS.alice);
        const tokens = () =>
          sent.filter((frame) => frame.event === 'pusher:signin').map((frame) => frame.data.auth);
        await until(() => tokens().length === 2, 'the second sign-in');
        assert.notEqual(...tokens());

        await sendToUser(language, app, 'alice', 'news', { about: 'the new connection' });
        assert.deepEqual(await received(page, 1), [{ about: 'the new connection' }]);
      });

      check(9, '200 clients sign in at once', async (t) => {
        const names = Array.from({ length: 200 }, (_, number) => (number % 2 ? 'alice' : 'bob'));
        // All of these come from one address, of which nginx serves a limited number of requests at a time.
        const atOnce = language === 'php' ? 50 : names.length;
        const clients = await inGroups(names, atOnce, (user) => nodeClient(t, user));
        const users = await inGroups(
          clients,
          atOnce,
          (client) =>
            new Promise((resolve, reject) => {
              client.bind('pusher:signin_success', (data) => resolve(JSON.parse(data.user_data)));
              client.user.bind('pusher:signin_error', reject);
              client.connection.bind('error', reject);
              client.signin();
            }),
        );
        assert.deepEqual(
          users,
          names.map((name) => USERS[name]),
        );
      });
    }

    check(
      10,
      'private, presence and encrypted channels: joined, and the members know each other',
      async (t) => {
        const [alice, bob] = await Promise.all(['alice', 'bob'].map((user) => signedIn(t, user)));
        assert.equal(await join(alice, 'private-user-alice'), 'joined');
        assert.equal(await join(bob, 'private-user-bob'), 'joined');
        assert.equal(await join(alice, 'private-encrypted-lobby'), 'joined');
        assert.equal(await join(alice, 'presence-lobby'), 'joined');
        await alice.evaluate(() =>
          client.channel('presence-lobby').bind('pusher:member_added', (member) => {
            window.added = member;
          }),
        );
        assert.equal(await join(bob, 'presence-lobby'), 'joined');
        assert.deepEqual(await me(bob), { id: 'bob', info: USERS.bob.user_info });
        assert.deepEqual(await me(alice), { id: 'alice', info: USERS.alice.user_info });
        await alice.waitForFunction(() => window.added);
        assert.deepEqual(await alice.evaluate(() => added), {
          id: 'bob',
          info: USERS.bob.user_info,
        });
      },
    );

    check(11, "another user's channel, and one that nobody may join: rejected", async (t) => {
      const bob = await signedIn(t, 'bob');
      for (const channel of [
        'private-user-alice',
        'presence-other',
        'private-encrypted-user-alice',
      ]) {
        assert.deepEqual(await join(bob, channel), { type: 'AuthError', status: 403 }, channel);
      }
      const { page, csrf_token } = await visit(t, { user: 'bob' });
      await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } }, app.port, {
        headers: { 'X-CSRF-Token': 'wrong' },
      });
      assert.deepEqual(await join(page, 'private-user-bob'), { type: 'AuthError', status: 403 });
    });

    check(12, 'a channel with the signature of another one: the server rejects it', async (t) => {
      const bob = await signedIn(t, 'bob');
      await bob.route('**/pusher/auth', async (route) => {
        const postData = route
          .request()
          .postData()
          .replace('private-user-alice', 'private-user-bob');
        await route.fulfill({ response: await route.fetch({ postData }) });
      });
      assert.equal(await join(bob, 'private-user-bob'), 'joined');
      assert.notEqual(await join(bob, 'private-user-alice'), 'joined');
    });

    if (!sockudo) {
      // soketi 1.6 and Sockudo do not support such a subscription: soketi parses the missing data.
      check(
        13,
        'a presence channel without data: pusher-js is the signed-in user, and sends only the signature',
        async (t) => {
          const { page, csrf_token, sent } = await visit(t, { user: 'alice' });
          await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } });
          await page.evaluate(() => {
            client.subscribe('presence-signin');
          });
          await page.waitForFunction(
            () => client.channel('presence-signin').members.myID === 'alice',
          );
          const subscription = () =>
            sent.find(
              (frame) =>
                frame.event === 'pusher:subscribe' && frame.data.channel === 'presence-signin',
            );
          await until(subscription, 'the subscription');
          const signature = createHmac('sha256', app.secret)
            .update(`${await socketId(page)}:presence-signin`)
            .digest('hex');
          assert.deepEqual(subscription().data, {
            auth: `${app.key}:${signature}`,
            channel: 'presence-signin',
          });
        },
      );

      check(14, 'JSONP: joined', async (t) => {
        const { page, csrf_token } = await visit(t, { user: 'alice' });
        await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } }, app.port, {
          endpoint: `${endpoint.origin}/pusher/auth`,
          transport: 'jsonp',
          params: { csrf_token },
        });
        assert.equal(await join(page, 'presence-lobby'), 'joined');
        assert.deepEqual(await me(page), { id: 'alice', info: USERS.alice.user_info });
      });

      check(15, 'webhooks arrive and verify, and a changed byte does not', async (t) => {
        await until(async () => (await occupiedChannels()).length === 0, 'empty channels');
        webhooks.seen.length = 0;
        const from = endpoint.log.length;
        const alice = await signedIn(t, 'alice');
        assert.equal(await join(alice, 'private-user-alice'), 'joined');
        assert.equal(await join(alice, 'presence-lobby'), 'joined');
        // Its data arrive as an object, where Pusher's own have a string.
        await alice.evaluate(() => {
          client.channel('private-user-alice').trigger('client-hello', { text: 'Hi' });
        });
        const expected = [
          ['channel_occupied', 'private-user-alice'],
          ['member_added', 'presence-lobby'],
          ['client_event', 'private-user-alice'],
        ].map(([name, channel]) => `{"name":"${name}","channel":"${channel}"`);
        for (const event of expected) {
          const isSeen = () => webhooks.seen.some(({ body }) => body.includes(event));
          await until(isSeen, `the webhook ${event}`);
          await until(() => endpoint.log.includes(`webhook ${event}`, from), `${event} in the log`);
        }
        for (const { status, body } of webhooks.seen) assert.equal(status, 200, String(body));
        const { headers, body } = webhooks.seen[0];
        assert.equal(await deliver(headers, body), 200);
        for (const at of [0, Math.floor(body.length / 2), body.length - 1]) {
          const changed = Buffer.from(body);
          changed[at] ^= 1;
          assert.equal(await deliver(headers, changed), 401);
        }
        assert.equal(await deliver({ ...headers, 'x-pusher-key': 'another' }, body), 401);
      });
    }

    check(
      16,
      'an encrypted event is decrypted by pusher-js, and is not readable on the way',
      async (t) => {
        const { page, csrf_token, received: frames } = await visit(t, { user: 'alice' });
        await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } });
        assert.equal(await join(page, 'private-encrypted-lobby'), 'joined');
        await page.evaluate(() => {
          client.channel('private-encrypted-lobby').bind('news', (data) => received.push(data));
        });
        const data = { text: 'Grüezi "Alice" 👋', list: [1, null] };
        await trigger(language, app, 'private-encrypted-lobby', 'news', data);
        assert.deepEqual(await received(page, 1), [data]);
        const news = () => frames.find(({ event }) => event === 'news');
        await until(news, 'the frame');
        const { data: sent } = news();
        assert.deepEqual(Object.keys(JSON.parse(sent)).sort(), ['ciphertext', 'nonce']);
      },
    );

    check(17, 'a batch of events reaches its channels, the encrypted one included', async (t) => {
      const alice = await signedIn(t, 'alice');
      const channels = ['private-user-alice', 'presence-lobby', 'private-encrypted-lobby'];
      for (const name of channels) assert.equal(await join(alice, name), 'joined');
      await alice.evaluate((channels) => {
        for (const name of channels)
          client.channel(name).bind('batch', (data) => received.push([name, data]));
      }, channels);
      const signer = new Signer(app);
      const body = signer.eventsBody({
        batch: channels.map((channel, i) => ({
          name: 'batch',
          channel,
          data: i % 2 ? `{"i":${i}}` : { i },
        })),
      });
      const headers = { 'Content-Type': 'application/json' };
      const response = await fetch(signer.requestUrl('POST', '/batch_events', body), {
        method: 'POST',
        headers,
        body,
      });
      assert.equal(response.status, 200, await response.text());
      const seen = (await received(alice, 3)).sort(([, one], [, other]) => one.i - other.i);
      assert.deepEqual(
        seen,
        channels.map((name, i) => [name, { i }]),
      );
    });

    // The results are in docs/guide/users.md. Neither server lets pusher-js subscribe to the channel of
    // a user whose id Pusher rejects, but soketi delivers the events without a subscription.
    for (const [id, isDelivered, isTerminated] of [
      ['alice', true, true],
      ['auth0|abc123', !sockudo, Boolean(sockudo)],
      ['Ünal Ö', !sockudo, Boolean(sockudo)],
    ]) {
      const outcome = [
        `an event ${isDelivered ? 'arrives' : 'is rejected'}`,
        `connections ${isTerminated ? 'are' : 'are not'} terminated`,
      ];
      check(18, `user id ${id}: signed in, ${outcome.join(', ')}`, async (t) => {
        const { page } = await visit(t, { user: 'alice' });
        const signer = new Signer(app);
        await page.route('**/pusher/user-auth', async (route) => {
          const socketId = new URLSearchParams(route.request().postData()).get('socket_id');
          await route.fulfill({
            contentType: 'application/json',
            body: signer.authenticateUser(socketId, { id }),
          });
        });
        const send = (data) => sendToUser(language, app, id, 'news', data);
        assert.deepEqual(await signIn(page, {}), { user: { id } });
        if (isDelivered) {
          await send({ id });
          assert.deepEqual(await received(page, 1), [{ id }]);
        } else {
          await assert.rejects(
            send({ id }),
            /^(?=.*"status":400).*Channel name contains invalid characters/s,
          );
        }
        assert.equal(await page.evaluate(() => client.connection.state), 'connected');
        await terminateUserConnections(language, app, id);
        if (isTerminated) {
          await page.waitForFunction(() => client.connection.state === 'disconnected');
        } else {
          await send({ again: true });
          assert.deepEqual(await received(page, 2), [{ id }, { again: true }]);
        }
      });
    }

    check(19, 'a config from PUSHER_URL: the endpoint and the requests work', async (t) => {
      const url = pusherUrl(app);
      const other = await startEndpoint(language, { env: { PUSHER_URL: url } });
      const another = await startSite(app);
      try {
        another.attach(other, language);
        const { page, csrf_token } = await visit(t, { user: 'bob', origin: another.origin });
        assert.deepEqual(await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } }), {
          user: USERS.bob,
        });
        await page.waitForFunction(() => client.user.serverToUserChannel.subscribed);
        assert.equal(await join(page, 'private-user-bob'), 'joined');
        await sendToUser(language, url, 'bob', 'news', { by: 'URL' });
        assert.deepEqual(await received(page, 1), [{ by: 'URL' }]);
      } finally {
        another.stop();
        await stop(other);
      }
    });

    if (!sockudo) {
      check(
        20,
        'the demo empties the lobby after a termination, and shows who came and went',
        async (t) => {
          const [alice, bob] = await Promise.all(
            ['alice', 'bob'].map(async (user) => {
              const { page } = await visit(t);
              await page.getByRole('button', { name: `as ${user}` }).click();
              await page.waitForFunction(() => pusher?.user.serverToUserChannel?.subscribed);
              return page;
            }),
          );
          const members = (page, text) =>
            page.locator('#members').getByText(text, { exact: true }).waitFor();
          /** Waits until the list has an event with exactly these data. */
          const shown = (page, name, data) =>
            page
              .locator('#events li')
              .filter({ has: page.getByText(name, { exact: true }) })
              .filter({ has: page.getByText(JSON.stringify(data), { exact: true }) })
              .waitFor();
          const { name } = USERS.alice.user_info;
          const lobby = { channel: 'presence-lobby', user_id: 'bob' };
          await alice.getByRole('button', { name: 'Presence channel' }).click();
          await members(alice, name);
          await bob.getByRole('button', { name: 'Presence channel' }).click();
          await members(bob, `${name}, Bob`);
          await members(alice, `${name}, Bob`);
          await shown(alice, 'pusher:member_added', { id: 'bob', name: 'Bob' });
          await shown(alice, 'webhook', { name: 'member_added', ...lobby });

          await bob.getByLabel('To').selectOption('bob');
          await bob.getByRole('button', { name: 'Terminate their connections' }).click();
          await members(bob, 'not subscribed');
          assert.equal(await bob.locator('#name').textContent(), 'nobody');
          assert.equal(await bob.locator('#state').textContent(), 'disconnected');
          await members(alice, name);
          await shown(alice, 'pusher:member_removed', { id: 'bob', name: 'Bob' });
          await shown(alice, 'webhook', { name: 'member_removed', ...lobby });
          await picture(alice, `${language}-demo`); // docs/demo.png is the one of C
        },
      );
    }

    function check(number, title, run) {
      const name = `${language.padEnd(3)} ${number} ${title}`;
      test(
        name,
        { timeout: TIMEOUT },
        withLogs(() => [server, endpoint], run),
      );
    }

    /** Opens the site in a browser context with its own cookies, and logs `user` in if given. */
    async function visit(t, { user, origin = site.origin } = {}) {
      const context = await browser.newContext();
      t.after(() => context.close());
      context.setDefaultTimeout(TIMEOUT / 2);
      const page = await context.newPage();
      const [sent, received] = [[], []]; // frames
      page.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload)));
        socket.on('framereceived', ({ payload }) => received.push(JSON.parse(payload)));
      });
      const preflights = [];
      const devtools = await context.newCDPSession(page);
      await devtools.send('Network.enable');
      devtools.on('Network.responseReceived', ({ type, response }) => {
        const { status, url } = response;
        if (type === 'Preflight') preflights.push({ status, url });
      });

      await page.goto(origin);
      const csrf_token =
        user &&
        (await page.evaluate(async (user) => {
          const response = await fetch('/login', {
            method: 'POST',
            body: new URLSearchParams({ user }),
          });
          return (await response.json()).csrf_token;
        }, user));
      return { page, csrf_token, sent, received, preflights };
    }

    /** A page of its own with `user` signed in, ready to receive. */
    async function signedIn(t, user) {
      const { page, csrf_token } = await visit(t, { user });
      assert.deepEqual(await signIn(page, { headers: { 'X-CSRF-Token': csrf_token } }), {
        user: USERS[user],
      });
      await page.waitForFunction(() => client.user.serverToUserChannel.subscribed);
      return page;
    }

    /** Connects a pusher-js client in Node that has its own session. */
    async function nodeClient(t, user) {
      const login = await fetch(`${endpoint.origin}/login`, {
        method: 'POST',
        body: new URLSearchParams({ user }),
      });
      const { csrf_token } = await login.json();
      const [cookie] = login.headers.getSetCookie()[0].split(';');
      const client = new PusherClient(app.key, {
        ...clientOptions(app.port),
        userAuthentication: {
          endpoint: `${endpoint.origin}/pusher/user-auth`,
          headers: { Cookie: cookie, 'X-CSRF-Token': csrf_token },
        },
      });
      t.after(() => client.disconnect());
      await new Promise((resolve) => client.connection.bind('connected', resolve));
      return client;
    }
  });

// Node has no cookie jar: the clients send their cookie as a header, which must be allowed first.
const { createXHR } = PusherClient.Runtime;
PusherClient.Runtime.createXHR = () => {
  const xhr = createXHR.call(PusherClient.Runtime);
  xhr.setDisableHeaderCheck(true);
  return xhr;
};

/** Forwards soketi's webhooks to the `endpoint` under test, and keeps them with the status of each in `seen`. */
async function startWebhookRelay() {
  const relay = { endpoint: null, seen: [] };
  const listener = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const {
      'x-pusher-key': key,
      'x-pusher-signature': signature,
      'content-type': type,
    } = request.headers;
    const headers = { 'x-pusher-key': key, 'x-pusher-signature': signature, 'content-type': type };
    const status = await deliver(headers, body).catch(() => 502); // the endpoint has ended
    relay.seen.push({ headers, body, status });
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return Object.assign(relay, {
    url: `http://127.0.0.1:${listener.address().port}/`,
    stop: () => listener.close(),
  });
}

async function deliver(headers, body) {
  const response = await fetch(`${webhooks.endpoint}/pusher/webhook`, {
    method: 'POST',
    headers,
    body,
  });
  await response.text();
  return response.status;
}

/** Returns the channels that have subscribers, by the server's REST API. */
async function occupiedChannels() {
  const response = await fetch(new Signer(app).requestUrl('GET', '/channels', ''));
  return Object.keys((await response.json()).channels);
}

/** Subscribes to a channel: resolves to 'joined' or the error. */
function join(page, name) {
  return page.evaluate(
    (name) =>
      new Promise((resolve) => {
        const channel = client.subscribe(name);
        channel.bind('pusher:subscription_succeeded', () => resolve('joined'));
        channel.bind('pusher:subscription_error', ({ type, status }) => resolve({ type, status }));
        // Sockudo rejects a subscription with an error of the connection.
        client.connection.bind('error', (event) =>
          resolve({ rejected: (event.error ?? event).data }),
        );
      }),
    name,
  );
}

/** Takes a picture of the whole page. */
async function picture(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.setViewportSize({ width: 1000, height: 600 });
  await page.screenshot({ path: `${SCREENSHOTS}${server.name}-${name}.png`, fullPage: true });
}

/** Runs `run` for all items, `size` of them at a time, and returns the results. */
async function inGroups(items, size, run) {
  const results = [];
  for (let from = 0; from < items.length; from += size) {
    results.push(...(await Promise.all(items.slice(from, from + size).map(run))));
  }
  return results;
}

/** Returns the page's own member of a presence channel. */
function me(page, name = 'presence-lobby') {
  return page.evaluate((name) => client.channel(name).members.me, name);
}

/**
 * Signs a pusher-js client in on the page: resolves to the user or the error. The page has it as
 * `client` then, and the data of the user's events in `received`.
 */
function signIn(
  page,
  userAuthentication,
  port = app.port,
  channelAuthorization = { headers: userAuthentication.headers },
) {
  return page.evaluate(
    ({ key, options }) => {
      // Only an endpoint on another origin needs this.
      Pusher.Runtime.createXHR = () =>
        Object.assign(new XMLHttpRequest(), { withCredentials: true });
      window.received = [];
      window.client = new Pusher(key, options);
      return new Promise((resolve) => {
        client.bind('pusher:signin_success', async () => {
          await null; // pusher-js reads the user right after this
          resolve({ user: client.user.user_data });
        });
        client.user.bind('pusher:signin_error', (signin_error) => resolve({ signin_error }));
        client.user.bind('news', (data) => received.push(data));
        // An error of the server is the event itself. An error of the socket is a member of it.
        client.connection.bind('error', (event) =>
          resolve({ rejected: (event.error ?? event).data?.code }),
        );
        // pusher-js does not report a failure of JSONP.
        addEventListener(
          'error',
          ({ target }) => target.src && resolve({ script_failed: target.src }),
          { capture: true },
        );
        client.signin();
      });
    },
    {
      key: app.key,
      options: {
        ...clientOptions(port),
        userAuthentication,
        channelAuthorization: { endpoint: '/pusher/auth', ...channelAuthorization },
      },
    },
  );
}

function clientOptions(port) {
  return {
    wsHost: app.host,
    wsPort: port,
    cluster: '',
    forceTLS: false,
    enabledTransports: ['ws'],
  };
}

function across(endpoint) {
  return { endpoint: `${endpoint.origin}/pusher/user-auth` };
}

async function received(page, count) {
  await page.waitForFunction((count) => received.length >= count, count);
  return page.evaluate(() => received);
}

function socketId(page) {
  return page.evaluate(() => client.connection.socket_id);
}

function flipOneBit(auth) {
  const [key, signature] = auth.split(':');
  const bytes = Buffer.from(signature, 'hex');
  bytes[0] ^= 1;
  return `${key}:${bytes.toString('hex')}`;
}
