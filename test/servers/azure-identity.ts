import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The token endpoint that App Service gives an app with a managed identity: what DefaultAzureCredential finds by the
 * environment alone. Written from https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference.
 */
export interface IdentityEndpoint {
  /** The variables that lead there. */
  readonly env: Readonly<Record<'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>>;
  /** The resource of every login so far. */
  readonly logins: readonly (string | null)[];
  stop(): Promise<void>;
}

export async function startIdentityEndpoint(): Promise<IdentityEndpoint> {
  const IDENTITY_HEADER = 'canary-header';
  const logins: (string | null)[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const known = request.headers['x-identity-header'] === IDENTITY_HEADER;
    if (!known || searchParams.get('api-version') !== '2019-08-01') {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const resource = searchParams.get('resource');
    const count = logins.push(resource);
    const expires = Math.floor(Date.now() / 1000) + 86_400;
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        access_token: `canary-token-${count}`,
        client_id: '00000000-0000-0000-0000-000000000002',
        expires_on: String(expires),
        resource,
        token_type: 'Bearer',
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER },
    logins,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
