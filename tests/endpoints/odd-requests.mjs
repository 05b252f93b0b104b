// Requests from odd parts, composed by a seeded generator. Those of the first kind are valid HTTP: all
// endpoints must respond to them equally. Those of the second kind have one oddity that HTTP forbids
// or does not define. They may be rejected, or served as if they did not have it.
//
// The responses, in the order of the endpoints' checks:
//   400       not HTTP, or ambiguous; the connection ends
//   404       a path other than the five, also another spelling: escapes, dots, slashes, case
//   405       a method that the path does not have, with Allow; methods are in upper case
//   204, 403  OPTIONS, from an allowed origin and from another one
//   413       a body of more than 8,192 bytes, or of more than 256 KB for a webhook
//   401, 400  a webhook whose key or signature is missing, wrong or duplicate; a webhook without a
//             list of events
//   403       no session: no cookie, two of them, an unknown one; an unknown access token
//   400       parameters that are malformed, duplicate, not a string or missing; a Content-Type that
//             is missing, duplicate or of another format
//   403       a CSRF token that is wrong; the header counts before the parameter
//   403       a socket id, callback or user that is invalid; a channel that the user may not join
//   200       otherwise
// Whitespace around the values of headers is ignored, and so are trailers.

const FORM = 'application/x-www-form-urlencoded';
const PATHS = ['/pusher/user-auth', '/pusher/auth'];
const LOGIN = '/login';
const WEBHOOK = '/pusher/webhook';
const HEALTH = '/health';

// mulberry32
const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

// Oddities that HTTP forbids, or that servers read differently. Each changes the request as sent.
const length = (request) => {
  request.chunks = null;
  return `Content-Length: ${request.bytes().length}`;
};
const ODDITIES = {
  // The request line.
  'method in lower case': (r) => {
    r.method = r.method.toLowerCase();
  },
  'method with a digit': (r) => {
    r.method += '1';
  },
  'method with a symbol': (r) => {
    r.method += '!';
  },
  'invalid method': (r) => {
    r.method += '@';
  },
  'two spaces': (r) => {
    r.method += ' ';
  },
  'a tab instead of a space': (r) => {
    r.method += '\t';
  },
  'space in the target': (r) => {
    r.target += ' x';
  },
  'control character in the target': (r) => {
    r.target += '\x01';
  },
  'NUL in the target': (r) => {
    r.target += '\0x';
  },
  'target without its slash': (r) => {
    r.target = r.target.slice(1);
  },
  'path that does not decode': (r) => {
    r.target = `/%zz${r.target}`;
  },
  'path with an encoded NUL': (r) => {
    r.target = r.target.replace(/\?|$/, '%00$&');
  },
  fragment: (r) => {
    r.target += '#x';
  },
  'HTTP/1.2': (r) => {
    r.version = 'HTTP/1.2';
  },
  'HTTP/2.0': (r) => {
    r.version = 'HTTP/2.0';
  },
  'version in lower case': (r) => {
    r.version = 'http/1.1';
  },
  'HTTP/0.9': (r) => {
    r.version = 'HTTP/0.9';
  },
  'empty lines before': (r) => {
    r.before = '\r\n\r\n';
  },
  // Header lines.
  'no host': (r) => {
    r.headers = r.headers.filter((line) => !line.startsWith('Host'));
  },
  'two hosts': (r) => r.headers.push('Host: y'),
  'invalid host': (r) => {
    r.headers[0] = 'Host: a b/c';
  },
  'empty host': (r) => {
    r.headers[0] = 'Host:';
  },
  'folded line': (r) => r.headers.push('X: a\r\n b'),
  'folded cookie': (r) => {
    r.headers = r.headers.map((line) => line.replace(/^Cookie: */, 'Cookie: a=b;\r\n\t'));
  },
  'fold before all': (r) => r.headers.unshift(' X: y'),
  'folded length': (r) => {
    r.framing = [length(r).replace(' ', '\r\n ')];
  },
  'folded encoding': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding:\r\n chunked'];
  },
  'lone colon': (r) => r.headers.push(':'),
  'no name': (r) => r.headers.push(': x'),
  'no colon': (r) => r.headers.push('X'),
  'space before the colon': (r) => {
    r.framing = [length(r).replace(':', ' :')];
  },
  'tab before the colon': (r) => {
    r.framing = [length(r).replace(':', '\t:')];
  },
  'space in a name': (r) => r.headers.push('X Y: z'),
  'invalid name': (r) => r.headers.push('X(Y)": z'),
  'name that is not ASCII': (r) => r.headers.push('\xe9: z'),
  'NUL in a name': (r) => r.headers.push('X\0: z'),
  'NUL in a value': (r) => r.headers.push('X: y\0z'),
  'control character in a value': (r) => r.headers.push('X: y\x01z'),
  'bare CR in a value': (r) => r.headers.push('X: y\rContent-Length: 5'),
  'bare LF after a line': (r) => r.headers.push('X: y\nY: z'),
  'bare LF after all lines': (r) => {
    r.eol = '\n';
  },
  'header of 40,000 bytes': (r) => r.headers.push(`X: ${'x'.repeat(40_000)}`),
  'header of a thousand lines': (r) => {
    for (let i = 0; i < 1000; i++) r.headers.push(`X-${i}: y`);
  },
  'target of 40,000 bytes': (r) => {
    r.target += `?${'x'.repeat(40_000)}`;
  },
  'two origins': (r) => r.headers.push('Origin: https://evil.example'),
  'two content types': (r) => r.headers.push('Content-Type: text/plain'),
  'two authorizations': (r) => r.headers.push('Authorization: Bearer x', 'Authorization: Basic y'),
  'another expectation': (r) => r.headers.push('Expect: the unexpected'),
  'two expectations': (r) => r.headers.push('Expect: 100-continue', 'Expect: 100-continue'),
  // The length of the body.
  'length 0 and the length': (r) => {
    r.framing = ['Content-Length: 0', length(r)];
  },
  'the length and length 0': (r) => {
    r.framing = [length(r), 'Content-Length: 0'];
  },
  'the length twice': (r) => {
    r.framing = [length(r), length(r)];
  },
  'the length twice in one': (r) => {
    r.framing = [`${length(r)}, ${r.bytes().length}`];
  },
  'length with spaces': (r) => {
    r.framing = [`${length(r).replace(' ', '   ')} \t`];
  },
  'length with a sign': (r) => {
    r.framing = [length(r).replace(': ', ': +')];
  },
  'length below zero': (r) => {
    r.framing = [length(r).replace(': ', ': -')];
  },
  'length with a point': (r) => {
    r.framing = [`${length(r)}.0`];
  },
  'length in hex': (r) => {
    r.chunks = null;
    r.framing = [`Content-Length: 0x${r.bytes().length.toString(16)}`];
  },
  'length beyond 64 bits': (r) => {
    r.chunks = null;
    r.framing = [`Content-Length: ${2n ** 64n + BigInt(r.bytes().length)}`];
  },
  'empty length': (r) => {
    r.body = '';
    r.chunks = null;
    r.framing = ['Content-Length:'];
  },
  'chunked, in HTTP/1.0': (r) => {
    r.version = 'HTTP/1.0';
    r.chunk();
  },
  'chunked, in HTTP/1.0, with a length': (r) => {
    r.version = 'HTTP/1.0';
    r.chunk();
    r.framing.push('Content-Length: 0');
  },
  'chunked, with a length': (r) => {
    r.chunk();
    r.framing.push('Content-Length: 5');
  },
  'length, then chunked': (r) => {
    r.chunk();
    r.framing.unshift('Content-Length: 5');
  },
  'chunked, then identity': (r) => {
    r.chunk();
    r.framing.push('Transfer-Encoding: identity');
  },
  'chunked twice': (r) => {
    r.chunk();
    r.framing.push('Transfer-Encoding: chunked');
  },
  'chunked twice in one': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: chunked, chunked'];
  },
  'gzip, then chunked': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: gzip, chunked'];
  },
  'unknown encoding': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: xchunked'];
  },
  'encoding with a control character': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: \x0bchunked'];
  },
  'encoding in quotes': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: "chunked"'];
  },
  'encoding with spaces': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding:   chunked'];
  },
  'space after a chunk size': (r) => r.chunk({ size: (n) => `${n} ` }),
  'space before a chunk size': (r) => r.chunk({ size: (n) => ` ${n}` }),
  'sign before a chunk size': (r) => r.chunk({ size: (n) => `+${n}` }),
  'chunk size in C notation': (r) => r.chunk({ size: (n) => `0x${n}` }),
  'chunk size with forty zeros': (r) => r.chunk({ size: (n) => `${'0'.repeat(40)}${n}` }),
  'chunk size beyond 64 bits': (r) => r.chunk({ size: (n) => `1${n.padStart(16, '0')}` }),
  'chunk extension': (r) => r.chunk({ size: (n) => `${n};a=b` }),
  'chunk extension in quotes': (r) => r.chunk({ size: (n) => `${n};a="b;c"` }),
  'bare LF in a chunk extension': (r) => r.chunk({ size: (n) => `${n};a\nb` }),
  'bare CR in a chunk extension': (r) => r.chunk({ size: (n) => `${n};a\rb` }),
  'bare LF after a chunk': (r) => r.chunk({ end: '\n' }),
  'chunk that is too long': (r) => r.chunk({ end: 'x\r\n' }),
  'length after the body': (r) => r.chunk({ trailer: 'Content-Length: 5\r\n' }),
  'request after the last chunk': (r) => r.chunk({ trailer: 'GET /login HTTP/1.1\r\n' }),
};

// nginx before 1.23 sees only the first of two such headers. No browser sends two.
const SEEN_ONCE = 'two origins';

class Request {
  before = '';
  eol = '\r\n';
  chunks = null;

  constructor(parts) {
    Object.assign(this, parts);
  }

  bytes() {
    return Buffer.from(this.body, this.encoding);
  }

  chunk({ size = (n) => n, end = '\r\n', trailer = '', parts = 1 } = {}) {
    this.framing = ['Transfer-Encoding: chunked'];
    this.chunks = { size, end, trailer, parts };
  }

  payload() {
    const body = this.bytes();
    if (this.chunks === null) return body;
    const { size, end, trailer, parts } = this.chunks;
    const step = Math.max(1, Math.ceil(body.length / parts));
    const encoded = [];
    for (let at = 0; at < body.length; at += step) {
      const part = body.subarray(at, at + step);
      encoded.push(Buffer.from(`${size(part.length.toString(16))}\r\n`), part, Buffer.from(end));
    }
    return Buffer.concat([...encoded, Buffer.from(`0\r\n${trailer}\r\n`)]);
  }
}

/**
 * Returns the request of a seed, without its oddity as `plain`. `visitor` has the cookies and
 * tokens of alice and bob at the endpoint that it is for.
 */
export function oddRequest(seed, { visitor, origins, key, sign, isOdd }) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const rarely = (list, usual) => (next() < 0.75 ? usual : pick(list));
  const { alice, bob } = visitor;

  const path = rarely(
    [
      LOGIN,
      WEBHOOK,
      HEALTH,
      '/',
      `${PATHS[0]}/`,
      '/pusher/user%2dauth',
      `/${PATHS[0]}`,
      '/x/../login',
      '/%6cogin',
      '/Login',
      `${PATHS[1]}x`,
      `${PATHS[0]};x`,
      '/pusher%2fauth',
      '/pusher/./auth',
      `http://x${PATHS[0]}`,
      `HTTPS://y:1${PATHS[1]}`,
      'http://x',
      '/pusher/auth\\',
    ],
    pick(PATHS),
  );
  const method = isOdd
    ? pick(['POST', 'POST', 'POST', 'GET'])
    : rarely(
        [
          'GET',
          'OPTIONS',
          'OPTIONS',
          'PUT',
          'DELETE',
          'PATCH',
          'FOO',
          'HEAD',
          'TRACE',
          'M-SEARCH',
          'MKCOL',
          'QUERY',
          'X_Y',
          'POSTS',
        ],
        pick(['POST', 'POST', 'GET']),
      );

  // Parameters.
  const pairs = [
    `socket_id=${rarely(['1.1%00', '', 'x', '1.1;', '%31.%31', '1.1+', '%zz', '１.１', '1.1%0a', '1%2e1', '%C0%AE', '1.1=2'], '1.1')}`,
  ];
  if (next() < 0.9)
    pairs.push(
      `csrf_token=${rarely(['', 'x', bob.csrf_token, `${alice.csrf_token}%00`, `+${alice.csrf_token}`, alice.csrf_token.toUpperCase()], alice.csrf_token)}`,
    );
  pairs.push(
    `channel_name=${rarely(['private-user-bob', 'private-encrypted-lobby', '', 'lobby', 'private-user-alice%00', 'presence-lobby%20', 'private%2Duser-alice', '%3Auser%3A%3A', '#server-to-user-alice'], pick(['presence-lobby', 'private-user-alice', 'presence-signin']))}`,
  );
  if (method === 'GET' || next() < 0.1)
    pairs.push(
      `callback=${rarely(['', 'a b', 'a%00', "a['1']", 'a[', 'a.b', 'a%5B0%5D', 'a%0a'], 'a')}`,
    );
  if (path === LOGIN)
    pairs.push(`user=${rarely(['eve', 'alice%00', '', 'ALICE', '%61lice'], 'alice')}`);
  if (next() < 0.3) {
    pairs.splice(
      Math.floor(next() * pairs.length),
      0,
      pick([
        'socket_id=2.2',
        'socket_id%00=2.2',
        'socket%5fid=1.1',
        'socket_id[]=1.1',
        'a',
        '',
        '=',
        'a=b=c',
        '%',
        'a=%zz',
        '%zz=a',
        'a=1&a=2',
        'a%zz%61=1&a%zza=2',
        'user=bob&user=ali;ce',
        '=1&=1',
        'a;b=c',
        'a=%ff',
        '+=+',
        'socket.id=1.1',
        '%00',
        'user=bob',
        '__proto__=a',
        '0=1&00=2',
        'csrf_token=',
        'CSRF_TOKEN=x',
        'callback=b',
        '&&',
        '=a&=b',
        'a=&a',
        '%61=1&a=2',
        'channel_name%3d=x',
        'socket_id%20=1.1',
        '%F0%9F%8C%8D=1',
        'a=%F0%9F',
        'toString=1',
        '-1=a',
        '1e3=a&1000=b',
        'a%5b=1&a%5d=2',
      ]),
    );
  }
  if (next() < 0.1) pairs.reverse();
  const form = pairs.join('&');
  const json = () => {
    const text = JSON.stringify(
      Object.fromEntries(
        pairs.map((pair) => pair.split('=')).map(([name, value = '']) => [name, value]),
      ),
    );
    const add = (more) => text.replace(/}$/, `,${more}}`);
    return next() < 0.5
      ? text
      : pick([
          add('"a":1,"a":2'),
          add('"a":[{"b":1,"b":1}]'),
          text.replace('socket_id', 'socket\\u005fid'),
          `[${text}]`,
          `${text}x`,
          add('"a":1e400'),
          add('"a":"\\udc00"'),
          text.replace(/"1\.1"/, '1.1'),
          `\ufeff${text}`,
          '',
          'null',
          ` \t${text}\r\n`,
          `\f${text}`,
          `${text}\0`,
          `${text}${text}`,
          `/**/${text}`,
          add('"":{},"🌍":[[[]]]'),
          text.replace('{', '{"socket_id":"2.2",'),
          add('"a":tru'),
          add('"\\u0061":1'),
          add('"a":01'),
          add('"a":-'),
          add('"a":1.'),
          add('"a":-0'),
          add('"a":1E+2'),
          add('"a":"\t"'),
          add('"a":"\\x"'),
          add('"a":"\\/"'),
          add('"\\u0000":1'),
          add('"a\\u0000":1,"a":2'),
          add("'a':1"),
          add('a:1'),
          add('"a":[1,]'),
          add('"a":1,'),
          add('"__proto__":1'),
          add('"0":1,"00":2'),
          text.replace('"1.1"', '["1.1"]'),
          text.replace('"1.1"', 'null'),
          text.replace('"1.1"', '{"a":"1.1"}'),
          text.replace('"1.1"', '"1.\\u0031"'),
          add(`"a":${'['.repeat(500)}${']'.repeat(500)}`),
        ]);
  };

  const isJson = !isOdd && next() < 0.3;
  const right = isJson ? 'application/json' : FORM;
  const parameter = pick([
    '',
    '',
    '',
    '; charset=utf-8',
    ';charset=UTF-8',
    ' ; charset=utf-8',
    ';',
    '; a',
    '; a=b; a=c',
    '; a="b;c"',
    '; a="b',
    ';;',
    '; charset=utf-16',
    '\t',
  ]);
  const type = rarely(
    [
      'text/plain',
      '',
      'multipart/form-data; boundary=x',
      isJson ? FORM : 'application/json',
      'application/jsonx',
      `${right}/x`,
      `${right} x`,
      `${right}, ${right}`,
      `x ${right}`,
      `"${right}"`,
      ';',
      undefined,
    ],
    (next() < 0.2 ? right.replace(/[a-z]/g, (c) => (next() < 0.5 ? c.toUpperCase() : c)) : right) +
      parameter,
  );
  let body = method === 'GET' && next() < 0.8 ? '' : isJson ? json() : form;
  if (!isOdd && next() < 0.04) body += `&${'x'.repeat(8192)}`;
  if (path === WEBHOOK)
    body = rarely(
      [
        'x',
        '[]',
        '{"events":{}}',
        '{"Events":[]}',
        '{"events":[5,null,[]]}',
        '{"time_ms":1.5,"events":[]}',
        '{"events":[{"data":"\\ud83d"},{"data":1e999},{"data":1,"data":2}]}',
        `{"events":[${'['.repeat(3000)}${']'.repeat(3000)}]}`,
        '{}',
        `{"events":[],"a":"${'x'.repeat(9000)}"}`,
        'x'.repeat(256 * 1024 + 1),
      ],
      '{"time_ms":1,"events":[{"name":"a","channel":"b"}]}',
    );
  // A body that is also a request. If it runs, the response is 405.
  if (isOdd) body = `GET /login HTTP/1.1\r\nHost: x\r\nX: =1&${form}&z=\r\n\r\n`;
  const encoded = form.replace(/[^\x21-\x7e]|#/gu, encodeURIComponent);
  const query =
    method === 'GET'
      ? rarely(['', `?&${encoded}`, `?${encoded}?`, `??${encoded}`], `?${encoded}`)
      : rarely(
          [
            '?',
            '?socket_id=9.9',
            '?a=1&a=2',
            '?%00',
            '?%zz',
            '?"<>',
            `?csrf_token=${alice.csrf_token}`,
          ],
          '',
        );

  // Headers.
  const version = !isOdd && next() < 0.1 ? 'HTTP/1.0' : 'HTTP/1.1';
  const headers =
    version === 'HTTP/1.0' && next() < 0.5
      ? []
      : [`Host: ${pick(['x', '127.0.0.1', 'y:1', 'x.example'])}`];
  const add = (name, value) =>
    value === undefined ||
    headers.push(
      `${next() < 0.9 ? name : name.toLowerCase()}:${pick([' ', ' ', ' ', '', '   ', '\t'])}${value}${pick(['', '', '', ' ', ' \t'])}`,
    );
  add('Content-Type', type);
  const id = alice.cookie.slice('session='.length);
  add(
    'Cookie',
    rarely(
      [
        undefined,
        '',
        'session=',
        `${alice.cookie}x`,
        `${alice.cookie}; ${bob.cookie}`,
        `a=b;${alice.cookie} ;c`,
        `SESSION=x; ${alice.cookie}`,
        `session=${'0'.repeat(64)}`,
        bob.cookie,
        'xsession=1',
        `; ;=; ${alice.cookie};`,
        `session="${id}"`,
        `session = ${id}`,
        `session=${id.toUpperCase()}`,
        `a=b, ${alice.cookie}`,
        `$Version=1; ${alice.cookie}; $Path=/`,
        `a="; ${alice.cookie}"`,
        `session; ${alice.cookie}`,
        `a=\xe9; ${alice.cookie}`,
        `session=ffff${id.slice(4)}`,
        `session=+${id.slice(1)}`,
        `session= ${id}`,
      ],
      alice.cookie,
    ),
  );
  add(
    'Authorization',
    rarely(
      [
        `Bearer ${alice.access_token}`,
        `bearer   ${bob.access_token}`,
        'Bearer',
        'Bearer x',
        'Basic x',
        `Bearer ${alice.csrf_token}`,
        `Bearer${alice.access_token}`,
        '',
        `Bearer\t${alice.access_token}`,
        `Bearer \t${alice.access_token}`,
        `Bearer ${alice.access_token},`,
        `Bearer =${alice.access_token}`,
      ],
      undefined,
    ),
  );
  add(
    'X-CSRF-Token',
    rarely(
      [
        alice.csrf_token,
        '',
        'x',
        bob.csrf_token,
        '%61',
        `"${alice.csrf_token}"`,
        `${alice.csrf_token} x`,
      ],
      undefined,
    ),
  );
  add(
    'Origin',
    rarely(
      [
        ...origins,
        ...origins,
        'https://evil.example',
        'null',
        '',
        'https%3a//app.example',
        'HTTPS://app.example',
        `${origins[0]}/`,
        `${origins[0]} ${origins[1]}`,
        `x${origins[0]}`,
      ],
      method === 'OPTIONS' ? origins[0] : undefined,
    ),
  );
  if (path === WEBHOOK) {
    add('X-Pusher-Key', rarely(['x', '', undefined, key.toUpperCase(), `${key},${key}`], key));
    add(
      'X-Pusher-Signature',
      rarely(
        ['x', '', undefined, '0'.repeat(64), sign(body).toUpperCase(), `${sign(body)}0`],
        sign(body),
      ),
    );
  }
  for (const more of [
    'Range: bytes=0-1',
    'Range: bytes=9-1,x',
    'Accept-Encoding: gzip',
    'X-HTTP-Method-Override: GET',
    'X: \xe9',
    'Access-Control-Request-Method: PUT',
    'Access-Control-Request-Headers: authorization',
    'If-Match: "x"',
    'If-None-Match: *',
    'If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT',
    'Accept: text/x',
    'Content-Encoding: gzip',
    'TE: trailers',
    "!#$%&'*+-.^_`|~: x",
    'X-Original-URL: /login',
    'X-Forwarded-For: 1.1.1.1',
    'Proxy: http://evil.example',
    'X_CSRF_TOKEN: x',
    'X-Csrf_Token: x',
    'Request-Path: /login',
    'Request-Method: GET',
    'Script-Filename: /etc/passwd',
    'X:',
    'X: a\tb',
  ]) {
    if (next() < 0.03) headers.push(more);
  }
  if (version === 'HTTP/1.1' && body !== '' && next() < 0.05)
    headers.push(pick(['Expect: 100-continue', 'expect: 100-Continue']));

  const request = new Request({
    method,
    target: `${path}${query}`,
    version,
    headers,
    body,
    encoding: 'utf8',
  });
  request.framing = [];
  if (body !== '' || method === 'POST')
    request.framing = [next() < 0.9 ? length(request) : length(request).replace(': ', ': 00')];
  // Trailers are ignored.
  if (version === 'HTTP/1.1' && next() < 0.25) {
    request.chunk({
      parts: pick([1, 1, 2, 7]),
      size: pick([(n) => n, (n) => n, (n) => n.toUpperCase(), (n) => `00${n}`]),
      trailer: pick([
        '',
        '',
        '',
        'X: y\r\n',
        `Cookie: ${alice.cookie}\r\n`,
        `Authorization: Bearer ${bob.access_token}\r\n`,
        `Origin: ${origins[0]}\r\n`,
        'X-CSRF-Token: x\r\n',
        'Content-Type: text/plain\r\n',
        `X-Pusher-Key: ${key}\r\n`,
      ]),
    });
  }
  // The next request of the connection, with status 404, shows where this one ends for the server.
  const after = `POST /after HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
  const written = (connection) => {
    const head = [
      `${request.method} ${request.target} ${request.version}`,
      ...request.headers,
      ...request.framing,
      ...connection,
      '',
      '',
    ].join(request.eol);
    return Buffer.concat([
      Buffer.from(request.before),
      Buffer.from(head, 'latin1'),
      request.payload(),
      Buffer.from(isOdd ? after : ''),
    ]);
  };
  // Characters beyond ASCII in a target are sent in UTF-8.
  request.target = Buffer.from(request.target).toString('latin1');
  const plain = written(['Connection: close']);
  if (!isOdd) return { name: 'plain', bytes: plain, plain, isOdd };
  const name = pick(Object.keys(ODDITIES));
  ODDITIES[name](request);
  return {
    name,
    bytes: written(next() < 0.5 ? [] : ['Connection: keep-alive']),
    plain,
    isOdd,
    seesOne: name === SEEN_ONCE,
  };
}
