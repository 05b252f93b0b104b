// `make demo`: the endpoint in C, soketi and the demo page, until Ctrl-C. It needs no browser.
import { newApp, startEndpoint, startSoketi } from '../launcher.mjs';
import { startSite } from './site.mjs';

const app = await newApp();
const site = await startSite(app, Number(process.env.PORT ?? 0));
await startSoketi(app, `${site.origin}/pusher/webhook`);
const endpoint = await startEndpoint('c', { env: { PUSHER_CONFIG: JSON.stringify(app) } });
site.attach(endpoint, 'c');
console.log(`The demo is at ${site.origin}. Ctrl-C ends it.`);
