// Starts the servers that the Node suites talk to, on free ports of the loopback interface, and
// stops them. It neither builds nor installs: the error for a missing program names the command.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const LANGUAGES = ['c', 'cpp', 'go', 'php'];

// Only servers that hang reach these limits.
const START_LIMIT = 60_000; // ms
const EVENT_LIMIT = 60_000; // ms
const STOP_LIMIT = 15_000; // ms; Sockudo takes 12 s, and soketi sometimes hangs

export const RELEASE = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target', 'release');
export const LIBRARY = `${RELEASE}/libpusher_auth.so`;
const MINIMAL_PHP = `${ROOT}examples/php/minimal.php`;
const SOKETI = `${ROOT}tests/node_modules/@soketi/soketi/bin/server.js`;

// Only the test may configure a server.
const INHERITED = /^(?!MAKE|MFLAGS|NODE_TEST|PUSHER_|ALLOWED_ORIGINS|COOKIE_SAMESITE|PORT$|BIND$)/;
export const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => INHERITED.test(name)),
);

const running = new Set();
process.on('exit', () => running.forEach((server) => signalGroup(server, 'SIGKILL')));
for (const [name, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(name, () => process.exit(status));
}

/** Starts the full endpoint in `language` and waits until it listens. */
export function startEndpoint(language, options) {
  return ready(launchEndpoint(language, options));
}

/** Starts the full endpoint and returns at once. `server.ready` rejects if it does not listen. */
export function launchEndpoint(language, { port, host = '127.0.0.1', env = {}, nofile } = {}) {
  const command =
    language === 'php'
      ? [existing(`${ROOT}examples/php/endpoint/serve.sh`)]
      : [existing(`${RELEASE}/endpoint-${language}`, 'make programs')];
  return launch(`endpoint-${language}`, command, {
    nofile,
    host,
    port,
    env: { LD_LIBRARY_PATH: RELEASE, ALLOWED_ORIGINS: '', COOKIE_SAMESITE: '', ...env },
    isReady: ({ log, origin }) => log.split('\n').includes(`listening on ${origin}`),
  });
}

/** Starts the minimal endpoint in `language`. */
export function startMinimal(language, { env = {}, nofile } = {}) {
  const command =
    language === 'php'
      ? (port) => ['php', '-d', 'ffi.enable=true', '-S', `127.0.0.1:${port}`, MINIMAL_PHP]
      : [existing(`${RELEASE}/minimal-${language}`, 'make programs')];
  return ready(
    launch(`minimal-${language}`, command, {
      nofile,
      env: { LD_LIBRARY_PATH: RELEASE, ...env },
      isReady: isConnectable,
    }),
  );
}

/** Starts nginx as a proxy for a server, with one connection to it. */
export function startNginx(upstream) {
  const folder = mkdtempSync(`${tmpdir()}/pusher-auth-nginx-`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = (port) => `daemon off; pid nginx.pid; error_log stderr emerg; worker_processes 1;
    events { worker_connections 256; }
    http {
      access_log off; ${temporary.map((one) => `${one}_temp_path ${one};`).join(' ')}
      upstream endpoint { server 127.0.0.1:${upstream.port}; keepalive 1; }
      server {
        listen 127.0.0.1:${port};
        ignore_invalid_headers off; underscores_in_headers on;
        location / {
          proxy_pass http://endpoint; proxy_http_version 1.1; proxy_set_header Connection "";
          proxy_request_buffering off;
        }
      }
    }`;
  const command = (port) => {
    writeFileSync(`${folder}/nginx.conf`, config(port));
    return ['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr'];
  };
  const server = launch(`nginx before ${upstream.name}`, command, { isReady: isConnectable });
  server.ended.finally(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return ready(server);
}

/** Creates an app: the config that endpoints, clients and servers share. */
export async function newApp() {
  return {
    appId: 'demo',
    // The prefix keeps soketi from reading an all-digit key as a number.
    key: `key-${randomBytes(10).toString('hex')}`,
    secret: `secret-${randomBytes(20).toString('hex')}`,
    encryptionMasterKeyBase64: randomBytes(32).toString('base64'),
    host: '127.0.0.1',
    port: await freePort(),
    useTLS: false,
  };
}

/** Returns the app as a PUSHER_URL, which cannot contain the master key. */
export function pusherUrl({ appId, key, secret, host, port, useTLS }) {
  const credentials = [key, secret].map(encodeURIComponent).join(':');
  return `http${useTLS ? 's' : ''}://${credentials}@${host}:${port}/apps/${appId}`;
}

export async function startSoketi(app, webhookUrl) {
  existing(SOKETI, 'make deps DEPS=e2e');
  const event_types = [
    ...['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event'],
  ];
  const env = {
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
    // It listens for metrics on every interface, even if they are off.
    SOKETI_METRICS_HOST: app.host,
    SOKETI_METRICS_SERVER_PORT: await freePort(),
    // By default it looks for other instances by broadcast.
    SOKETI_CLUSTER_HOST: app.host,
    SOKETI_CLUSTER_BROADCAST_ADDRESS: app.host,
    SOKETI_CLUSTER_UNICAST_ADDRESSES: app.host,
    SOKETI_CLUSTER_PORT: await freePort(),
  };
  const isReady = ({ origin }) => isOk(`${origin}/`);
  return ready(
    launch('soketi', [process.execPath, SOKETI, 'start'], { port: app.port, env, isReady }),
  );
}

export function startSockudo(app, program) {
  const env = {
    HOST: app.host,
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
  };
  const isReady = ({ origin }) => isOk(`${origin}/up`);
  return ready(
    launch('sockudo', [existing(program, 'make e2e-sockudo')], { port: app.port, env, isReady }),
  );
}

/** Starts another server that reads PORT, such as Express in bench/load. */
export function startServer(name, command, { env }) {
  return ready(launch(name, command, { env, isReady: isConnectable }));
}

/** Runs a program of examples/ that sends a request: resolves to its status and output. */
export async function runRequest(language, config, args) {
  const command =
    language === 'php'
      ? ['php', '-d', 'ffi.enable=true', existing(`${ROOT}examples/php/request.php`)]
      : [existing(`${RELEASE}/request-${language}`, 'make requests')];
  const [program, ...first] = command;
  const child = spawn(program, [...first, ...args], {
    cwd: ROOT,
    env: { ...inherited, LD_LIBRARY_PATH: RELEASE, ...config },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  }
  const [status] = await once(child, 'close');
  return { status, ...output };
}

/** Stops a server: resolves to its exit `code` and `signal`. */
export async function stop(server, signal = 'SIGTERM') {
  if (running.has(server)) process.kill(server.pid, signal);
  const limit = sleep(STOP_LIMIT, undefined, { ref: false });
  await Promise.race([server.ended, limit]);
  signalGroup(server, 'SIGKILL');
  return server.ended;
}

export async function freePort(host = '127.0.0.1') {
  const listener = net.createServer().listen(0, host);
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

/**
 * Resolves when `condition` is true. Logs and reports arrive asynchronously, so tests wait for them.
 * To assert that nothing more arrives, they wait for a later entry of the same log or report.
 */
export async function until(condition, what) {
  for (const limit = Date.now() + EVENT_LIMIT; !(await condition()); await sleep(10)) {
    if (Date.now() > limit) throw new Error(`waited too long for ${what}`);
  }
}

/** Wraps a test's function, so that a failure shows the logs of the servers. */
export function withLogs(servers, run) {
  return async (t) => {
    try {
      await run(t);
    } catch (error) {
      const logs = [servers()]
        .flat()
        .filter(Boolean)
        .map(({ name, log }) => {
          return `----- log of ${name}:\n${log.slice(-4000)}-----`;
        });
      error.message = [error.message, ...logs].join('\n');
      throw error;
    }
  };
}

// ---- Measures of a server, from /proc ----

/** Returns the process ids of the server and of the processes that it has started. */
export function processesOf({ pid }) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const pids = children.split(' ').filter(Boolean).map(Number);
  return [pid, ...pids.flatMap((child) => processesOf({ pid: child }))];
}

/** Returns the resident memory in bytes. */
export function memoryOf(server) {
  return sum(processesOf(server), (pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
  });
}

/** Returns the CPU time in seconds. */
export function cpuSecondsOf(server) {
  return sum(processesOf(server), (pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / 100; // USER_HZ, the same on every Linux
  });
}

/** Returns the number of files and folders in the server's working directory. */
export function filesOf({ pid }, { recursive }) {
  // Without the types, Node 18 would read sockets as folders.
  return readdirSync(`/proc/${pid}/cwd`, { recursive, withFileTypes: true }).length;
}

const sum = (items, value) => items.reduce((total, item) => total + value(item), 0);

// ---- Processes ----

/**
 * Starts a program in its own process group. `command` can be a function of the port.
 * The server that it returns has the promises `ready`, and `ended`, which never rejects.
 */
function launch(name, command, { env = {}, isReady, nofile, host = '127.0.0.1', port }) {
  const server = { name, log: '', port, host };
  server.ended = (async () => {
    server.port ??= await freePort(host);
    server.origin = `http://${host}:${server.port}`;
    const [program, ...args] = [
      ...(nofile ? ['prlimit', `--nofile=${nofile}`] : []),
      ...(typeof command === 'function' ? command(server.port) : command),
    ];
    const child = spawn(program, args, {
      cwd: ROOT,
      env: {
        ...inherited,
        PATH: `${process.env.PATH}:/usr/sbin`,
        PORT: server.port,
        ...env,
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    Object.assign(server, { child, pid: child.pid });
    if (child.pid) running.add(server);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        server.log += text;
        server.onLog?.(text);
      });
    }
    try {
      const [code, signal] = await once(child, 'close');
      return { code, signal };
    } catch (error) {
      server.log += `${error.message}\n`;
      return { code: null, signal: null };
    } finally {
      running.delete(server);
    }
  })();
  let ended = false;
  server.ended.finally(() => (ended = true));
  server.ready = (async () => {
    for (const limit = Date.now() + START_LIMIT; ; await sleep(20)) {
      if (ended) throw new Error(`${name} ended before it listened. Its log:\n${server.log}`);
      if (server.pid && (await isReady(server))) return;
      if (Date.now() > limit) throw new Error(`${name} does not listen. Its log:\n${server.log}`);
    }
  })();
  server.ready.catch(() => {}); // callers that await it receive the error
  return server;
}

async function ready(server) {
  try {
    await server.ready;
  } catch (error) {
    await stop(server);
    throw error;
  }
  return server;
}

function signalGroup({ pid }, signal) {
  try {
    if (pid) process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // it has ended
  }
}

/** Returns the path, or throws an error that names the command that makes the file. */
export function existing(path, command) {
  try {
    accessSync(path);
  } catch {
    throw new Error(`${path} is missing.${command ? ` Run: ${command}` : ''}`);
  }
  return path;
}

function isOk(url) {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

function isConnectable({ port, host }) {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
