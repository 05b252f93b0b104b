// A TCP proxy whose connections can be interrupted, as in a network failure.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export async function startCuttable(port) {
  const sockets = new Set();
  const listener = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(socket);
      socket.pipe(other);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
    }
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: listener.address().port,
    cut,
    stop() {
      listener.close();
      cut();
    },
  };
}
