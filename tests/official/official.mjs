// Calls the official libraries for Node and the browser, for official.py. Each line of input is a call
// in JSON, and each line of output is its result.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../bench/package.json', import.meta.url));
const Pusher = require('pusher');
const PusherClient = require('pusher-js');

const pusher = new Pusher(JSON.parse(process.env.PUSHER_CONFIG));
const { token } = pusher.config;
// Returns the request that the library would send.
pusher.post = ({ path, body }) => ({ path, body: JSON.stringify(body) });

// A client that never connects. It gets a channel's secret as from an authorization endpoint.
let sharedSecret;
const client = new PusherClient('key', {
  cluster: '',
  wsHost: '127.0.0.1',
  wsPort: 9,
  forceTLS: false,
  enabledTransports: ['ws'],
  channelAuthorization: {
    customHandler: (_, callback) => callback(null, { auth: 'key:0', shared_secret: sharedSecret }),
  },
});
client.disconnect();

const calls = {
  user: ({ socket_id, user }) => pusher.authenticateUser(socket_id, user),
  channel: ({ socket_id, channel, data }) => pusher.authorizeChannel(socket_id, channel, data),
  request({ method, path, params, body, timestamp }) {
    const { now } = Date;
    Date.now = () => timestamp * 1000;
    try {
      return pusher.createSignedQueryString({ method, path, params, body });
    } finally {
      Date.now = now;
    }
  },
  trigger: ({ channels, name, data, params }) => pusher.trigger(channels, name, data, params),
  triggerBatch: ({ batch }) => pusher.triggerBatch(batch),
  sendToUser: ({ user_id, name, data }) => pusher.sendToUser(user_id, name, data),
  // The data that a page receives if it is subscribed to the channel.
  receive({ channel: name, event, data, shared_secret }) {
    sharedSecret = shared_secret;
    const channel = client.subscribe(name);
    let received;
    channel.authorize('1.2', () => {
      channel.bind(event, (data) => (received = data));
      channel.handleEvent({ event, channel: name, data: JSON.parse(data) });
    });
    client.unsubscribe(name);
    channel.unbind();
    return { received };
  },
  webhook: ({ key, signature, body }) =>
    pusher
      .webhook({
        headers: {
          'x-pusher-key': key,
          'x-pusher-signature': signature,
          'content-type': 'application/json',
        },
        rawBody: body,
      })
      .isValid(),
  sign: ({ text }) => token.sign(text),
  verify: ({ text, signature }) => token.verify(text, signature),
};

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  console.log(JSON.stringify(calls[call.call](call)));
}
process.exit();
