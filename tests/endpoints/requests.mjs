// Requests to the endpoints, and checks of their responses against node:crypto, not the library.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

export const USER_AUTH = '/pusher/user-auth';
export const CHANNEL_AUTH = '/pusher/auth';
export const WEBHOOK = '/pusher/webhook';
export const LOGIN = '/login';
export const HEALTH = '/health';
export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';
export const SOCKET_ID = '1234.1234';

/** Full and minimal endpoints that end the connection with each response. So nothing after a request
 * can run as another one, and it does not matter where other servers see the request's end. */
export const ONE_REQUEST_PER_CONNECTION = new Set(['c', 'cpp']);

// Tests wait for conditions. This limit is only for servers that never meet them.
const TIMEOUT = 30_000; // ms

// The secret has characters that a shell, make, JSON or an ini file may treat as special.
export const KEY = '278d425bdf160c739803';
export const MARK = randomBytes(16).toString('hex');
export const SECRET = `"quoted" \\ 'é' #; ${MARK}`;
const MASTER_KEY = randomBytes(32);
export const CONFIG = {
  appId: '1',
  key: KEY,
  secret: SECRET,
  cluster: 'eu',
  useTLS: true,
  encryptionMasterKeyBase64: MASTER_KEY.toString('base64'),
};
export const ORIGINS = ['https://app.example', 'http://localhost:3000'];
export const ENV = {
  PUSHER_CONFIG: JSON.stringify(CONFIG),
  ALLOWED_ORIGINS: ORIGINS.join(),
};

// The users of the placeholder login.
export const USERS = {
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

export const hmac = (text) => createHmac('sha256', SECRET).update(text).digest('hex');

// ---- Connections ----

export function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), TIMEOUT);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function connect(server, options = {}) {
  const socket = net.connect({ port: server.port, host: server.host ?? '127.0.0.1', ...options });
  await within(once(socket, 'connect'), 'a connection');
  socket.on('error', () => {}); // servers may reset connections
  return socket;
}

// Not once(), which rejects on a reset.
export const closed = (socket) =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));

/** Sends bytes, and resolves to the bytes received until the connection ends. */
export async function exchange(server, bytes, options) {
  const socket = await connect(server, options);
  let text = '';
  socket.setEncoding('latin1').on('data', (data) => (text += data));
  socket.write(bytes);
  await within(closed(socket), `the end of ${JSON.stringify(String(bytes)).slice(0, 200)}`);
  return text;
}

export const statusesOf = (text) =>
  [...text.matchAll(/^HTTP\/1\.[01] (\d+)/gm)].map(([, status]) => Number(status));

/** Returns whether these are the statuses of one response, or of none. libmicrohttpd 0.9 sends the
 * head of some of its rejections twice. */
export const areOfOneResponse = (statuses) =>
  statuses.length <= 1 || ['400,400', '413,413'].includes(statuses.join());

/** Returns a request's head, with `Host` before the other headers. */
export const head = (line, ...headers) =>
  `${line} HTTP/1.1\r\n${['Host: x', ...headers].join('\r\n')}\r\n\r\n`;

// ---- Requests ----

/** Sends a request, and checks the properties that every response has. */
export async function send(
  server,
  { method = 'GET', path = USER_AUTH, headers = {}, body, agent = false },
) {
  const { port, host = '127.0.0.1' } = server;
  const request = http.request({ host, port, method, path, headers, agent });
  request.setTimeout(TIMEOUT, () => request.destroy(new Error(`no response to ${method} ${path}`)));
  request.end(body);
  const [message] = await once(request, 'response');
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  const response = { status: message.statusCode, headers: message.headers, body: text };

  const what = `${response.status} for ${method} ${path}`;
  const all = `${message.rawHeaders.join('\n')}\n${text}`;
  assert.ok(!all.includes(MARK), 'the secret is never in a response');
  assert.equal(response.headers['cache-control'], 'no-store', `Cache-Control of ${what}`);
  assert.equal(response.headers['x-content-type-options'], 'nosniff', `nosniff of ${what}`);
  assert.match(response.headers.vary ?? '', /(^|[ ,])Origin($|[ ,])/i, `Vary of ${what}`);
  if (ORIGINS.includes(headers.Origin)) {
    assert.equal(response.headers['access-control-allow-origin'], headers.Origin);
    assert.equal(response.headers['access-control-allow-credentials'], 'true');
  } else {
    const cors = Object.keys(response.headers).filter((name) => /^access-control-/.test(name));
    assert.deepEqual(cors, [], `no CORS headers for Origin ${headers.Origin}`);
  }
  if (!(path === LOGIN && response.status === 200)) {
    assert.equal(response.headers['set-cookie'], undefined, `only a login sets cookies: ${what}`);
  }
  return response;
}

export const form = (params) =>
  typeof params === 'string' ? params : new URLSearchParams(params).toString();

export const post = (server, params, { headers = {}, ...options } = {}) =>
  send(server, {
    method: 'POST',
    headers: { 'Content-Type': FORM, ...headers },
    body: form(params),
    ...options,
  });

export const postJson = (server, value, { headers = {}, ...options } = {}) => {
  const body = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);
  return send(server, {
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE, ...headers },
    body,
    ...options,
  });
};

export const jsonp = (server, params, { path = USER_AUTH, ...options } = {}) => {
  const query = Object.entries(params).map((pair) => pair.map(encodeURIComponent).join('='));
  return send(server, { path: `${path}?${query.join('&')}`, ...options });
};

export const login = (server, user, options) => post(server, { user }, { path: LOGIN, ...options });

/** Logs in, and returns the headers for requests and the tokens that a page then has. */
export async function visitor(server, user, options, sameSite = ['samesite=lax']) {
  return visitorOf(await login(server, user, options), user, sameSite);
}

export function visitorOf(response, user, sameSite = ['samesite=lax']) {
  assert.equal(response.status, 200, response.body);
  assert.match(response.headers['content-type'], /^application\/json(;|$)/);
  const { id, csrf_token, access_token, ...rest } = JSON.parse(response.body);
  assert.deepEqual({ id, rest }, { id: user, rest: {} });
  assert.match(csrf_token, /^[0-9a-f]{64}$/);
  assert.match(access_token, /^[0-9a-f]{64}$/);

  assert.equal(response.headers['set-cookie'].length, 1);
  const [cookie, ...attributes] = response.headers['set-cookie'][0].split(/; */);
  assert.match(cookie, /^session=[0-9a-f]{64}$/);
  assert.deepEqual(
    attributes.map((text) => text.toLowerCase()).sort(),
    ['httponly', 'path=/', ...sameSite].sort(),
  );
  return { user, cookie, headers: { Cookie: cookie }, csrf_token, access_token };
}

/** Returns the parameters of a valid request, of which some are replaced. */
export const params = (who, changes = {}) => ({
  socket_id: SOCKET_ID,
  csrf_token: who.csrf_token,
  ...changes,
});

// ---- Responses ----

export function signature(socketId, userData) {
  return `${KEY}:${hmac(`${socketId}::user::${userData}`)}`;
}

function assertUserResponse(text, user, socketId) {
  const { auth, user_data } = JSON.parse(text);
  assert.deepEqual(JSON.parse(user_data), USERS[user]);
  assert.equal(auth, signature(socketId, user_data));
  assert.equal(text, JSON.stringify({ auth, user_data }), 'the body has nothing else');
}

/** Checks a channel's authorization, and returns its channel data. */
export function assertAuthorized(text, channel, socketId = SOCKET_ID) {
  const { auth, channel_data, shared_secret, ...rest } = JSON.parse(text);
  const signed = [socketId, channel, ...(channel_data === undefined ? [] : [channel_data])];
  assert.equal(auth, `${KEY}:${hmac(signed.join(':'))}`, text);
  const secret = createHash('sha256').update(channel).update(MASTER_KEY).digest('base64');
  assert.equal(shared_secret, channel.startsWith('private-encrypted-') ? secret : undefined);
  assert.deepEqual(rest, {});
  return channel_data === undefined ? undefined : JSON.parse(channel_data);
}

export function assertSigned(response, user, socketId = SOCKET_ID) {
  assert.equal(response.status, 200, response.body);
  assert.match(response.headers['content-type'], /^application\/json(;|$)/);
  assertUserResponse(response.body, user, socketId);
}

export function assertScript(response, user, callback, socketId = SOCKET_ID) {
  assert.equal(response.status, 200, response.body);
  assert.match(response.headers['content-type'], /^application\/javascript; *charset=utf-8$/i);
  const [start, end] = [`/**/${callback}(`, ');'];
  assert.ok(response.body.startsWith(start) && response.body.endsWith(end), response.body);
  assertUserResponse(response.body.slice(start.length, -end.length), user, socketId);
}

export function assertRejected(response, status = 403, what = '') {
  assert.equal(response.status, status, `${what}: ${response.status} ${response.body}`);
  assert.match(response.headers['content-type'], /^text\/plain(;|$)/, what);
  assert.notEqual(response.body.trim(), '', `${what}: the body has a reason`);
  assert.doesNotMatch(response.body, /[0-9a-f]{64}/, `${what}: no token in a rejection`);
  assert.ok(!response.body.includes(KEY), what);
}

export const assertNotLoggedIn = (response) => {
  assertRejected(response);
  assert.match(response.body, /^not (logged|signed) in\n?$/);
};

export const list = (header) =>
  (header ?? '')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .sort();
