// The web site around the demo page: serves the page and pusher-js, and passes what belongs to the
// endpoint on to it, as nginx does in production. To the browser all of it is one origin.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { createProxyServer } from 'http-proxy-3';
import { sendToUser, terminateUserConnections } from './servers.mjs';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Returns the site's `origin`; `attach` it to the endpoint that its requests are for. */
export async function startSite(app, port = 0) {
  const site = { endpoint: null, language: null };
  const listening = new Set(); // the pages' requests for what webhooks tell
  const proxy = createProxyServer();
  const web = express();

  web.get('/', (request, response) => response.sendFile(file('demo.html')));
  web.get('/pusher.js', (request, response) =>
    response.sendFile(file('node_modules/pusher-js/dist/web/pusher-with-encryption.min.js')));
  web.get('/config.json', (request, response) =>
    response.json({ key: app.key, host: app.host, port: app.port, language: site.language }));

  web.all(['/login', '/pusher/user-auth', '/pusher/auth', '/pusher/webhook'], (request, response) =>
    proxy.web(request, response, { target: site.endpoint }, (error) =>
      response.status(502).type('text').send(`The endpoint does not answer: ${error.message}`)));

  // For the demo only: anybody may send to anybody. A real application decides that itself.
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
    listening.add(response);
    response.on('close', () => listening.delete(response));
  });

  const listener = createServer(web).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return Object.assign(site, {
    origin: `http://127.0.0.1:${listener.address().port}`,
    attach(endpoint, language) {
      Object.assign(site, { endpoint: endpoint.origin, language });
      for (const input of [endpoint.stdout, endpoint.stderr]) { // php-fpm has but the one
        createInterface({ input }).on('line', (line) => {
          const [, told] = line.match(/^webhook (.*)/) ?? [];
          if (told) listening.forEach((response) => response.write(`data: ${told}\n\n`));
        });
      }
    },
    stop() {
      listener.close();
      listener.closeAllConnections();
    },
  });
}
