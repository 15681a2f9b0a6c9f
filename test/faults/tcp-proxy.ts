import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  /** Such as `http://127.0.0.1:32768`. */
  readonly address: string;
  /** Resolves once a client has sent something. */
  readonly reached: Promise<void>;
}

/**
 * Hands bytes on to the server at `address` (`http://host:port`) and back. With `cutAfter`, both connections end as
 * soon as an answer's bytes up to this text have been handed back.
 */
export async function startTcpProxy(address: string, cutAfter?: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(address);
  const sockets = new Set<Socket>();
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.once('close', end).once('error', end);
    }
    client.on('data', (chunk) => {
      upstream.write(chunk);
      reach();
    });
    let handedBack = Buffer.alloc(0);
    upstream.on('data', (chunk) => {
      const sent = handedBack.length;
      handedBack = Buffer.concat([handedBack, chunk]);
      const mark = cutAfter === undefined ? -1 : handedBack.indexOf(cutAfter);
      if (cutAfter === undefined || mark < 0) client.write(chunk);
      else client.write(handedBack.subarray(sent, mark + cutAfter.length), end);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
