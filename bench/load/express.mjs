// The endpoint that Pusher's page shows for Node, on Express and the official library, with a demo user of the endpoints and
// its id as a string: with a number, as printed there, the library refuses every request.
import express from 'express';
import Pusher from 'pusher';

const pusher = new Pusher(JSON.parse(process.env.PUSHER_CONFIG));
const user = { id: 'alice', user_info: { name: 'Alice "Ally" Müller 🌍', address: { city: 'Zürich' } }, watchlist: ['bob'] };

const app = express();
app.use(express.json());
app.use(express.urlencoded({ extended: false }));
app.post('/pusher/user-auth', (request, response) => {
  response.send(pusher.authenticateUser(request.body.socket_id, user));
});
app.listen(process.env.PORT, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${process.env.PORT}`));
