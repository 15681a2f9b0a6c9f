import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The metadata server that gives access tokens to whatever runs on Google Cloud, with its answers in order; the last
 * one stands.
 * https://docs.cloud.google.com/compute/docs/access/authenticate-workloads#applications
 */
export interface MetadataServer {
  /** What makes Google's libraries log in here: https://github.com/googleapis/gcp-metadata#environment-variables */
  readonly env: Readonly<Record<string, string>>;
  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];
  /** How many tokens were asked for. */
  logins(): number;
  stop(): Promise<void>;
}

export interface Login {
  /** @default 200 */
  readonly status?: number;
  /** In seconds. @default 3600 */
  readonly expiresIn?: number;
}

/** Starts a metadata server on loopback. Its tokens are `canary-token-1` and so on. */
export async function startMetadataServer(logins: readonly Login[] = []): Promise<MetadataServer> {
  let count = 0;
  const requests: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    requests.push(url);
    response.setHeader('Metadata-Flavor', 'Google');
    // Google's libraries ask by `fetch`, whose idle connections nobody can close.
    response.setHeader('Connection', 'close');
    if (!url.startsWith('/computeMetadata/v1/instance/service-accounts/default/token')) {
      response.writeHead(404).end();
      return;
    }
    count += 1;
    const { status = 200, expiresIn = 3600 } = logins[count - 1] ?? logins.at(-1) ?? {};
    const token = { access_token: `canary-token-${count}`, expires_in: expiresIn, token_type: 'Bearer' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { METADATA_SERVER_DETECTION: 'assume-present', GCE_METADATA_HOST: `127.0.0.1:${port}` },
    requests,
    logins: () => count,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
