// The endpoint in Pusher's documentation for Node, with Express and the official library. The user is
// that of the other endpoints: the library rejects the documentation's user, whose id is a number.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../tests/package.json', import.meta.url));
const express = require('express');
const Pusher = require('pusher');

const pusher = new Pusher(JSON.parse(process.env.PUSHER_CONFIG));
const user = {
  id: 'alice',
  user_info: { name: 'Alice "Ally" Müller 🌍', address: { city: 'Zürich' } },
  watchlist: ['bob'],
};

const app = express();
app.use(express.json());
app.use(express.urlencoded({ extended: false }));
app.post('/pusher/user-auth', (request, response) => {
  response.send(pusher.authenticateUser(request.body.socket_id, user));
});
app.listen(process.env.PORT, '127.0.0.1');
