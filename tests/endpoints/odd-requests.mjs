// Requests that nobody thought of, put together from odd parts by a seeded generator. Those of the first kind keep to HTTP: every
// endpoint must answer them alike. Those of the second have one more thing that HTTP forbids, or leaves to each server: it may be
// refused or ignored, but gets nothing that the request without it would not get.
//
// What all endpoints answer, in the order in which it is decided:
//   400  what is not HTTP, or can be read in more than one way; then the connection ends
//   404  another path than the four, or one of them in another spelling: escapes, dots, slashes, case, an absolute target
//   405  another method than the path's, with Allow; methods are in upper case
//   204, 403  OPTIONS, from an allowed origin and from another, whatever else the request has, Authorization included
//   413  a body of more than 8192 bytes, or 256 KB for a webhook
//   401, 400  a webhook with a missing, wrong or second key or signature; one that is no object with a list of events
//   403  no session: no cookie of that name, two of them, an unknown one; an access token goes before it, two of those are none
//   403  a body that is no form or JSON object by its one Content-Type, whose parameters do not count; a parameter or a JSON member,
//        at any depth, that is given twice; JSON that not all parsers read alike: a NUL in a name, half a surrogate pair,
//        a number without bound, more than 2048 levels, a byte order mark, anything after it
//   403  a CSRF token that is missing, empty or wrong; the header goes before the parameter, two headers are none
//   403  a socket id, callback or channel that is missing or wrong: names and values end nowhere but at their end, %00 included
//   200  else
// Origin, Cookie and the others count with blanks around them, and only from the header: never from a trailer.

const FORM = 'application/x-www-form-urlencoded';
const PATHS = ['/pusher/user-auth', '/pusher/auth'];
const LOGIN = '/login';
const WEBHOOK = '/pusher/webhook';

// mulberry32
const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

// What HTTP forbids, or what servers may read in more than one way. Each changes the request as it is sent.
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
  'method that is none': (r) => {
    r.method += '@';
  },
  'two blanks': (r) => {
    r.method += ' ';
  },
  'a tab for a blank': (r) => {
    r.method += '\t';
  },
  'blank in the target': (r) => {
    r.target += ' x';
  },
  'control in the target': (r) => {
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
  'version to come': (r) => {
    r.version = 'HTTP/1.2';
  },
  'version of another kind': (r) => {
    r.version = 'HTTP/2.0';
  },
  'version in lower case': (r) => {
    r.version = 'http/1.1';
  },
  'version of long ago': (r) => {
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
  'host that is none': (r) => {
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
  'nothing but a colon': (r) => r.headers.push(':'),
  'no name': (r) => r.headers.push(': x'),
  'no colon': (r) => r.headers.push('X'),
  'blank before the colon': (r) => {
    r.framing = [length(r).replace(':', ' :')];
  },
  'tab before the colon': (r) => {
    r.framing = [length(r).replace(':', '\t:')];
  },
  'blank in a name': (r) => r.headers.push('X Y: z'),
  'name that is none': (r) => r.headers.push('X(Y)": z'),
  'name that is not ASCII': (r) => r.headers.push('\xe9: z'),
  'NUL in a name': (r) => r.headers.push('X\0: z'),
  'NUL in a value': (r) => r.headers.push('X: y\0z'),
  'control in a value': (r) => r.headers.push('X: y\x01z'),
  'carriage return in a value': (r) => r.headers.push('X: y\rContent-Length: 5'),
  'line that ends without a carriage return': (r) => r.headers.push('X: y\nY: z'),
  'lines that end without carriage returns': (r) => {
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
  // How long the body is.
  'no length': (r) => {
    r.framing = ['Content-Length: 0', length(r)];
  },
  'the length, and none': (r) => {
    r.framing = [length(r), 'Content-Length: 0'];
  },
  'the length twice': (r) => {
    r.framing = [length(r), length(r)];
  },
  'the length twice in one': (r) => {
    r.framing = [`${length(r)}, ${r.bytes().length}`];
  },
  'length with blanks': (r) => {
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
  'chunked, and not': (r) => {
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
  'packed, then chunked': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: gzip, chunked'];
  },
  'encoding that is none': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: xchunked'];
  },
  'encoding with a control': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: \x0bchunked'];
  },
  'encoding in quotes': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding: "chunked"'];
  },
  'encoding with blanks': (r) => {
    r.chunk();
    r.framing = ['Transfer-Encoding:   chunked'];
  },
  "blank after a chunk's size": (r) => r.chunk({ size: (n) => `${n} ` }),
  "blank before a chunk's size": (r) => r.chunk({ size: (n) => ` ${n}` }),
  "sign before a chunk's size": (r) => r.chunk({ size: (n) => `+${n}` }),
  "chunk's size as a program has it": (r) => r.chunk({ size: (n) => `0x${n}` }),
  "chunk's size with forty zeros": (r) => r.chunk({ size: (n) => `${'0'.repeat(40)}${n}` }),
  "chunk's size beyond 64 bits": (r) => r.chunk({ size: (n) => `1${n.padStart(16, '0')}` }),
  "chunk's extension": (r) => r.chunk({ size: (n) => `${n};a=b` }),
  "chunk's extension in quotes": (r) => r.chunk({ size: (n) => `${n};a="b;c"` }),
  "line feed in a chunk's extension": (r) => r.chunk({ size: (n) => `${n};a\nb` }),
  "carriage return in a chunk's extension": (r) => r.chunk({ size: (n) => `${n};a\rb` }),
  'chunk that ends without a carriage return': (r) => r.chunk({ end: '\n' }),
  'chunk that is longer than it says': (r) => r.chunk({ end: 'x\r\n' }),
  'length after the body': (r) => r.chunk({ trailer: 'Content-Length: 5\r\n' }),
  'request after the last chunk': (r) => r.chunk({ trailer: 'GET /login HTTP/1.1\r\n' }),
};

// Where nginx before 1.23 sees the first of two headers, and cannot tell: no browser sends two.
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
 * The request of that seed. @param visitor  {alice: {cookie, csrf_token, access_token}, bob: …}, of the endpoint that is asked
 * @returns {{name: string, bytes: Buffer, plain: Buffer, isOdd: boolean}} `plain` is the request without its oddity
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

  // The body. A login takes forms, as pages send them.
  const isJson = !isOdd && path !== LOGIN && next() < 0.3;
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
        '{"events":[],"events":[]}',
        '{}',
        `{"events":[],"a":"${'x'.repeat(9000)}"}`,
        'x'.repeat(256 * 1024 + 1),
      ],
      '{"time_ms":1,"events":[{"name":"a","channel":"b"}]}',
    );
  // A body that is a request too, should anybody take it for one: 405.
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
  // A trailer counts for nothing.
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
  // A request on the same connection, which shows where the server thinks that this one ends: 404.
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
  // In UTF-8 where a target or a header has such characters.
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
