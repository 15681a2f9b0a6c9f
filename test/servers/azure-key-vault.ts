import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createSecrets, type Secrets } from './azure-secrets.ts';
import { makeCertificates } from './certificates.ts';

/**
 * A server that answers as Azure Key Vault does, over TLS: the 401 challenge, secrets, their versions page by page,
 * deleted secrets. Written from https://learn.microsoft.com/rest/api/keyvault/secrets and the pages named below.
 */
export interface KeyVaultServer extends Pick<Secrets, 'set' | 'remove'> {
  /** Such as `https://keyturn.vault.azure.test:32768`. Nothing resolves it but `azure-network.ts`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The CA of the server's certificate, PEM. */
  readonly ca: string;
  /** Every request so far, in order. */
  readonly requests: readonly KeyVaultRequest[];
  /** Resolves when a request with a token is there. */
  readonly reached: Promise<void>;
  /** How many requests there were, without those that only met the challenge. */
  count(): number;
  connections(): Promise<number>;
  stop(): Promise<void>;
}

export interface KeyVaultRequest {
  readonly method: string;
  /** Decoded, such as `/secrets/name/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly token: string | undefined;
}

/** What a script answers with. */
export type Reply =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  /** Accepts the request and never answers. */
  | { readonly hang: true }
  /** Promises the whole body, sends half of it and closes the connection. */
  | { readonly cut: string; readonly gzip?: true };

/** Answers in place of the vault; undefined where the vault shall. */
export type Script = (request: KeyVaultRequest) => Reply | undefined;

export interface KeyVaultOptions {
  /** Also asked about requests without a token. */
  readonly script?: Script;
  /** What the challenge names. @default 'https://vault.azure.test', the domain that all vaults share */
  readonly resource?: string;
}

const HOST = 'keyturn.vault.azure.test';
const RESOURCE = 'https://vault.azure.test';
/** The tenant that the challenge names. */
export const TENANT = '00000000-0000-0000-0000-000000000001';
const AUTHORITY = `https://login.azure.test/${TENANT}`;

/** https://learn.microsoft.com/rest/api/keyvault/keyvault-secrets-restapi-versions, and `serviceVersion` of the SDK. */
const API_VERSIONS = /^(7\.[0-6]|2025-07-01|2026-04-01)$/;
/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret-versions/get-secret-versions: 25 at most. */
const PAGE = 25;

/** A success. */
export function ok(body: unknown): Reply {
  return { status: 200, body: JSON.stringify(body) };
}

/** An error: https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses. */
export function fault(
  status: number,
  code: string,
  {
    inner,
    message = 'canary-message',
    headers = {},
  }: { inner?: string; message?: string; headers?: Record<string, string> } = {},
): Reply {
  const error = { code, message, ...(inner && { innererror: { code: inner } }) };
  return { status, body: JSON.stringify({ error }), headers };
}

/** The same answer to every request that has a token; the challenge stands. */
export function always(reply: Reply): Script {
  return ({ token }) => (token === undefined ? undefined : reply);
}

/** https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses#authentication. */
export function challenge(resource = RESOURCE): Reply {
  return fault(401, 'Unauthorized', {
    message: 'AKV10000: Request is missing a Bearer or PoP token.',
    headers: { 'www-authenticate': `Bearer authorization="${AUTHORITY}", resource="${resource}"` },
  });
}

/** Made once: openssl takes longer than a test. */
let certificates: ReturnType<typeof makeCertificates> | undefined;

/** Starts a vault on loopback, with a CA and a certificate of this process. */
export async function startKeyVault({ script, resource }: KeyVaultOptions = {}): Promise<KeyVaultServer> {
  certificates ??= makeCertificates(HOST);
  const { ca, server: pair } = await certificates;
  const requests: KeyVaultRequest[] = [];
  const secrets = createSecrets(() => url);
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const server = createServer(pair, (message, response) => {
    const request = read(message);
    requests.push(request);
    if (request.token !== undefined) reach();
    const reply = script?.(request);
    if (reply) send(response, reply);
    else if (request.token === undefined) send(response, challenge(resource));
    else send(response, answer(request, secrets, url));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `https://${HOST}:${port}`;
  const connections = promisify(server.getConnections.bind(server));
  return {
    url,
    host: HOST,
    port,
    ca,
    requests,
    reached,
    set: secrets.set,
    remove: secrets.remove,
    count: () => requests.filter(({ token }) => token !== undefined).length,
    connections: () => connections(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function read({ method = '', url = '/', headers }: IncomingMessage): KeyVaultRequest {
  const { pathname, searchParams } = new URL(url, `https://${HOST}`);
  const token = headers.authorization?.replace(/^Bearer /, '');
  return { method, path: decodeURIComponent(pathname), query: searchParams, headers, token };
}

/** https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, and the page of each operation. */
function answer({ method, path, query }: KeyVaultRequest, secrets: Secrets, url: string): Reply {
  if (!API_VERSIONS.test(query.get('api-version') ?? '')) return fault(400, 'BadParameter');
  const [collection, name = '', version = '', ...more] = path.slice(1).split('/');
  if (method !== 'GET' || more.length > 0) return fault(405, 'MethodNotAllowed');
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) return fault(400, 'BadParameter');
  if (collection === 'deletedsecrets') {
    const deleted = secrets.deleted(name);
    // "Deleted Secret not found": https://github.com/Azure/azure-sdk-for-net/issues/26027.
    return deleted ? ok(deleted) : fault(404, 'SecretNotFound');
  }
  if (collection !== 'secrets') return fault(404, 'NotFound');
  if (version === 'versions') return versions(name, query, secrets, url);
  const found = secrets.find(name, version);
  if (!found) return fault(404, 'SecretNotFound');
  // "Operation get is not allowed on a disabled secret": https://github.com/Azure/azure-sdk-for-js/issues/24756.
  return found.enabled ? ok(found.body) : fault(403, 'Forbidden', { inner: 'SecretDisabled' });
}

function versions(name: string, query: URLSearchParams, secrets: Secrets, url: string): Reply {
  const start = Number(query.get('$skiptoken') ?? 0);
  const page = secrets.list(name, start, Math.min(PAGE, Number(query.get('maxresults') ?? PAGE)));
  if (!page) return fault(404, 'SecretNotFound');
  const { value, next } = page;
  const link = `${url}/secrets/${name}/versions?api-version=${query.get('api-version')}&$skiptoken=${next}`;
  return ok({ value, nextLink: next === undefined ? null : link });
}

function send(response: ServerResponse, reply: Reply): void {
  if ('hang' in reply) return;
  const head = { 'content-type': 'application/json; charset=utf-8', 'x-ms-request-id': 'request-id' };
  if ('cut' in reply) {
    const body = reply.gzip ? gzipSync(reply.cut) : Buffer.from(reply.cut);
    response.writeHead(200, {
      ...head,
      ...(reply.gzip && { 'content-encoding': 'gzip' }),
      'content-length': body.length,
    });
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
    return;
  }
  response.writeHead(reply.status, { ...head, ...reply.headers }).end(reply.body);
}
