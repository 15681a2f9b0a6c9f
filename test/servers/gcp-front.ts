import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands before a gRPC server, whose own connections cannot be seen or cut. */
export interface Front {
  readonly port: number;
  /** How many connections are open. */
  connections(): number;
  /** Cuts every connection. */
  cut(): void;
  stop(): Promise<void>;
}

/** Passes every connection on to a port of this machine. */
export async function startFront(target: number, port = 0): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    // Small frames wait for acknowledgements otherwise, 40 ms each.
    near.setNoDelay();
    far.setNoDelay();
    sockets.add(near);
    near.pipe(far).pipe(near);
    near.on('error', () => {});
    far.on('error', () => {});
    near.on('close', () => {
      sockets.delete(near);
      far.destroy();
    });
    far.on('close', () => near.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.size,
    cut,
    async stop() {
      if (!server.listening) return;
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
