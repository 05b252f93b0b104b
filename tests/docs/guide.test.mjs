// Runs what the guide shows for a shell, nginx, Caddy, CMake and Meson, as it is in the pages. Only
// addresses, ports and files are replaced.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  inherited,
  LANGUAGES,
  RELEASE,
  ROOT,
  startEndpoint,
  startServer,
  stop,
  until,
  withLogs,
} from '../launcher.mjs';

const TIMEOUT = 300_000; // ms; only tests that hang take this long
const CONFIG = { appId: '3', key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8' };

const page = (name) => readFileSync(`${ROOT}${name}`, 'utf8');

/** The code blocks of a section, or of the whole page, in a language. */
function blocks(text, language, heading) {
  const section = heading ? text.split(`\n${heading}\n`)[1].split(/\n##+ /)[0] : text;
  return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code);
}

const [example] = blocks(page('README.md'), 'c');
const response = `${page('README.md').match(/^\{"auth":.*$/m)[0]}\n`;
const folder = mkdtempSync(`${tmpdir()}/pusher-auth-docs-`);
chmodSync(folder, 0o755); // nginx's workers are another user
after(() => rmSync(folder, { recursive: true, maxRetries: 3 }));

const execute = promisify(execFile);

/** Runs a script, which stops at the first error. Resolves to what it prints. */
async function sh(script, { cwd = folder, env = {} } = {}) {
  const { stdout } = await execute('sh', ['-euc', script], { cwd, env: { ...inherited, ...env } });
  return stdout;
}

/** A test with a server of its own. A failure shows its log, and those of `others`. */
function check(title, start, run, others = () => []) {
  let server;
  const servers = () => [server, ...others()];
  const whole = async () => {
    server = await start();
    await run(server).finally(() => {
      process.kill(-server.pid); // what make has started, too
      return stop(server);
    });
  };
  test(title, { timeout: TIMEOUT }, withLogs(servers, whole));
}

// ---- docs/guide/endpoints.md ----

const endpoints = page('docs/guide/endpoints.md');

/** Starts what a `make` line of the page starts, in another language and on a free port. */
async function startMake(line, language) {
  const [, target] = line.match(/^make (\w+)-c PORT=8000\n$/);
  const command = (port) => ['make', `${target}-${language}`, `PORT=${port}`];
  const server = await startServer(`make ${target}-${language}`, command, { env: {} });
  // nginx listens before PHP does. The minimal examples have no log.
  const listening = `listening on ${server.origin}`;
  if (target === 'serve') await until(() => server.log.includes(listening), listening);
  return server;
}

for (const language of LANGUAGES) {
  const [startMinimal, request] = blocks(endpoints, 'sh', '## Try a minimal example');
  check(
    `endpoints.md, ${language}: the minimal example responds as Pusher documents`,
    () => startMake(startMinimal, language),
    async (server) => assert.equal(await sh(quiet(request, server)), response.trim()),
  );

  const [startFull, requests] = blocks(endpoints, 'sh', '## Try a full example');
  check(
    `endpoints.md, ${language}: the full example takes the cookie and the access token`,
    () => startMake(startFull, language),
    async (server) => {
      const cwd = mkdtempSync(`${folder}/full-`);
      const [login, rest] = quiet(requests, server).split('csrf_token=…');
      const tokens = JSON.parse(await sh(login, { cwd }));
      assert.equal(tokens.id, 'alice');
      const script = `csrf_token=${tokens.csrf_token}${rest}`.replace(
        'access_token=…',
        `access_token=${tokens.access_token}`,
      );
      const [byCookie, byToken, channel, ...more] = (await sh(script, { cwd }))
        .split(/(?<=\})(?=\{"auth")/)
        .map(JSON.parse);
      assert.deepEqual(more, []);
      assert.deepEqual(byToken, byCookie);
      assert.equal(JSON.parse(byCookie.user_data).id, 'alice');
      assert.equal(byCookie.auth, auth(`1234.1234::user::${byCookie.user_data}`));
      assert.equal(channel.auth, auth(`1234.1234:presence-lobby:${channel.channel_data}`));
    },
  );
}

const quiet = (script, { port }) =>
  script.replaceAll('curl ', 'curl -sS ').replaceAll(':8000', `:${port}`);

const hmac = (text) => createHmac('sha256', CONFIG.secret).update(text).digest('hex');
const auth = (text) => `${CONFIG.key}:${hmac(text)}`;

// ---- docs/guide/requests.md ----

for (const language of LANGUAGES)
  test(`requests.md, ${language}: the commands send requests`, { timeout: TIMEOUT }, async (t) => {
    const seen = [];
    const server = createServer((received, sent) => {
      seen.push(`${received.method} ${received.url.split('?')[0]}`);
      received.resume().on('end', () => sent.end('{"ok":true}'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const app = { ...CONFIG, host: '127.0.0.1', port: server.address().port, useTLS: false };
    const [commands] = blocks(page('docs/guide/requests.md'), 'sh');
    const program =
      language === 'php'
        ? 'php -d ffi.enable=true examples/php/request.php'
        : `"${RELEASE}/request-${language}"`;
    const script = commands
      .replaceAll('target/release/request-c', program)
      .replace('request-c ', `request-${language} `);
    const env = { PUSHER_CONFIG: JSON.stringify(app), LD_LIBRARY_PATH: RELEASE };
    const printed = await sh(script, { cwd: ROOT, env });
    assert.deepEqual(seen, [
      'GET /apps/3/channels',
      'POST /apps/3/events',
      'POST /apps/3/events',
      'POST /apps/3/users/alice/terminate_connections',
    ]);
    assert.equal(printed.match(/^200\b/gm).length, 4);
    assert.equal(printed.match(/^\{"ok":true\}$/gm).length, 4);
  });

// ---- docs/guide/production.md and front-end.md: web servers in front ----

const production = page('docs/guide/production.md');

describe('a web server in front', { timeout: TIMEOUT }, () => {
  let endpoint;
  before(async () => {
    endpoint = await startEndpoint('c', { env: { PUSHER_CONFIG: JSON.stringify(CONFIG) } });
  });
  after(() => stop(endpoint));
  const checkFront = (title, start, run) => check(title, start, run, () => [endpoint]);

  test('production.md: the health check', async () => {
    const [, curl] = production.match(/`(curl [^`]*)`/);
    assert.equal(await sh(`${quiet(curl, endpoint)} -o health -w '%{http_code}'`), '200');
    await assert.rejects(sh(quiet(curl, { port: 1 })));
  });

  checkFront(
    'production.md: nginx passes three paths on, and limits visitors',
    () => {
      const certificate =
        '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x';
      const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`];
      execFileSync('openssl', ['req', ...certificate.split(' '), ...files], { stdio: 'ignore' });
      const [site] = blocks(production, 'nginx');
      return startNginx((port) =>
        site
          .replace('127.0.0.1:8000', `127.0.0.1:${endpoint.port}`)
          .replace('listen 443', `listen 127.0.0.1:${port}`)
          .replace('/etc/ssl/certs/auth.example.com.pem', `${folder}/cert.pem`)
          .replace('/etc/ssl/private/auth.example.com.key', `${folder}/key.pem`)
          .replace('/dev/stdout', `${folder}/access.log`),
      );
    },
    async ({ port }) => {
      const origin = `https://127.0.0.1:${port}`;
      await checkPaths(origin, 413);

      const many = Array.from({ length: 60 }, () => ask(origin));
      assert.deepEqual(new Set(await Promise.all(many)), new Set([403, 429]));

      await ask(origin, { path: '/pusher/auth?csrf_token=hidden', method: 'GET' });
      const log = readFileSync(`${folder}/access.log`, 'utf8');
      assert.match(log, /^127\.0\.0\.1 GET \/pusher\/auth [0-9]{3} [0-9.]+$/m);
      assert.doesNotMatch(log, /hidden/);
    },
  );

  checkFront(
    'front-end.md: nginx passes the paths of Laravel Echo on',
    () => {
      const [locations] = blocks(page('docs/guide/front-end.md'), 'nginx');
      const here = locations.replaceAll(':8000', `:${endpoint.port}`);
      return startNginx((port) => `server { listen 127.0.0.1:${port}; ${here} }`);
    },
    async ({ origin }) => {
      assert.equal(await ask(origin, { path: '/broadcasting/user-auth' }), 403);
      assert.equal(await ask(origin, { path: '/broadcasting/auth' }), 403);
      assert.equal(await ask(origin, { path: '/pusher/auth' }), 404);
    },
  );

  checkFront(
    'production.md: Caddy passes three paths on',
    () => {
      const [site] = blocks(production, 'caddy');
      const command = (port) => {
        const here = site
          .replace('auth.example.com', `http://127.0.0.1:${port}`)
          .replace(':8000', `:${endpoint.port}`);
        writeFileSync(`${folder}/Caddyfile`, `{\n\tadmin off\n}\n${here}`);
        return ['caddy', 'run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`];
      };
      return startServer('caddy', command, { env: { HOME: folder } });
    },
    ({ origin }) => checkPaths(origin, 502), // Caddy 2.6 says so if a request is too large
  );

  function startNginx(config) {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const paths = temporary.map((one) => `${one}_temp_path ${folder}/${one};`).join(' ');
    const command = (port) => {
      const text = `daemon off; pid ${folder}/nginx.pid; error_log stderr crit; events {}
        http { access_log off; ${paths}\n${config(port)}}`;
      writeFileSync(`${folder}/nginx.conf`, text);
      return ['nginx', '-c', `${folder}/nginx.conf`, '-e', 'stderr'];
    };
    return startServer('nginx', command, { env: {} });
  }

  /** The endpoint rejects who is not logged in, and verifies webhooks. Other paths do not reach it. */
  async function checkPaths(origin, tooLarge) {
    assert.equal(await ask(origin, { path: '/pusher/user-auth' }), 403);
    assert.equal(await ask(origin, { path: '/pusher/auth' }), 403);
    assert.equal(await ask(origin, { path: '/login', body: 'user=alice' }), 404);
    assert.equal(await ask(origin, { path: '/health', method: 'GET' }), 404);
    for (const [size, status] of [
      [200_000, 200],
      [300_000, tooLarge],
    ]) {
      const body = JSON.stringify({ time_ms: Date.now(), events: [], padding: 'x'.repeat(size) });
      const headers = { 'X-Pusher-Key': CONFIG.key, 'X-Pusher-Signature': hmac(body) };
      const path = '/pusher/webhook';
      const type = { 'Content-Type': 'application/json' };
      assert.equal(
        await ask(origin, { path, body, headers: { ...headers, ...type } }),
        status,
        size,
      );
    }
  }
});

/** Resolves to the status of the response. */
async function ask(origin, { path = '/pusher/auth', method = 'POST', body = '', headers } = {}) {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  if (origin.startsWith('http:')) {
    const options = { method, headers: headers ?? form, ...(method === 'POST' && { body }) };
    return (await fetch(origin + path, options)).status;
  }
  const options = { method, headers: headers ?? form, rejectUnauthorized: false };
  const sent = request(origin + path, options);
  sent.end(body);
  const [received] = await once(sent, 'response');
  received.resume();
  return received.statusCode;
}

// ---- docs/guide/installing.md ----

describe('installing.md', { timeout: TIMEOUT }, () => {
  const installing = page('docs/guide/installing.md');
  const home = `${folder}/home`;
  const pkgConfig = { PKG_CONFIG_PATH: `${home}/.local/lib/pkgconfig` };
  before(async () => {
    mkdirSync(home);
    writeFileSync(`${folder}/server.c`, example);
    const [, install] = installing.match(/With `(make install PREFIX=\$HOME\/\.local)`/);
    await sh(install.replaceAll('$HOME', home), { cwd: ROOT });
  });

  const [, prefix, linkedStatically, fullyStatic] = blocks(installing, 'sh', '## make');
  for (const [title, script] of Object.entries({
    'a private prefix': prefix,
    'only this library static': linkedStatically,
    'a fully static program': fullyStatic,
  }))
    test(title, async () => {
      const here = script.trimEnd().replaceAll('$HOME', home);
      const env = script === prefix ? {} : pkgConfig;
      assert.equal(await sh(`${here}\n./a.out`, { env }), response);
    });

  const [find, fetched] = blocks(installing, 'cmake');
  const project = 'cmake_minimum_required(VERSION 3.25)\nproject(server C)\n';
  test('CMake, with an installed library', async () => {
    const cwd = mkdtempSync(`${folder}/cmake-`);
    copyFileSync(`${folder}/server.c`, `${cwd}/server.c`);
    writeFileSync(`${cwd}/CMakeLists.txt`, `${project}add_executable(server server.c)\n${find}`);
    const configure = `cmake -S . -B build -DCMAKE_PREFIX_PATH=${home}/.local`;
    assert.ok(
      (await sh(`${configure} && cmake --build build && build/server`, { cwd })).endsWith(response),
    );
  });

  test('CMake, with the sources: configured only, since tests/packages builds it', async () => {
    const cwd = mkdtempSync(`${folder}/cmake-`);
    copyFileSync(`${folder}/server.c`, `${cwd}/server.c`);
    const local = fetched.replace(/URL \S+\)/, `SOURCE_DIR "${ROOT}")`);
    assert.notEqual(local, fetched);
    writeFileSync(`${cwd}/CMakeLists.txt`, `${project}add_executable(server server.c)\n${local}`);
    await sh('cmake -S . -B build', { cwd });
  });

  test('Meson', async () => {
    const cwd = mkdtempSync(`${folder}/meson-`);
    copyFileSync(`${folder}/server.c`, `${cwd}/server.c`);
    const [build] = blocks(installing, 'meson');
    writeFileSync(`${cwd}/meson.build`, `project('server', 'c')\n${build}`);
    const [, setup] = installing.match(/`PKG_CONFIG_PATH=\S+ (meson setup build)`/);
    const script = `${setup} && meson compile -C build && build/server`;
    assert.ok((await sh(script, { cwd, env: pkgConfig })).endsWith(response));
  });
});
