import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ClientSecretCredential } from '@azure/identity';
import { TENANT } from './azure-key-vault.ts';
import { makeCertificates } from './certificates.ts';

/**
 * The login service of Azure, as far as an app with a client secret goes:
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
 */
export interface Entra {
  readonly host: string;
  /** The CA of the server's certificate, PEM. */
  readonly ca: string;
  /** How often a token was asked for. */
  logins(): number;
  /** The real credential of @azure/identity, before this server. */
  credential(secret?: string): ClientSecretCredential;
  /** The variables by which EnvironmentCredential logs in here. */
  env(secret?: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** An error: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/** The secret that it knows. Its tokens are `canary-token-1`, `canary-token-2`, …, for an hour each. */
export const CLIENT_SECRET = 'canary-client-secret';
/** For a credential: it neither tries again, nor asks Microsoft whether it knows this host. */
export const AT_ONCE = { disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } };
const CLIENT = '00000000-0000-0000-0000-000000000003';
const HOST = 'login.azure.test';

/** `refusal` answers every login; without it, a secret that is another is refused. */
export async function startEntra(refusal?: Refusal): Promise<Entra> {
  const { ca, server: pair } = await makeCertificates(HOST);
  let logins = 0;
  const server = createServer(pair, async (request, response) => {
    // @azure/identity keeps its connections in the agent of the process, where nobody can close them.
    const send = (status: number, body: object) =>
      response
        .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
        .end(JSON.stringify(body));
    if (request.url?.includes('/.well-known/openid-configuration')) {
      send(200, metadata(`https://${request.headers.host}/${TENANT}`));
      return;
    }
    logins += 1;
    const secret = new URLSearchParams(await text(request)).get('client_secret');
    const { status, error } = refusal ?? (secret === CLIENT_SECRET ? GRANTED : WRONG_SECRET);
    if (error === undefined) {
      send(status, { token_type: 'Bearer', expires_in: 3600, access_token: `canary-token-${logins}` });
    } else {
      send(status, { error, error_description: `refused: ${secret}`, error_codes: [7000215] });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authorityHost = `https://${HOST}:${port}`;
  return {
    host: HOST,
    ca,
    logins: () => logins,
    credential: (secret = CLIENT_SECRET) =>
      new ClientSecretCredential(TENANT, CLIENT, secret, { authorityHost, ...AT_ONCE }),
    env: (secret = CLIENT_SECRET) => ({
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: CLIENT,
      AZURE_CLIENT_SECRET: secret,
      AZURE_AUTHORITY_HOST: authorityHost,
    }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const GRANTED = { status: 200, error: undefined };
const WRONG_SECRET: Refusal = { status: 401, error: 'invalid_client' };

/** https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc. */
function metadata(authority: string) {
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  };
}
