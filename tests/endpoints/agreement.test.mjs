// The four endpoints and generated requests (odd-requests.mjs): they must respond alike. ODD_SEED
// is the first seed, 1 by default.
import assert from 'node:assert/strict';
import { after, before, describe, test as nodeTest } from 'node:test';
import { LANGUAGES, startEndpoint, stop, withLogs } from '../launcher.mjs';
import { oddRequest } from './odd-requests.mjs';
import {
  areOfOneResponse,
  ENV,
  exchange,
  hmac,
  KEY,
  list,
  ONE_REQUEST_PER_CONNECTION,
  ORIGINS,
  visitor,
} from './requests.mjs';

describe('agreement', { concurrency: false }, () => {
  let servers = [];
  let visitors;
  const test = (title, run) =>
    nodeTest(
      title,
      withLogs(() => servers, run),
    );

  before(async () => {
    servers = await Promise.all(LANGUAGES.map((language) => startEndpoint(language, { env: ENV })));
    visitors = await Promise.all(
      servers.map(async (server) => ({
        alice: await visitor(server, 'alice'),
        bob: await visitor(server, 'bob'),
      })),
    );
  });
  after(() => Promise.all(servers.map((server) => stop(server))));

  /** Returns the statuses, and the headers of the first response that browsers evaluate. */
  async function verdict(server, bytes) {
    const received = await exchange(server, bytes);
    const text = received.replace(/^(HTTP\/1\.1 100 .*\r\n\r\n)+/, '');
    const [status = 'closed', ...rest] = [...text.matchAll(/^HTTP\/1\.[01] (\d+)/gm)].map(
      ([, one]) => one,
    );
    const lines = text
      .slice(0, text.indexOf('\r\n\r\n'))
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(/: *(.*)/));
    const headers = lines.map(([name, value]) => [name.toLowerCase(), value]);
    const some = (pattern) =>
      headers
        .filter(([name]) => pattern.test(name))
        .map(([name, value]) => `${name}: ${list(value.split(';')[0])}`)
        .sort()
        .join('\n');
    return { status, cors: some(/^access-control-/), others: some(/^(allow|content-type)$/), rest };
  }

  const show = (seed, { name, bytes }, verdicts) => {
    const byLanguage = Object.fromEntries(LANGUAGES.map((language, i) => [language, verdicts[i]]));
    return `seed ${seed}, ${name}:\n${String(bytes).slice(0, 1500)}\n${JSON.stringify(byLanguage, null, 1)}`;
  };

  /** Sends the requests of `count` seeds to all servers, and calls `check` after each. */
  async function sendAll(isOdd, count, check) {
    const first = Number(process.env.ODD_SEED ?? 1);
    const seeds = Array.from({ length: count }, (_, i) => first + i).values();
    // Several run at once, because some wait for a server's deadline.
    const send = async () => {
      for (const seed of seeds) {
        const requests = visitors.map((one) =>
          oddRequest(seed, { visitor: one, origins: ORIGINS, key: KEY, sign: hmac, isOdd }),
        );
        const plain = await Promise.all(
          servers.map((server, i) => verdict(server, requests[i].plain)),
        );
        const comparable = plain.map((one) => JSON.stringify({ ...one, rest: 0 }));
        assert.equal(
          new Set(comparable).size,
          1,
          show(seed, { ...requests[0], bytes: requests[0].plain }, plain),
        );
        await check(seed, requests, plain[0]);
      }
    };
    await Promise.all(Array.from({ length: 16 }, send));
  }

  test('on valid HTTP requests', async () => {
    const seen = {};
    await sendAll(
      false,
      3000,
      (seed, requests, { status }) => (seen[status] = (seen[status] ?? 0) + 1),
    );
    // Otherwise the generator does not vary enough.
    for (const status of [200, 204, 400, 401, 403, 404, 405, 413])
      assert.ok(seen[status] >= 1, `${status}: ${JSON.stringify(seen)}`);
  });

  test('on invalid HTTP requests: they are rejected or served like valid ones, and no part runs', async () => {
    const seen = {};
    const rejections = [
      'closed',
      '301', // libmicrohttpd 1 redirects a request whose target has whitespace
      '400',
      '401',
      '403',
      '404',
      '405',
      '413',
      '414',
      '417',
      '431',
      '501',
      '505',
    ];
    await sendAll(true, 2000, async (seed, requests, plain) => {
      const verdicts = await Promise.all(
        servers.map((server, i) => verdict(server, requests[i].bytes)),
      );
      for (const [i, { status, cors, rest }] of verdicts.entries()) {
        const what = show(seed, requests[0], verdicts);
        assert.ok(status === plain.status || rejections.includes(status), what);
        assert.ok(cors === '' || cors === plain.cors || requests[0].seesOne, what);
        assert.ok(
          rest.length === 0 ||
            areOfOneResponse([status, ...rest]) ||
            (rest.join() === '404' && !ONE_REQUEST_PER_CONNECTION.has(LANGUAGES[i])),
          what,
        );
      }
      (seen[requests[0].name] ??= new Set()).add(verdicts.map(({ status }) => status).join());
    });
    assert.ok(Object.keys(seen).length > 70, JSON.stringify(Object.keys(seen)));
    const served = Object.values(seen)
      .flatMap((set) => [...set])
      .filter((statuses) => statuses.includes('200'));
    assert.ok(served.length > 20, 'too few odd requests are served');
  });
});
