// Sends requests to the REST API by the example programs of each language.
import { runRequest } from '../launcher.mjs';

/** Triggers an event on a channel. It is encrypted if the channel is. */
export function trigger(language, app, channel, name, data) {
  return request(language, app, ['trigger', channel, name, JSON.stringify(data)]);
}

/** Sends an event to a user. */
export function sendToUser(language, app, user, name, data) {
  return request(language, app, ['send', user, name, JSON.stringify(data)]);
}

export function terminateUserConnections(language, app, user) {
  return request(language, app, ['terminate', user]);
}

/** `app` is a config, or the text of a PUSHER_URL. Rejects if the response is not 200. */
async function request(language, app, args) {
  const env =
    typeof app === 'string' ? { PUSHER_URL: app } : { PUSHER_CONFIG: JSON.stringify(app) };
  const { status, stdout, stderr } = await runRequest(language, env, args);
  if (status !== 0) throw new Error(`${args.join(' ')} in ${language}: ${stdout}${stderr}`);
  return stdout;
}
