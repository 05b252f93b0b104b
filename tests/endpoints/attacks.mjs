// Attacks on the full and the minimal endpoints: framing, slow clients, endless inputs, abandoned
// requests and the limit of descriptors. The time of each test is limited.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test as nodeTest } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cpuSecondsOf,
  memoryOf,
  processesOf,
  startEndpoint,
  startMinimal,
  startNginx,
  stop,
  until,
  withLogs,
} from '../launcher.mjs';
import { oddRequest } from './odd-requests.mjs';
import {
  areOfOneResponse,
  assertSigned,
  closed,
  connect,
  ENV,
  FORM,
  form,
  hmac,
  KEY,
  LOGIN,
  ONE_REQUEST_PER_CONNECTION,
  ORIGINS,
  params,
  post,
  signature,
  SOCKET_ID,
  statusesOf,
  USER_AUTH,
  visitor,
  within,
} from './requests.mjs';

const MEGABYTE = 1 << 20;
const DEADLINE = 10_000; // ms; the limit for a request in all endpoints

const full = (language) => ({
  name: `endpoint-${language}`,
  language,
  isMinimal: false,
  start: (options) => startEndpoint(language, { ...options, env: ENV }),
  /** Logs in. `request` sends an honest request and checks the response. */
  async newClient(server) {
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((user) => visitor(server, user)));
    return {
      visitors: { alice, bob },
      head: `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nCookie: ${alice.cookie}\r\n`,
      body: form(params(alice)),
      async request(to = server, socketId = SOCKET_ID, agent = false) {
        const response = await post(to, params(bob, { socket_id: socketId }), {
          headers: bob.headers,
          agent,
        });
        assertSigned(response, 'bob', socketId);
      },
    };
  },
  // No other request here has the status 405.
  smuggled: `GET ${LOGIN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  hasRun: (text) => statusesOf(text).includes(405),
});

/** The minimal endpoint has a fixed session. A proxy must handle limits and slow clients. */
const minimal = (language) => ({
  name: `minimal-${language}`,
  language,
  isMinimal: true,
  start: (options) => startMinimal(language, { ...options, env: ENV }),
  async newClient(server) {
    return {
      head: `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nCookie: session=demo\r\n`,
      body: `socket_id=${SOCKET_ID}`,
      async request({ port } = server, socketId = SOCKET_ID, agent = false) {
        const headers = { 'Content-Type': FORM, Cookie: 'session=demo' };
        const sent = http.request({
          host: '127.0.0.1',
          port,
          method: 'POST',
          path: USER_AUTH,
          headers,
          agent,
        });
        sent.end(`socket_id=${socketId}`);
        const received = new Promise((resolve, reject) =>
          sent.on('response', resolve).on('error', reject),
        );
        const response = await within(received, 'a response');
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        assert.equal(response.statusCode, 200, text);
        const { auth, user_data } = JSON.parse(text);
        assert.equal(auth, signature(socketId, user_data));
      },
    };
  },
  smuggled: `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nCookie: session=demo\r\nContent-Type: ${FORM}\r\nContent-Length: 13\r\nConnection: close\r\n\r\nsocket_id=1.1`,
  hasRun: (text) => text.includes('"auth"'),
});

export function testAttacks(language) {
  // Several run at once, because they mostly wait. With more, honest clients would have to wait for
  // the processor, and be slow clients.
  describe(`attacks: ${language}`, { concurrency: 3 }, () => {
    for (const target of [full(language), minimal(language)]) {
      testFraming(target);
      // PHP's built-in server, which is not for production, has no limits.
      if (target.isMinimal && language === 'php') continue;
      testFront(target);
      testEndless(target);
      testAbandoned(target);
      testDescriptors(target);
      testAddresses(target);
      if (target.isMinimal) continue;
      testBroken(target);
      testOneAddress(target);
      if (language === 'php') testBodiesOfOneAddress(target);
      else testConnections(target); // in nginx, worker_connections is the limit
    }
  });
}

/**
 * Wraps a client's `request`: sends it again if it has failed after half of the deadline or more. By
 * then this process has waited for the processor. A server that rejects requests does so at once.
 */
function patient(request) {
  return async (...args) => {
    for (let attempt = 1; ; attempt++) {
      const started = Date.now();
      try {
        return await request(...args);
      } catch (error) {
        if (attempt === 3 || Date.now() - started < DEADLINE / 2) throw error;
      }
    }
  };
}

/** Registers tests that have a separate server. */
function suite(target, title, { concurrency = false, ...options }, define) {
  describe(`${target.name}: ${title}`, { concurrency }, () => {
    const context = {};
    before(async () => {
      context.server = await target.start(options);
      Object.assign(context, await patient(target.newClient)(context.server));
      context.request = patient(context.request);
    });
    after(() => context.server && stop(context.server));
    define(context, (name, run) =>
      nodeTest(
        name,
        withLogs(() => context.server, run),
      ),
    );
  });
}

/** Opens `count` connections from each of the addresses, and drops what they receive. */
async function connectMany(server, addresses, count) {
  const all = addresses.flatMap((localAddress) =>
    Array.from({ length: count }, () => connect(server, { localAddress })),
  );
  const sockets = await Promise.all(all);
  return sockets.map((socket) => socket.resume());
}

const addresses = (count) => Array.from({ length: count }, (_, i) => `127.0.0.${i + 2}`);

// ---- Framing ----

// Programs disagree on where these requests end: `body` is a part of the request, or a request. It
// must never run. A server that ends each connection must not send a second response.
const framings = (body) => {
  const n = body.length;
  const hex = n.toString(16);
  const chunked = 'Transfer-Encoding: chunked';
  const whole = `${hex}\r\n${body}\r\n0\r\n\r\n`;
  return {
    'a length': [`Content-Length: ${n}`, body],
    chunks: [chunked, whole],
    'chunks and a trailer': [chunked, `${hex}\r\n${body}\r\n0\r\nA: b\r\n\r\n`],
    'two lengths, the first 0': [`Content-Length: 0\r\nContent-Length: ${n}`, body],
    'two lengths, the second 0': [`Content-Length: ${n}\r\nContent-Length: 0`, body],
    'the same length twice': [`Content-Length: ${n}\r\nContent-Length: ${n}`, body],
    'a list of lengths': ['Content-Length: 0, 0', body],
    'a list of two lengths': [`Content-Length: 0, ${n}`, body],
    'a folded length': [`Content-Length:\r\n ${n}`, body],
    'a folded length of 0': [`Content-Length: 0\r\n ${n}`, body],
    // The sum is right for a server that only compares the sizes of the header and its parts.
    'a folded length, balanced': [`Content-Length:\r\n ${n}\r\nA:b\r\nB:  c`, body],
    'a folded length, balanced by two lines': [`Content-Length:\r\n ${n}\r\nA:b\r\nC:d`, body],
    'a folded length, balanced before it': [
      `A:b\r\nC:d\r\nB:  c\r\nContent-Length:\r\n ${n}`,
      body,
    ],
    'a folded length by a tab': [`Content-Length:\r\n\t${n}\r\nA:b\r\nC:d`, body],
    'a folded header before the length': [
      `A: b\r\n Content-Length: 0\r\nContent-Length: ${n}`,
      body,
    ],
    'a folded header after the length': [
      `Content-Length: ${n}\r\nA: b\r\n  Content-Length: 0`,
      body,
    ],
    'a folded encoding': ['Transfer-Encoding:\r\n chunked', whole],
    'a space before the colon': [`Content-Length : ${n}`, body],
    'a tab before the colon': [`Content-Length\t: ${n}`, body],
    'a nameless header': [`: a\r\nContent-Length: ${n}`, body],
    'a nameless header, balanced': [`: a\r\nA:b\r\nContent-Length: ${n}`, body],
    'a lone colon': [`Content-Length: ${n}\r\n:`, body],
    'a header without a colon': [`A\r\nContent-Length: ${n}`, body],
    'a NUL in a header': [`A: b\0c\r\nContent-Length: ${n}`, body],
    'a control character in a header': [`A: b\x01c\r\nContent-Length: ${n}`, body],
    'a bare CR in a header': [`A: b\rContent-Length: 0\r\nContent-Length: ${n}`, body],
    'a bare LF in a header': [`A: b\nContent-Length: 0\r\nContent-Length: ${n}`, body],
    'a length with a sign': [`Content-Length: +${n}`, body],
    'a length beyond 64 bits': [`Content-Length: ${2n ** 64n + BigInt(n)}`, body],
    'chunks and a length of 0': [`${chunked}\r\nContent-Length: 0`, whole],
    'a length of 0 and chunks': [`Content-Length: 0\r\n${chunked}`, whole],
    'chunks that end before the length': [
      `Content-Length: ${n + 5}\r\n${chunked}`,
      `0\r\n\r\n${body}`,
    ],
    'another encoding': [`Transfer-Encoding: xchunked\r\nContent-Length: ${n}`, body],
    'two encodings': [`${chunked}\r\nTransfer-Encoding: identity`, `0\r\n\r\n${body}`],
    'an encoding with a control character': [
      `Transfer-Encoding: \x0bchunked\r\nContent-Length: ${n}`,
      body,
    ],
    'a bare LF in a chunk extension': [chunked, `0;a\n\r\n${body}`],
    'a bare LF in the extension of a first chunk': [chunked, `1;a\nb\r\n0\r\n\r\n${body}`],
    'a bare LF after a chunk size': [chunked, `0\n\r\n${body}`],
    'a bare LF after a chunk': [chunked, `1\r\na\n0\r\n\r\n${body}`],
    'a bare LF in the trailer': [chunked, `0\r\nA: b\n\r\n${body}`],
    'a bare CR in a chunk extension': [chunked, `0;a\rb\n\r\n${body}`],
    'a chunk that is too long': [chunked, `1\r\nab\r\n0\r\n\r\n${body}`],
    'a chunk size with a sign': [chunked, `+0\r\n\r\n${body}`],
    'a chunk size in C notation': [chunked, `0x0\r\n\r\n${body}`],
    'a space before a chunk size': [chunked, ` 0\r\n\r\n${body}`],
  };
};
const LINES = [`POST ${USER_AUTH}`, `GET ${USER_AUTH}`, 'OPTIONS /', 'POST /x', 'FOO /', 'HEAD /x'];

function* framedRequests(target, lines) {
  for (const [name, [headers, rest]] of Object.entries(framings(target.smuggled))) {
    // nginx reads a bare LF as the end of a line, which RFC 9112, section 2.2, allows.
    if (target.name === 'endpoint-php' && name.startsWith('a bare LF')) continue;
    for (const line of lines) {
      yield {
        name: `${line} with ${name}`,
        bytes: `${line} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n${headers}\r\n\r\n${rest}`,
      };
    }
  }
}

const AFTER = 'GET /after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

function testFraming(target) {
  suite(target, 'framing', {}, (context, test) => {
    test('runs no part of a request as another one', async () => {
      const run = async ({ name, bytes }) => {
        const socket = await connect(context.server);
        let text = '';
        socket.setEncoding('latin1').on('data', (data) => (text += data));
        socket.write(`${bytes}${AFTER}`, 'latin1');
        // PHP's built-in server has no deadline.
        const isLate = sleep(DEADLINE + 5000, undefined, { ref: false });
        await Promise.race([closed(socket), isLate]);
        socket.destroy();
        const statuses = statusesOf(text).filter((status) => status !== 100);
        const isOne =
          !ONE_REQUEST_PER_CONNECTION.has(target.language) || areOfOneResponse(statuses);
        return target.hasRun(text) || !isOne ? [name] : [];
      };
      const have = await Promise.all([...framedRequests(target, LINES)].map(run));
      assert.deepEqual(have.flat(), []);
      await context.request();
    });
  });
}

function testFront(target) {
  suite(target, 'behind nginx', {}, (context, test) => {
    // A proxy sends the requests of all clients over a few connections.
    test('sends each client only its own response', async () => {
      const front = await startNginx(context.server);
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      try {
        const requests = [...framedRequests(target, LINES.slice(0, 3))].map(({ bytes }) =>
          Buffer.from(bytes, 'latin1'),
        );
        for (let seed = 1; seed <= 400 && context.visitors; seed++) {
          requests.push(
            oddRequest(seed, {
              visitor: context.visitors,
              origins: ORIGINS,
              key: KEY,
              sign: hmac,
              isOdd: true,
            }).bytes,
          );
        }
        for (const [i, bytes] of requests.entries()) {
          const attacker = await connect(front);
          attacker.resume().end(bytes);
          await context.request(front, `${i}.1`, agent);
          await within(closed(attacker), `the end of request ${i}`);
          await context.request(front, `${i}.2`, agent);
        }
      } finally {
        agent.destroy();
        await stop(front);
      }
    });
  });
}

// ---- Endless inputs ----

const ENDLESS = {
  'a request line': ['POST /', 'x'],
  'a header line': [`POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nX: `, 'x'],
  'header lines': [`POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\n`, 'X: y\r\n'],
  'folded lines': [`POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nX: y\r\n`, ' y\r\n'],
  'a body': [`POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n`, 'x'],
  chunks: [
    `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
    '1\r\nx\r\n',
  ],
  'a chunk': [
    `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n`,
    'x',
  ],
  'a chunk size': [
    `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
    '0',
  ],
  'a chunk extension': [
    `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;`,
    'a',
  ],
  'a trailer': [
    `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n`,
    'X: y\r\n',
  ],
  'a trailer line': [
    `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: `,
    'y',
  ],
};
const ENDLESS_SECONDS = 6;
const ENDLESS_BYTES = 48 * MEGABYTE; // sent in total on a connection
const MOST_MEMORY = 16 * MEGABYTE; // the increase by all of these connections

function testEndless(target) {
  suite(target, 'endless inputs', {}, (context, test) => {
    test('use limited memory, and others are served', async () => {
      await context.request();
      const before = memoryOf(context.server);
      let most = before;
      const end = Date.now() + ENDLESS_SECONDS * 1000;
      const sockets = [];
      const flooding = Object.entries(ENDLESS).map(async ([name, [start, part]]) => {
        const socket = await connect(context.server);
        sockets.push(socket.resume());
        const isClosed = closed(socket);
        let isOpen = true;
        socket.once('close', () => (isOpen = false));
        socket.write(start);
        const block = part.repeat(65536 / part.length);
        for (
          let sent = 0;
          isOpen && sent < ENDLESS_BYTES && Date.now() < end;
          sent += block.length
        ) {
          const isSent = new Promise((resolve) => socket.write(block, resolve));
          await Promise.race([isSent, isClosed, sleep(end - Date.now())]);
        }
        return name;
      });
      while (Date.now() < end) {
        await context.request(); // others are served meanwhile
        most = Math.max(most, memoryOf(context.server));
        await sleep(50);
      }
      await Promise.all(flooding);
      most = Math.max(most, memoryOf(context.server));
      sockets.forEach((socket) => socket.destroy());
      const megabytes = ((most - before) / MEGABYTE).toFixed(1);
      assert.ok(most - before < MOST_MEMORY, `${megabytes} MB more`);
    });
  });
}

// ---- Clients that are slow or go away ----

function testAbandoned(target) {
  suite(target, 'abandoned requests', {}, (context, test) => {
    test('free their connection long before the deadline', async () => {
      const { server, head: start, body } = context;
      const whole = `${start}Content-Length: 1000\r\n\r\n${body}`;
      const sockets = await connectMany(server, ['127.0.0.1'], 80);
      // The server receives each part together with its FIN, because it is stopped until then.
      const pids = processesOf(server);
      pids.forEach((pid) => process.kill(pid, 'SIGSTOP'));
      for (const [i, socket] of sockets.entries()) {
        // Parts of the request line, of the header and of the body.
        const part = whole.slice(0, [3, 30, start.length, whole.length][i % 4]);
        await new Promise((resolve) => socket.end(part, resolve));
      }
      const started = Date.now();
      pids.forEach((pid) => process.kill(pid, 'SIGCONT'));
      await within(Promise.all(sockets.map(closed)), 'the end of abandoned requests');
      const time = Date.now() - started;
      assert.ok(time < DEADLINE / 2, `${time} ms`);
      await context.request();
    });

    test('can be reset without harm', async () => {
      const { server, head: start, body } = context;
      const whole = `${start}Content-Length: ${body.length}\r\n\r\n${body}`;
      for (let i = 0; i < 200; i++) {
        const socket = await connect(server);
        await new Promise((resolve) =>
          socket.write(whole.slice(0, i % 2 ? whole.length : i), resolve),
        );
        i % 4 < 2 ? socket.resetAndDestroy() : socket.destroy();
      }
      await context.request();
    });
  });
}

function testDescriptors(target) {
  // php-fpm, nginx and its worker share the limit of each process.
  const nofile = target.language === 'php' ? 64 : 40;
  suite(target, 'descriptor limit', { nofile }, (context, test) => {
    test('causes no busy loop', async () => {
      const { server } = context;
      await context.request();
      const sockets = (await connectMany(server, addresses(4), 25)).map((socket) =>
        socket.once('error', () => {}),
      );
      await sleep(500);
      const [before, started] = [cpuSecondsOf(server), Date.now()];
      await sleep(2000);
      const share = (cpuSecondsOf(server) - before) / ((Date.now() - started) / 1000);
      sockets.forEach((socket) => socket.destroy());
      assert.ok(share < 0.2, `${(share * 100).toFixed(0)} % of a processor`);
      await until(
        () =>
          context.request().then(
            () => true,
            () => false,
          ),
        'a response after that',
      );
    });
  });
}

// Incomplete requests, to which a byte is added from time to time.
function dripFrom(sockets, starts) {
  sockets.forEach((socket, i) => socket.write(starts[i % starts.length]));
  const timer = setInterval(
    () => sockets.forEach((socket) => socket.writable && socket.write('x')),
    500,
  );
  return () => {
    clearInterval(timer);
    sockets.forEach((socket) => socket.destroy());
  };
}

const STARTS = [
  'G',
  `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nX: `,
  `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 8000\r\n\r\n`,
];

function testAddresses(target) {
  // For minimal endpoints, a proxy must handle this: they must only survive.
  const [few, many] = target.isMinimal ? [100, 100] : [512, 300];
  suite(target, 'slow addresses', {}, (context, test) => {
    for (const [title, count, each] of [
      ['two', 2, few],
      ['six', 6, many],
    ]) {
      test(`${title} do not keep others from being served`, async () => {
        const sockets = await connectMany(context.server, addresses(count), each);
        const stopDripping = dripFrom(sockets, STARTS);
        try {
          for (const end = Date.now() + 3000; Date.now() < end; await sleep(20))
            await context.request();
        } finally {
          stopDripping();
        }
      });
    }
  });
}

function testBroken(target) {
  suite(target, 'broken and stalled requests', { concurrency: true }, (context, test) => {
    test('survives bytes that are not HTTP', async () => {
      const start = `POST ${USER_AUTH} HTTP/1.1\r\nHost: x\r\n`;
      const junk = [
        'GARBAGE\r\n\r\n',
        '\r\n\r\n\r\n',
        '\0'.repeat(1000),
        'GET',
        `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
        `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
        `${'X: y\r\n'.repeat(5000)}\r\n`,
        `${start}Content-Length: -1\r\n\r\n`,
        `${start}Content-Length: 99999999999999999999\r\n\r\n`,
        `${start}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
        Buffer.from('160301020001000001fc0303', 'hex'),
        `${start}Cookie: ${Array.from({ length: 400 }, (_, i) => `a${i}=b`).join('; ')}\r\n\r\n`,
      ];
      await Promise.all(
        junk.map(async (bytes) => {
          const socket = await connect(context.server);
          socket.resume().end(bytes);
          await within(closed(socket), 'the end of a broken connection');
        }),
      );
      await context.request();
    });

    test('serves others while requests stall, and ends those at the deadline', async () => {
      const { server, head: start } = context;
      const whole = `${start}Content-Length: 100\r\n\r\nsocket_id=1234.`;
      const parts = ['', 'PO', whole.slice(0, 40), start, whole];
      const started = Date.now();
      const stalled = await connectMany(server, ['127.0.0.1'], 40);
      const ends = Promise.all(stalled.map((socket) => closed(socket)));
      stalled.forEach((socket, i) => socket.write(parts[i % parts.length]));
      for (let i = 0; i < 50 && Date.now() - started < DEADLINE / 4; i++) await context.request();
      const ended = stalled.filter((socket) => socket.destroyed || socket.readableEnded);
      const isInTime = Date.now() - started < DEADLINE * 0.8;
      assert.ok(!isInTime || ended.length === 0, `${ended.length} ended before the deadline`);
      await within(ends, 'the deadline');
      await context.request();
    });
  });
}

function testOneAddress(target) {
  suite(target, 'one slow address', {}, (context, test) => {
    test('does not keep others from being served, and its requests end at the deadline', async () => {
      // nginx has a deadline for a complete header, but for a body only between two reads.
      const starts = target.language === 'php' ? STARTS.slice(0, 2) : STARTS;
      const sockets = await connectMany(context.server, addresses(1), 700);
      const ends = Promise.all(sockets.map((socket) => closed(socket)));
      const stopDripping = dripFrom(sockets, starts);
      try {
        for (let i = 0; i < 100; i++) await context.request();
        await within(ends, 'the deadline');
      } finally {
        stopDripping();
      }
      await context.request();
    });
  });
}

function testConnections(target) {
  suite(target, 'most connections', {}, (context, test) => {
    test('are limited to a thousand, and new ones are accepted when these end', async () => {
      const sockets = await connectMany(context.server, addresses(3), 450);
      let ended = 0;
      sockets.forEach((socket) => (socket.closed ? ended++ : socket.once('close', () => ended++)));
      await until(() => ended >= 350, 'the end of 350 connections');
      await context.request();
      sockets.forEach((socket) => socket.destroy());
      await until(
        () =>
          context.request().then(
            () => true,
            () => false,
          ),
        'a response after that',
      );
    });
  });
}

function testBodiesOfOneAddress(target) {
  suite(target, 'slow bodies of one address', {}, (context, test) => {
    test('are rejected except for 256, and others are served', async () => {
      const [, , start] = STARTS;
      const sockets = await connectMany(context.server, addresses(1), 700);
      let rejected = 0;
      sockets.forEach((socket) =>
        socket.once('data', (data) => (rejected += String(data).startsWith('HTTP/1.1 429 '))),
      );
      sockets.forEach((socket) => socket.write(`${start}x`));
      await until(() => rejected >= 700 - 256, 'the rejections');
      for (let i = 0; i < 100; i++) await context.request();
      assert.equal(rejected, 700 - 256);
      sockets.forEach((socket) => socket.destroy());
      await context.request();
    });
  });
}
