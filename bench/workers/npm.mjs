// Measures the npm package: npm.mjs call | body. It takes the user as an object. "body" also encodes
// the result as the response's body, as callers must.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import Pusher from 'pusher';

const pusher = new Pusher({ appId: '1', ...JSON.parse(process.env.PUSHER_CONFIG) });
const body = process.argv[2] === 'body';
const socketId = process.env.SOCKET_ID;
for await (const line of createInterface({ input: process.stdin })) {
  const [calls, file] = line.split(' ');
  const user = JSON.parse(readFileSync(file, 'utf8'));
  let response, encoded;
  const start = process.hrtime.bigint();
  for (let i = 0; i < Number(calls); i++) {
    response = pusher.authenticateUser(socketId, user);
    if (body) encoded = JSON.stringify(response);
  }
  const nanoseconds = process.hrtime.bigint() - start;
  console.log(`${nanoseconds} ${encoded ?? JSON.stringify(response)}`);
}
