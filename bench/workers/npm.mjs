// The npm package. It takes the user as an object, and leaves the encoding of its answer to the caller.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Pusher from "pusher";

const pusher = new Pusher({ appId: "1", ...JSON.parse(process.env.PUSHER_CONFIG) });
const socketId = process.env.SOCKET_ID;
for await (const line of createInterface({ input: process.stdin })) {
  const [calls, file] = line.split(" ");
  const user = JSON.parse(readFileSync(file, "utf8"));
  let response;
  const start = process.hrtime.bigint();
  for (let i = 0; i < Number(calls); i++) response = pusher.authenticateUser(socketId, user);
  const nanoseconds = process.hrtime.bigint() - start;
  console.log(`${nanoseconds} ${JSON.stringify(response)}`);
}
