// The web site of the demo page: it serves the page and pusher-js, and passes the requests for the
// endpoint on, as nginx does in production. For the browser all of this is one origin.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { createProxyServer } from 'http-proxy-3';
import { sendToUser, terminateUserConnections } from './requests.mjs';

const PAGE = fileURLToPath(new URL('demo.html', import.meta.url));
const PUSHER_JS = fileURLToPath(
  new URL('../node_modules/pusher-js/dist/web/pusher-with-encryption.min.js', import.meta.url),
);

/** Returns the site, with its `origin`. Call `attach` with the endpoint that its requests go to. */
export async function startSite(app, port = 0) {
  const site = { endpoint: null, language: null };
  const streams = new Set(); // to the pages, for the events of webhooks
  const proxy = createProxyServer();
  const web = express();

  web.get('/', (request, response) => response.sendFile(PAGE));
  web.get('/pusher.js', (request, response) => response.sendFile(PUSHER_JS));
  web.get('/config.json', (request, response) =>
    response.json({ key: app.key, host: app.host, port: app.port, language: site.language }),
  );

  // Pages see the events of a webhook only if the endpoint has verified it.
  web.post(
    '/pusher/webhook',
    express.raw({ type: '*/*', limit: '1mb' }),
    async (request, response) => {
      const { 'x-pusher-key': key, 'x-pusher-signature': signature } = request.headers;
      const headers = {
        'content-type': 'application/json',
        'x-pusher-key': key,
        'x-pusher-signature': signature,
      };
      const url = `${site.endpoint}/pusher/webhook`;
      const { status } = await fetch(url, { method: 'POST', headers, body: request.body });
      response.sendStatus(status);
      if (status !== 200) return;
      for (const { name, channel, user_id } of JSON.parse(request.body).events) {
        const line = `data: ${JSON.stringify({ name, channel, user_id })}\n\n`;
        streams.forEach((stream) => stream.write(line));
      }
    },
  );

  web.all(['/login', '/pusher/user-auth', '/pusher/auth'], (request, response) =>
    proxy.web(request, response, { target: site.endpoint }, (error) =>
      response.status(502).type('text').send(`The endpoint does not respond: ${error.message}`),
    ),
  );

  // In this demo, any visitor may send to any user. Your application must decide this.
  web.post('/demo/events', express.json(), async (request, response) => {
    const { user, message } = request.body;
    await sendToUser(site.language, app, user, 'message', { text: message });
    response.sendStatus(204);
  });
  web.post('/demo/terminate', express.json(), async (request, response) => {
    await terminateUserConnections(site.language, app, request.body.user);
    response.sendStatus(204);
  });

  web.get('/demo/webhooks', (request, response) => {
    response.type('text/event-stream').flushHeaders();
    streams.add(response);
    response.on('close', () => streams.delete(response));
  });

  const listener = createServer(web).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return Object.assign(site, {
    origin: `http://127.0.0.1:${listener.address().port}`,
    attach(endpoint, language) {
      Object.assign(site, { endpoint: endpoint.origin, language });
    },
    stop() {
      listener.close();
      listener.closeAllConnections();
    },
  });
}
