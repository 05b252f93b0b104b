// The npm package's jobs: each line of input is JOB CALLS, each line of output the nanoseconds.
import { createInterface } from 'node:readline';
import Pusher from 'pusher';

const pusher = new Pusher(JSON.parse(process.env.PUSHER_CONFIG));
// Returns the body of a request instead of sending it.
pusher.post = ({ body }) => JSON.stringify(body);

const socketId = '1234.1234';
const member = { user_id: 'alice', user_info: { name: 'Alice', city: 'Zurich' } };
const body = JSON.stringify({
  name: 'news',
  channels: ['#server-to-user-alice'],
  data: '{"text":"Hello"}',
});
const data = { text: 'Hello', from: 'Alice' };
const longData = { text: 'any text, '.repeat(988) };
const url = (method, path, body) =>
  pusher.createSignedQueryString({ method, path: `/apps/3${path}`, params: {}, body });

const jobs = {
  private: () => JSON.stringify(pusher.authorizeChannel(socketId, 'private-user-alice')),
  presence: () => JSON.stringify(pusher.authorizeChannel(socketId, 'presence-lobby', member)),
  encrypted: () => JSON.stringify(pusher.authorizeChannel(socketId, 'private-encrypted-lobby')),
  channels: () => url('GET', '/channels'),
  event_url: () => url('POST', '/events', body),
  terminate: () => url('POST', '/users/auth0%7Cabc123/terminate_connections', '{}'),
  event: () => pusher.trigger('lobby', 'news', data),
  long_event: () => pusher.trigger('lobby', 'news', longData),
  encrypted_event: () => pusher.trigger('private-encrypted-lobby', 'news', data),
  long_encrypted_event: () => pusher.trigger('private-encrypted-lobby', 'news', longData),
  // The events are new for each call, because the library replaces their data.
  batch: () =>
    pusher.triggerBatch(
      Array.from({ length: 10 }, () => ({ name: 'news', channel: 'lobby', data })),
    ),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, calls] = line.split(' ');
  const job = jobs[name];
  const start = process.hrtime.bigint();
  for (let i = 0; i < Number(calls); i++) job();
  console.log(String(process.hrtime.bigint() - start));
}
