import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way through the gate, for one client. */
interface Door {
  /** Such as `http://127.0.0.1:32768`. */
  readonly address: string;
  /** Resolves when the client has come to it. */
  readonly reached: Promise<unknown>;
}

/** Stands before a store, and cuts it off. Each change ends the connections that are open. */
export interface Gate {
  door(): Promise<Door>;
  /** Hands everything on to `address` and back. */
  pass(address: string): void;
  /** Ends every connection: in turns at once, by a reset, and in the middle of its first answer. */
  cut(): void;
  stop(): Promise<void>;
}

export function openGate(address: string): Gate {
  const servers = new Set<Server>();
  const sockets = new Set<Socket>();
  let target = address;
  let cuts: number | undefined;

  function endAll(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  function receive(client: Socket): void {
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname);
    const pair = [client, upstream];
    for (const socket of pair) {
      sockets.add(socket);
      // What cannot be reached, or has gone, has gone for the client too.
      socket.on('error', () => client.resetAndDestroy());
      socket.once('close', () => {
        sockets.delete(socket);
        for (const each of pair) each.destroy();
      });
    }
    client.pipe(upstream);
    if (cuts === undefined) {
      upstream.pipe(client);
      return;
    }
    cuts += 1;
    if (cuts % 2 === 1) client.resetAndDestroy();
    upstream.once('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, chunk.length / 2), () => client.destroy());
    });
  }

  return {
    async door() {
      const server = createServer(receive);
      servers.add(server);
      const reached = once(server, 'connection');
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reached };
    },
    pass(next) {
      target = next;
      cuts = undefined;
      endAll();
    },
    cut() {
      cuts = 0;
      endAll();
    },
    async stop() {
      const closed = [...servers].map((server) => once(server, 'close'));
      for (const server of servers) server.close();
      endAll();
      await Promise.all(closed);
    },
  };
}
