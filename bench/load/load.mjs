// Lets Express and the four endpoints take turns under the same load, on 127.0.0.1, and prints how they compare: `make load`.
// ROUNDS=7 SECONDS=3 CONNECTIONS=16 say how much; it ends by itself.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const setting = (name, otherwise, most) => {
  const value = Number(process.env[name] ?? otherwise);
  assert.ok(Number.isInteger(value) && value >= 1 && value <= most, `${name}: 1 to ${most}`);
  return value;
};
const ROUNDS = setting('ROUNDS', 7, 100);
const SECONDS = setting('SECONDS', 3, 60);
const CONNECTIONS = setting('CONNECTIONS', 16, 64);
const REQUESTS = 500_000; // in a turn
const CONFIG = { appId: '1', key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8', cluster: 'eu' };
const SOCKET_ID = '1234.1234';
const CLOCK_TICK = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'])); // in microseconds

// ---- Servers ----

const SERVERS = {
  Express: ['node', 'bench/load/express.mjs'],
  C: ['make', '--silent', 'serve-c'],
  'C++': ['make', '--silent', 'serve-cpp'],
  Go: ['make', '--silent', 'serve-go'],
  'PHP, with nginx': ['make', '--silent', 'serve-php'],
};

const running = [];
// The process that make has started, if it is make.
const stop = ({ child }) => child.exitCode === null && child.signalCode === null && process.kill(children(child.pid)[0] ?? child.pid, 'SIGTERM');
process.on('exit', () => running.forEach(stop));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

async function start(name) {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const { MAKEFLAGS, MFLAGS, MAKELEVEL, ...rest } = process.env;
  const env = { ...rest, PORT: port, PUSHER_CONFIG: JSON.stringify(CONFIG), ALLOWED_ORIGINS: '', NODE_ENV: 'production' };
  const [command, ...args] = SERVERS[name];
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const server = { name, child, url: `http://127.0.0.1:${port}`, turns: [] };
  running.push(server);
  await new Promise((resolve, reject) => {
    let log = '';
    child.stdout.on('data', (data) => (log += data).includes('listening on') && resolve());
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}\n${log}`)));
  });
  Object.assign(server, await signIn(server));
  return server;
}

// What a page sends: the same to all, though Express's sample looks at the socket id alone.
async function signIn(server) {
  const form = 'application/x-www-form-urlencoded';
  let [cookie, csrf_token] = [`session=${'0'.repeat(64)}`, '0'.repeat(64)];
  if (server.name !== 'Express') {
    const login = await fetch(`${server.url}/login`, { method: 'POST', headers: { 'Content-Type': form }, body: 'user=alice' });
    [cookie] = login.headers.get('set-cookie').split(';');
    ({ csrf_token } = await login.json());
  }
  const body = `socket_id=${SOCKET_ID}&csrf_token=${csrf_token}`;
  const answer = await fetch(`${server.url}/pusher/user-auth`, { method: 'POST', headers: { 'Content-Type': form, Cookie: cookie }, body });
  const { auth, user_data } = JSON.parse(await answer.text());
  const signature = createHmac('sha256', CONFIG.secret).update(`${SOCKET_ID}::user::${user_data}`).digest('hex');
  assert.equal(auth, `${CONFIG.key}:${signature}`, server.name);
  assert.equal(JSON.parse(user_data).id, 'alice');
  return { cookie, body };
}

// ---- What it costs them ----

function children(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

const descendants = (pid) => [pid, ...children(pid).flatMap(descendants)];

const processes = (server) => descendants(server.child.pid).filter((pid) => !/^(make|sh|bash)$/.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim()));

function cpuMicroseconds(server) {
  return processes(server).reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
    return sum + (user + system) * CLOCK_TICK;
  }, 0);
}

// What several processes share counts once.
function megabytes(server) {
  return processes(server).reduce((sum, pid) => sum + Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]) / 1024, 0);
}

async function turn(server, seconds) {
  const before = cpuMicroseconds(server);
  const args = ['--threads=1', `--connections=${CONNECTIONS}`, `--duration=${seconds}s`, '--timeout=10s', '--script=bench/load/sign-in.lua', server.url];
  const wrk = spawn('wrk', args, { cwd: ROOT, env: { ...process.env, BODY: server.body, COOKIE: server.cookie, REQUESTS }, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  wrk.stdout.on('data', (data) => { output += data; });
  const [code] = await once(wrk, 'close');
  assert.equal(code, 0, output);
  const { requests, microseconds, errors, p50, p99 } = JSON.parse(output.trim().split('\n').pop());
  assert.equal(errors, 0, `${server.name}: ${output}`);
  return { rate: requests / (microseconds / 1e6), p50: p50 / 1000, p99: p99 / 1000, cpu: (cpuMicroseconds(server) - before) / requests, memory: megabytes(server) };
}

// ---- The run ----

const servers = [];
for (const name of Object.keys(SERVERS)) servers.push(await start(name));
for (const server of servers) await turn(server, 1); // to warm up
for (let round = 0; round < ROUNDS; round++) for (const server of servers) server.turns.push(await turn(server, SECONDS));

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
const digits = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const cell = (values) => `${digits(median(values))} (${digits(Math.min(...values))} to ${digits(Math.max(...values))})`;
const [express] = servers;
const table = (titles, row) => {
  console.log(`| | ${titles.join(' | ')} |\n|---|${'---:|'.repeat(titles.length)}`);
  for (const server of servers) console.log(`| ${server.name} | ${row(server).join(' | ')} |`);
};
const COLUMNS = { rate: 'requests a second', p50: 'p50, ms', p99: 'p99, ms', cpu: 'CPU time a request, µs', memory: 'memory, MB' };
console.log(`${ROUNDS} rounds of ${SECONDS} seconds each with ${CONNECTIONS} connections: the median, and the range.\n`);
table(Object.values(COLUMNS), (server) => Object.keys(COLUMNS).map((column) => cell(server.turns.map((one) => one[column]))));
console.log('\nTimes Express, in the same round:\n');
table(Object.values(COLUMNS).map((title) => title.replace(/, .*/, '')), (server) =>
  Object.keys(COLUMNS).map((column) => cell(server.turns.map((one, i) => one[column] / express.turns[i][column]))));
await Promise.all(servers.map((server) => {
  const ended = once(server.child, 'close');
  stop(server);
  return ended;
}));
