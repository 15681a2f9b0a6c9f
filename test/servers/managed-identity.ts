import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where an app on Azure App Service asks for tokens, with no credential of its own. */
export interface ManagedIdentity {
  /** What makes `@azure/identity` ask here. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const HEADER = 'canary-identity-header';

/**
 * Starts the endpoint on loopback. Its token is `canary-token`, for an hour.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startManagedIdentity(): Promise<ManagedIdentity> {
  const server = createServer(({ url, headers }, response) => {
    const resource = new URL(url ?? '/', 'http://localhost').searchParams.get('resource');
    if (headers['x-identity-header'] !== HEADER || resource === null) {
      response.writeHead(400).end();
      return;
    }
    const token = {
      access_token: 'canary-token',
      expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      resource,
      token_type: 'Bearer',
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(token));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: HEADER },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
