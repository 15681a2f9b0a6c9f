import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it reached the server. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What the server answers: an object is sent as JSON. `hang` never answers, `cut` ends the socket mid-body. */
export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | 'hang'
  | 'cut';

export type Responder = (request: SeenRequest) => Reply | Promise<Reply>;

export interface VaultServer {
  /** Such as `http://127.0.0.1:32768`. */
  readonly address: string;
  /** All requests, in the order of arrival. */
  readonly seen: SeenRequest[];
  /** `GET /v1/secret/data/app` and the like, in the order of arrival. */
  calls(): string[];
  /** How many calls match. */
  count(pattern: RegExp): number;
  /** Connections that were opened so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  stop(): Promise<void>;
}

/** Certificate and key of the server, and the CA of the clients that it takes (it then takes no other), PEM. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}

/** A server on loopback that speaks Vault's protocol as the responder says, and keeps what it saw. */
export async function startVaultServer(responder: Responder, tls?: ServerTls): Promise<VaultServer> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const seenRequest = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    seen.push(seenRequest);
    send(response, await responder(seenRequest));
  }
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch(() => response.destroy());
  };
  const server = tls
    ? https.createServer(
        {
          cert: tls.cert,
          key: tls.key,
          ...(tls.clientCa !== undefined && {
            ca: tls.clientCa,
            requestCert: true,
            rejectUnauthorized: true,
          }),
        },
        listener,
      )
    : http.createServer(listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const calls = () => seen.map(({ method, path }) => `${method} ${path}`);
  return {
    address: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    calls,
    count: (pattern) => calls().filter((call) => pattern.test(call)).length,
    connections: () => connections,
    open: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return;
  if (reply === 'cut') {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
    response.write('{"data":', () => response.destroy());
    return;
  }
  const { status, headers = {}, body = '' } = reply;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(text);
}

/** Hands everything on to a real Vault, so that a test can count and change what passes. */
export function forwardTo(address: string): Responder {
  return async ({ method, path, headers, body }) => {
    const { host: _host, connection: _connection, 'content-length': _length, ...rest } = headers;
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]),
      redirect: 'manual',
      ...(body !== '' && { body }),
    });
    const retryAfter = answer.headers.get('retry-after');
    return {
      status: answer.status,
      headers: retryAfter === null ? {} : { 'Retry-After': retryAfter },
      body: await answer.text(),
    };
  };
}
