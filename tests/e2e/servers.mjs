// Starts the parts that take part, all on 127.0.0.1, and stops them again.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_LIMIT = 300_000; // ms; on a new machine an endpoint is compiled first
const STOP_GRACE = 8_000; // ms; soketi sometimes hangs when it is told to stop

const running = new Set();

// Whatever way this process ends, nothing that it started stays behind.
process.on('exit', () => running.forEach((server) => signal(server, 'SIGKILL')));
for (const [name, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
  process.on(name, () => process.exit(status));
}

/** What the other parts call "the config". */
export async function newApp() {
  // The prefixes keep soketi from reading an all-digit key as a number.
  const key = `key-${randomBytes(10).toString('hex')}`;
  const secret = `secret-${randomBytes(20).toString('hex')}`;
  const encryptionMasterKeyBase64 = randomBytes(32).toString('base64');
  return { appId: 'demo', key, secret, encryptionMasterKeyBase64, host: '127.0.0.1', port: await freePort(), useTLS: false };
}

export async function startSoketi(app, webhookUrl) {
  const event_types = ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event'];
  return start('soketi', ['node', 'tests/e2e/node_modules/@soketi/soketi/bin/server.js', 'start'], {
    SOKETI_HOST: app.host,
    SOKETI_PORT: app.port,
    SOKETI_DEFAULT_APP_ID: app.appId,
    SOKETI_DEFAULT_APP_KEY: app.key,
    SOKETI_DEFAULT_APP_SECRET: app.secret,
    SOKETI_DEFAULT_APP_USER_AUTHENTICATION: true,
    SOKETI_DEFAULT_APP_ENABLE_CLIENT_MESSAGES: true,
    SOKETI_DEFAULT_APP_WEBHOOKS: JSON.stringify([{ url: webhookUrl, event_types }]),
    SOKETI_USER_AUTHENTICATION_TIMEOUT: 3_600_000,
    SOKETI_SHUTDOWN_GRACE_PERIOD: 0,
    // Also where metrics are off it listens for them, on every interface.
    SOKETI_METRICS_HOST: app.host,
    SOKETI_METRICS_SERVER_PORT: await freePort(),
    // Otherwise it looks for other instances by broadcast.
    SOKETI_CLUSTER_HOST: app.host,
    SOKETI_CLUSTER_BROADCAST_ADDRESS: app.host,
    SOKETI_CLUSTER_UNICAST_ADDRESSES: app.host,
    SOKETI_CLUSTER_PORT: await freePort(),
  }, () => answers(`http://${app.host}:${app.port}/`));
}

export async function startSockudo(app, program) {
  return start('sockudo', [program], {
    HOST: app.host,
    PORT: app.port,
    METRICS_ENABLED: false,
    ADAPTER_DRIVER: 'local',
    CACHE_DRIVER: 'memory',
    QUEUE_DRIVER: 'memory',
    RATE_LIMITER_ENABLED: false,
    SOCKUDO_DEFAULT_APP_ID: app.appId,
    SOCKUDO_DEFAULT_APP_KEY: app.key,
    SOCKUDO_DEFAULT_APP_SECRET: app.secret,
    SOCKUDO_DEFAULT_APP_ENABLED: true,
    SOCKUDO_DEFAULT_APP_ENABLE_USER_AUTHENTICATION: true,
  }, () => answers(`http://${app.host}:${app.port}/up`));
}

/** `make serve-c`, -cpp, -go or -php; the server returned has its `origin`. */
export async function startEndpoint(language, app, allowedOrigins, sameSite = '') {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = await start(`endpoint in ${language}`, ['make', '--silent', `serve-${language}`], {
    PUSHER_CONFIG: JSON.stringify(app),
    ALLOWED_ORIGINS: allowedOrigins.join(),
    COOKIE_SAMESITE: sameSite,
    PORT: port,
    MAKEFLAGS: '', // those of the make that runs us are not for this one
  }, (server) => server.log.includes(`listening on ${origin}`));
  return Object.assign(server, { origin });
}

/** A request to the server's REST API, signed and sent by `make request-c`, -cpp, -go or -php. Returns its answer. */
export async function request(language, app, method, path, body) {
  const child = spawn('make', ['--silent', `request-${language}`], {
    cwd: ROOT,
    env: { ...process.env, PUSHER_CONFIG: JSON.stringify(app), METHOD: method, REQUEST: path, BODY: JSON.stringify(body), MAKEFLAGS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { said[name] += text; });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${method} ${path} in ${language}: ${said.stderr}`);
  return said.stdout;
}

/** An event for one user, as the official libraries' sendToUser. */
export function sendToUser(language, app, user, name, data) {
  const event = { name, channels: [`#server-to-user-${user}`], data: JSON.stringify(data) };
  return request(language, app, 'POST', '/events', event);
}

export function terminateUserConnections(language, app, user) {
  return request(language, app, 'POST', `/users/${user}/terminate_connections`, {});
}

/** A plain TCP proxy whose connections can be cut, as a network does. */
export async function startCuttable(port) {
  const sockets = new Set();
  const listener = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [[near, far], [far, near]]) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => {}).on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: listener.address().port,
    cut,
    stop() {
      listener.close();
      cut();
    },
  };
}

export async function stop(server) {
  signal(server, 'SIGTERM');
  await Promise.race([server.ended, sleep(STOP_GRACE, undefined, { ref: false })]);
  signal(server, 'SIGKILL');
  running.delete(server);
}

async function start(name, [program, ...args], env, isReady) {
  // detached: a process group of its own, so that what it starts in turn is stopped with it.
  const child = spawn(program, args, {
    cwd: ROOT, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = { name, pid: child.pid, stdout: child.stdout, stderr: child.stderr, log: '', ended: once(child, 'close') };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { server.log += text; });
  }
  let ended = false;
  server.ended.then(() => { ended = true; }, (error) => { ended = true; server.log += error; });
  if (child.pid) running.add(server);

  for (const limit = Date.now() + START_LIMIT; !(await isReady(server)); await sleep(50)) {
    if (ended || Date.now() > limit) {
      if (child.pid) await stop(server);
      throw new Error(`${name} did not start. What it said:\n${server.log}`);
    }
  }
  return server;
}

function signal(server, name) {
  try {
    process.kill(-server.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // already gone
  }
}

async function answers(url) {
  return fetch(url).then((response) => response.ok, () => false);
}

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}
