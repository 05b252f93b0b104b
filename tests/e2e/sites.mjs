// The sites that docs/guide/front-end.md names, with HTTPS on one port: the page's own, the
// endpoint's and Pusher's.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { createProxyServer } from 'http-proxy-3';

const file = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));

/**
 * Set `endpoint` to the origin that gets the requests, and `worker` to the text of /worker.js. `logins`
 * has the responses to logins, which the page's server receives even if the page cannot read them.
 */
export async function startSites(app, head) {
  const sites = { endpoint: null, worker: '', logins: [] };
  const proxy = createProxyServer();
  proxy.on('proxyRes', (response, request) => {
    if (request.url !== '/login') return;
    let text = '';
    response.setEncoding('utf8').on('data', (data) => {
      text += data;
    });
    response.on('end', () => sites.logins.push(JSON.parse(text)));
  });

  const web = express();
  web.get('/', (request, response) =>
    response.send(`<!doctype html><meta name="csrf-token" content="">${head}
    <script src="/echo.js"></script><script>Echo = Echo.default</script>`),
  );
  web.get('/echo.js', (request, response) =>
    response.sendFile(file('laravel-echo/dist/echo.iife.js')),
  );
  web.get('/worker.js', (request, response) => response.type('js').send(sites.worker));
  for (const build of ['web', 'worker'])
    web.use('/8.6.0', express.static(file(`pusher-js/dist/${build}`)));

  // The cookie that the browser sends from another site. The first response sets one that is not
  // partitioned.
  web.get('/cookie', ({ headers }, response) =>
    response
      .set({
        'Access-Control-Allow-Origin': headers.origin,
        'Access-Control-Allow-Credentials': 'true',
        'Set-Cookie': 'third-party=yes; SameSite=None; Secure',
      })
      .json(headers.cookie ?? ''),
  );

  web.all(['/login', '/pusher/*path', '/broadcasting/*path'], (request, response) => {
    request.url = request.url.replace('/broadcasting/', '/pusher/');
    proxy.web(request, response, { target: sites.endpoint }, () => response.sendStatus(502));
  });

  const certificate = execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=example.com',
      '-keyout',
      '-',
      '-out',
      '-',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const listener = createServer({ key: certificate, cert: certificate }, web).listen(
    0,
    '127.0.0.1',
  );
  listener.on('upgrade', ({ method, url, rawHeaders }, near, first) => {
    const far = connect(app.port, app.host);
    const head = rawHeaders.map((text, i) => text + (i % 2 ? '\r\n' : ': ')).join('');
    far.write(`${method} ${url} HTTP/1.1\r\n${head}\r\n`);
    far.write(first);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      socket.pipe(other);
      socket.on('error', () => {}).on('close', () => other.destroy());
    }
  });
  await once(listener, 'listening');
  return Object.assign(sites, {
    port: listener.address().port,
    stop() {
      listener.close();
      listener.closeAllConnections();
    },
  });
}
