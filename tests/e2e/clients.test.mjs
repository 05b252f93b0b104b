// Tests docs/guide/front-end.md and its code: pages, workers and endpoints on the origins that it
// names, in Chromium with third-party cookies allowed and blocked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { launchProfile } from './browser.mjs';
import {
  LANGUAGES,
  newApp,
  startEndpoint,
  startSoketi,
  stop,
  until,
  withLogs,
} from '../launcher.mjs';
import { startSites } from './sites.mjs';

const TIMEOUT = 120_000; // ms; only tests that hang take this long
const PAGE = 'https://app.example.com';
const SIGNED_IN = { user: 'alice', channel: 'joined' };

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const blocks = (text, language) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code]) =>
    name === language ? [code] : [],
  );
const guide = read('docs/guide/front-end.md');
const [
  headers,
  params,
  headersProvider,
  bearer,
  createXHR,
  customHandler,
  login,
  jsonp,
  worker,
  echo,
  echoBearer,
  echoDefaults,
  ...more
] = blocks(guide, 'js');
const [imports, listening, selfHosted, ...others] = blocks(guide, 'javascript');
assert.deepEqual([...more, ...others], [], 'docs/guide/front-end.md has code that no test runs');

const app = { ...(await newApp()), key: 'APP_KEY' };
const server = await startSoketi(app, 'http://127.0.0.1:1/'); // no server receives its webhooks
const sites = await startSites(app, blocks(guide, 'html').join(''));
const browsers = {
  allowed: await launchProfile(sites.port, false),
  blocked: await launchProfile(sites.port, true),
};
for (const { context } of Object.values(browsers)) await context.addInitScript(watch);

after(async () => {
  await Promise.all(Object.values(browsers).map((browser) => browser.close()));
  await stop(server);
  sites.stop();
});

// The page's table: the settings that each way requires at each place, and the errors without them.
const PLACES = {
  'the same origin': PAGE,
  'the same site': 'https://auth.example.com',
  'another site': 'https://auth.example.org',
};
const WAYS = {
  'AJAX, cookie': (given, { csrf_token }) => ({
    headers: { 'X-CSRF-Token': csrf_token },
    credentials: given.has('credentials') && 'createXHR',
  }),
  'JSONP, cookie': (given, { csrf_token }) => ({ transport: 'jsonp', params: { csrf_token } }),
  'AJAX, access token': (given, { access_token }) => ({
    headers: { Authorization: `Bearer ${access_token}` },
  }),
  'worker, cookie': (given, { csrf_token }) => ({
    inWorker: true,
    headers: { 'X-CSRF-Token': csrf_token },
    params: { csrf_token },
    credentials: given.has('credentials') ? 'customHandler' : 'createXHR',
  }),
  'worker, access token': (given, { access_token }) => ({
    inWorker: true,
    headers: { Authorization: `Bearer ${access_token}` },
  }),
};
const FAILURES = { origins: /^(0|Failed to fetch)$/, credentials: /403/, SameSite: /403|^script$/ };
const table = readTable();

test('Chromium blocks third-party cookies, or not', { timeout: TIMEOUT }, async () => {
  for (const [cookies, { context }] of Object.entries(browsers)) {
    await context.clearCookies();
    const page = await context.newPage();
    await page.goto(PAGE);
    const ask = () =>
      page.evaluate(
        async (url) => (await fetch(url, { credentials: 'include' })).json(),
        'https://auth.example.org/cookie',
      );
    assert.equal(await ask(), '');
    assert.equal(await ask(), cookies === 'allowed' ? 'third-party=yes' : '');
    await page.close();
  }
});

test(
  'pusher-js from npm, bundled, connects to a self-hosted server',
  { timeout: TIMEOUT },
  async () => {
    const browser = await launchProfile(server.port, false); // every site is the server
    const page = await browser.context.newPage();
    for (const line of imports.trim().split('\n')) {
      const contents = `${line}\nwindow.Pusher = Pusher;`;
      const resolveDir = fileURLToPath(new URL('..', import.meta.url));
      const bundle = buildSync({ stdin: { contents, resolveDir }, bundle: true, write: false });
      await page.goto('http://app.example.com/');
      await page.addScriptTag({ content: bundle.outputFiles[0].text });
      await page.addScriptTag({ content: selfHosted });
      await page.waitForFunction(() => pusher.connection.state === 'connected');
      const decrypts = await page.evaluate(() => {
        try {
          return Boolean(pusher.subscribe('private-encrypted-lobby'));
        } catch {
          return false;
        }
      });
      assert.equal(decrypts, line.includes('with-encryption'), line);
    }
    await browser.close();
  },
);

for (const language of process.env.ENDPOINTS?.split(' ') ?? LANGUAGES)
  describe(language, () => {
    const endpoints = {};

    before(async () => {
      for (const origins of [[], [PAGE]]) {
        for (const sameSite of ['', 'None']) {
          const env = {
            PUSHER_CONFIG: JSON.stringify(app),
            ALLOWED_ORIGINS: origins.join(),
            COOKIE_SAMESITE: sameSite,
          };
          endpoints[[origins, sameSite]] = await startEndpoint(language, { env });
        }
      }
    });
    after(() => Promise.all(Object.values(endpoints).map(stop)));

    for (const [cookies, { context }] of Object.entries(browsers)) {
      for (const [place, origin] of Object.entries(PLACES)) {
        for (const way of Object.keys(WAYS)) {
          const needs = table[place][way];
          check(
            `${place}, ${way}, third-party cookies ${cookies}: with ${[...needs].join(', ') || 'nothing more'}, and with no less`,
            async () => {
              assert.deepEqual(await attempt(context, { origin, way, given: needs }), SIGNED_IN);
              for (const left of needs) {
                const given = new Set([...needs].filter((need) => need !== left));
                assert.match(
                  (await attempt(context, { origin, way, given })).failed,
                  FAILURES[left],
                  `without ${left}`,
                );
              }
            },
          );
        }
      }

      check(
        `third-party cookies ${cookies}: who has logged in on another site itself is nobody on this page, and is it on the same site`,
        async () => {
          for (const [place, failed] of [
            ['the same site', undefined],
            ['another site', '403'],
          ]) {
            const given = new Set(['origins', 'credentials', 'SameSite']);
            const outcome = await attempt(context, {
              origin: PLACES[place],
              way: 'AJAX, cookie',
              given,
              loginPage: PLACES[place],
            });
            assert.deepEqual(outcome, failed ? { failed } : SIGNED_IN, place);
          }
        },
      );

      for (const [name, code, option] of [
        ['createXHR', createXHR],
        ['a customHandler', customHandler],
        ['an access token', bearer, { forgetsCookies: true }],
        ['JSONP', jsonp],
        ['Echo with an access token', echoBearer, { forgetsCookies: true }],
      ]) {
        check(`code for another site, third-party cookies ${cookies}: ${name}`, async () => {
          const page = await visit(context, new Set(['origins', 'SameSite']));
          await page.evaluate(
            `(async () => { ${login}; Object.assign(window, { csrf_token, access_token }) })()`,
          );
          if (option?.forgetsCookies) await context.clearCookies();
          await page.addScriptTag({ content: code });
          assert.deepEqual(await outcomeOf(page), SIGNED_IN);
          await page.close();
        });
      }
    }

    const { context } = browsers.blocked;
    for (const [name, code] of [
      ['headers', headers],
      ['params', params],
      ['headersProvider', headersProvider],
      ['Echo', echo],
      ['Echo with its own paths', echoDefaults],
    ]) {
      check(`code for the same origin: ${name}`, async () => {
        const page = await visit(context, new Set());
        await logIn(page, PAGE);
        await page.addScriptTag({ content: code });
        assert.deepEqual(await outcomeOf(page), SIGNED_IN);
        await page.close();
      });
    }

    check(
      'a new session while the page is open: headersProvider and paramsProvider have its token, headers has not',
      async () => {
        const paramsProvider = headersProvider
          .replaceAll('headersProvider', 'paramsProvider')
          .replace("'X-CSRF-Token'", 'csrf_token');
        for (const [code, again] of [
          [headersProvider, SIGNED_IN],
          [paramsProvider, SIGNED_IN],
          [headers, { failed: '403' }],
        ]) {
          const page = await visit(context, new Set());
          await logIn(page, PAGE);
          await page.addScriptTag({ content: code });
          assert.deepEqual(await outcomeOf(page), SIGNED_IN);
          await logIn(page, PAGE);
          await page.evaluate(() => {
            outcome = new Promise((resolve) => {
              report = resolve;
            });
            pusher.disconnect();
            pusher.unsubscribe('private-user-alice'); // otherwise pusher-js would authorize it too
            pusher.connect();
          });
          assert.deepEqual(await outcomeOf(page), again);
          await page.close();
        }
      },
    );

    check('code that listens for the outcome', async () => {
      for (const [isValid, patterns] of [
        [true, [/^signed in as .*alice/, /^subscribed/]],
        [false, [/^not signed in 403/, /^not subscribed 403/]],
      ]) {
        const page = await visit(context, new Set());
        const messages = [];
        page.on('console', (message) => messages.push(message.text()));
        const { csrf_token } = await logIn(page, PAGE);
        const headers = { 'X-CSRF-Token': isValid ? csrf_token : 'x' };
        await page.evaluate((options) => Object.assign(window, { options }), {
          cluster: 'eu',
          userAuthentication: { endpoint: '/pusher/user-auth', headers },
          channelAuthorization: { endpoint: '/pusher/auth', headers },
        });
        await page.addScriptTag({ content: listening });
        for (const pattern of patterns) {
          await until(() => messages.some((message) => pattern.test(message)), pattern);
        }
        await page.close();
      }
    });

    check('code for a worker', async () => {
      const page = await visit(context, new Set());
      assert.deepEqual(await runWorker(page, worker, await logIn(page, PAGE)), SIGNED_IN);
      await page.close();
    });

    check('JSONP sends no access token, and is not there in a worker', async () => {
      const page = await visit(context, new Set(['origins', 'SameSite']));
      const { csrf_token, access_token } = await logIn(page, PAGE);
      await context.clearCookies();
      const options = {
        origin: PAGE,
        transport: 'jsonp',
        headers: { Authorization: `Bearer ${access_token}` },
        params: { csrf_token },
      };
      await page.evaluate(connect, options);
      assert.deepEqual(await outcomeOf(page), { failed: 'script' });
      assert.match(
        (await runWorker(page, workerOf(connect), options)).failed,
        /'jsonp' is not a recognized auth transport/,
      );
      await page.close();
    });

    function check(title, run) {
      const servers = () => [server, ...Object.values(endpoints)];
      test(`${language.padEnd(3)} ${title}`, { timeout: TIMEOUT }, withLogs(servers, run));
    }

    /** A fresh page, before an endpoint that is set up as `given` says. */
    async function visit(context, given, origin = PAGE) {
      sites.endpoint =
        endpoints[[given.has('origins') ? [PAGE] : [], given.has('SameSite') ? 'None' : '']].origin;
      await context.clearCookies();
      const page = await context.newPage();
      await page.goto(origin);
      return page;
    }

    /** Logs in at the endpoint on `origin`, signs in there, and says how that ended. */
    async function attempt(context, { origin, way, given, loginPage = PAGE }) {
      const page = await visit(context, given, loginPage);
      const tokens = await logIn(page, origin);
      if (way.endsWith('token')) await context.clearCookies();
      if (loginPage !== PAGE) await page.goto(PAGE);
      const { inWorker, ...options } = { origin, ...WAYS[way](given, tokens) };
      const outcome = inWorker
        ? await runWorker(page, workerOf(connect), options)
        : await page.evaluate(connect, options).then(() => outcomeOf(page));
      await page.close();
      return outcome;
    }
  });

// ---- In the browser ----

/** Sets `outcome` to the result of the page's sign-in and of the subscription to the user's channel. */
function watch() {
  self.outcome = new Promise((resolve) => {
    self.report = resolve;
  });
  self.document?.addEventListener(
    'error',
    ({ target }) => target.src && report({ failed: 'script' }),
    { capture: true },
  );
  let Watched;
  Object.defineProperty(self, 'Pusher', {
    get: () => Watched,
    set(Pusher) {
      Watched = new Proxy(Pusher, {
        construct(_, args) {
          const client = new Pusher(...args);
          client.user.bind('pusher:signin_error', ({ status, error }) =>
            report({ failed: String(status ?? error) }),
          );
          client.connection.bind('error', (event) =>
            report({ failed: `connection: ${JSON.stringify(event.error ?? event)}` }),
          );
          client.bind('pusher:signin_success', ({ user_data }) => {
            const user = JSON.parse(user_data).id;
            const channel = client.subscribe(`private-user-${user}`);
            channel.bind('pusher:subscription_succeeded', () =>
              report({ user, channel: 'joined' }),
            );
            channel.bind('pusher:subscription_error', ({ status, error }) =>
              report({ user, channel: status ?? error }),
            );
          });
          return client;
        },
      });
    },
  });
}

/** Signs in with the endpoint on `origin`. */
function connect({ origin, transport = 'ajax', headers, params, credentials }) {
  const ask = async (path, more, done) => {
    try {
      const response = await fetch(origin + path, {
        method: 'POST',
        credentials: 'include',
        body: new URLSearchParams({ ...more, ...params }),
      });
      if (!response.ok) throw new Error(response.status);
      done(null, await response.json());
    } catch (error) {
      done(error, null);
    }
  };
  const way = (path) =>
    credentials !== 'customHandler'
      ? { endpoint: origin + path, transport, headers, params }
      : {
          customHandler: ({ socketId: socket_id, channelName }, done) =>
            ask(path, { socket_id, ...(channelName && { channel_name: channelName }) }, done),
        };
  if (credentials === 'createXHR')
    Pusher.Runtime.createXHR = () => Object.assign(new XMLHttpRequest(), { withCredentials: true });
  new Pusher('APP_KEY', {
    cluster: 'eu',
    userAuthentication: way('/pusher/user-auth'),
    channelAuthorization: way('/pusher/auth'),
  }).signin();
}

const workerOf = (run) =>
  `importScripts('https://js.pusher.com/8.6.0/pusher.worker.min.js');\nonmessage = ({ data }) => { (${run})(data); };`;

// ---- Around it ----

function outcomeOf(page) {
  return page.evaluate(() => outcome);
}

/** Runs `code` in a worker of the page, posts `message` to it, and resolves to the outcome. */
function runWorker(page, code, message) {
  sites.worker = `(${watch})();\noutcome.then(postMessage);\n${code}`;
  return page.evaluate(
    (message) =>
      new Promise((resolve) => {
        const worker = new Worker('/worker.js');
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => resolve({ failed: event.message });
        worker.postMessage(message);
      }),
    message,
  );
}

/**
 * Logs the page in at the endpoint on `origin`. Resolves to the tokens, and sets them on the page, even
 * if it cannot read the response: its own server could pass them on.
 */
async function logIn(page, origin) {
  sites.logins.length = 0;
  await page.evaluate(
    (url) =>
      fetch(url, {
        method: 'POST',
        mode: 'no-cors',
        credentials: 'include',
        body: new URLSearchParams({ user: 'alice' }),
      }).catch(() => {}),
    `${origin}/login`,
  );
  await until(() => sites.logins.length > 0, 'the login');
  const [tokens] = sites.logins;
  await page.evaluate((tokens) => {
    Object.assign(window, tokens);
    document.querySelector('meta[name=csrf-token]').content = tokens.csrf_token;
  }, tokens);
  return tokens;
}

/** README's table: the needs of each way, by the place of the endpoint. */
function readTable() {
  const [head, , ...rows] = guide
    .match(/^\| the endpoint is on \|.*(\n\|.*)+/m)[0]
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const needs = (cell) => new Set(cell === '–' ? [] : cell.split(', '));
  const parsed = Object.fromEntries(
    rows.map(([place, ...cells]) => [
      place.replace(/[:(].*/, '').trim(),
      Object.fromEntries(cells.map((cell, i) => [head[i + 1], needs(cell)])),
    ]),
  );
  assert.deepEqual(Object.keys(parsed), Object.keys(PLACES));
  for (const row of Object.values(parsed)) {
    assert.deepEqual(Object.keys(row), Object.keys(WAYS));
    for (const need of Object.values(row).flatMap((needs) => [...needs]))
      assert.ok(need in FAILURES, need);
  }
  return parsed;
}
