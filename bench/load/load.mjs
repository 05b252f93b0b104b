// Measures Express and the four endpoints under the same load, in turn, on 127.0.0.1: `make load`.
// The defaults are ROUNDS=7 SECONDS=3 CONNECTIONS=16. A connection sends its next request when the
// response arrives, so latencies are those at full load.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  cpuSecondsOf,
  processesOf,
  ROOT,
  startEndpoint,
  startServer,
  stop,
} from '../../tests/launcher.mjs';

const ROUNDS = setting('ROUNDS', 7, 100);
const SECONDS = setting('SECONDS', 3, 60);
const CONNECTIONS = setting('CONNECTIONS', 16, 64);
const REQUESTS = 500_000; // the limit for one turn
const APP = {
  appId: '1',
  key: '278d425bdf160c739803',
  secret: '7ad3773142a6692b25b8',
  cluster: 'eu',
};
const SOCKET_ID = '1234.1234';
const FORM = 'application/x-www-form-urlencoded';

const env = { PUSHER_CONFIG: JSON.stringify(APP), NODE_ENV: 'production' };
const EXPRESS = [process.execPath, `${ROOT}bench/load/express.mjs`];
const SERVERS = {
  Express: () => startServer('Express', EXPRESS, { env }),
  C: () => startEndpoint('c', { env }),
  'C++': () => startEndpoint('cpp', { env }),
  Go: () => startEndpoint('go', { env }),
  'PHP, with nginx': () => startEndpoint('php', { env }),
};

function setting(name, byDefault, most) {
  const value = Number(process.env[name] ?? byDefault);
  assert.ok(Number.isInteger(value) && value >= 1 && value <= most, `${name}: 1 to ${most}`);
  return value;
}

/** Logs in, and returns a sign-in request after checking its response. */
async function prepare(title, { origin }) {
  // The Express example reads only the socket id, but receives a request of the same size.
  let [cookie, csrf_token] = [`session=${'0'.repeat(64)}`, '0'.repeat(64)];
  if (title !== 'Express') {
    const headers = { 'Content-Type': FORM };
    const login = await fetch(`${origin}/login`, { method: 'POST', headers, body: 'user=alice' });
    [cookie] = login.headers.get('set-cookie').split(';');
    ({ csrf_token } = await login.json());
  }
  const body = `socket_id=${SOCKET_ID}&csrf_token=${csrf_token}`;
  const headers = { 'Content-Type': FORM, Cookie: cookie };
  const response = await fetch(`${origin}/pusher/user-auth`, { method: 'POST', headers, body });
  const { auth, user_data } = JSON.parse(await response.text());
  const signed = `${SOCKET_ID}::user::${user_data}`;
  const signature = createHmac('sha256', APP.secret).update(signed).digest('hex');
  assert.equal(auth, `${APP.key}:${signature}`, title);
  assert.equal(JSON.parse(user_data).id, 'alice');
  return { cookie, body };
}

/** Returns the memory of all processes in megabytes. Shared memory counts once. */
function megabytesOf(server) {
  const kilobytes = processesOf(server).map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss: +(\d+)/m.exec(rollup)[1]);
  });
  return kilobytes.reduce((sum, one) => sum + one) / 1024;
}

/** Loads one server for some seconds, and returns the figures. Every response must be 200. */
async function turn({ title, server, cookie, body }, seconds) {
  const before = cpuSecondsOf(server);
  const options = ['--threads=1', `--connections=${CONNECTIONS}`, `--duration=${seconds}s`];
  const script = `--script=${ROOT}bench/load/sign-in.lua`;
  const wrk = spawn('wrk', [...options, '--timeout=10s', script, server.origin], {
    env: { ...process.env, BODY: body, COOKIE: cookie, REQUESTS },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  wrk.stdout.on('data', (data) => (output += data));
  const [code] = await once(wrk, 'close');
  assert.equal(code, 0, output);
  const result = JSON.parse(output.trim().split('\n').pop());
  assert.equal(result.errors, 0, `${title}: ${output}\n${server.log.slice(-2000)}`);
  return {
    rate: result.requests / (result.microseconds / 1e6),
    p50: result.p50 / 1000,
    p99: result.p99 / 1000,
    cpu: ((cpuSecondsOf(server) - before) * 1e6) / result.requests,
    memory: megabytesOf(server),
  };
}

// ---- The run ----

const servers = [];
for (const [title, start] of Object.entries(SERVERS)) {
  const server = await start();
  servers.push({ title, server, turns: [], ...(await prepare(title, server)) });
}
for (const one of servers) await turn(one, 1); // to warm up
for (let round = 0; round < ROUNDS; round++) {
  for (const one of servers) one.turns.push(await turn(one, SECONDS));
}
await Promise.all(servers.map(({ server }) => stop(server)));

// ---- The tables ----

const COLUMNS = {
  rate: 'requests a second',
  p50: 'p50, ms',
  p99: 'p99, ms',
  cpu: 'CPU time a request, µs',
  memory: 'memory, MB',
};

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const digits = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

function cell(values) {
  const range = [Math.min(...values), Math.max(...values)].map(digits);
  return `${digits(median(values))} (${range.join(' to ')})`;
}

function printTable(titles, values) {
  console.log(`| | ${titles.join(' | ')} |\n|---|${'---:|'.repeat(titles.length)}`);
  for (const one of servers) {
    const row = Object.keys(COLUMNS).map((column) => cell(values(one.turns, column)));
    console.log(`| ${one.title} | ${row.join(' | ')} |`);
  }
}

const [express] = servers;
console.log(
  `${ROUNDS} rounds of ${SECONDS} seconds with ${CONNECTIONS} connections: median and range.\n`,
);
printTable(Object.values(COLUMNS), (turns, column) => turns.map((one) => one[column]));
console.log('\nRelative to Express in the same round:\n');
printTable(
  Object.values(COLUMNS).map((title) => title.replace(/, .*/, '')),
  (turns, column) => turns.map((one, i) => one[column] / express.turns[i][column]),
);
