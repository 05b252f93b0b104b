// The official npm library, for official.py: a line of JSON asks, a line of JSON answers.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../bench/package.json', import.meta.url));
const Pusher = require('pusher');

const pusher = new Pusher(JSON.parse(process.env.PUSHER_CONFIG));
const { token } = pusher.config;

const answers = {
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
  webhook: ({ key, signature, body }) =>
    pusher.webhook({ headers: { 'x-pusher-key': key, 'x-pusher-signature': signature, 'content-type': 'application/json' }, rawBody: body }).isValid(),
  sign: ({ text }) => token.sign(text),
  verify: ({ text, signature }) => token.verify(text, signature),
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(answers[question.op](question)));
}
