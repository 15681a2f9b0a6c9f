import { setImmediate } from 'node:timers/promises';
import type { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { ConfigError, type Lazy, lazy } from '@keyturn/core';
import { CredentialsError, isUnauthenticated } from './failures.ts';
import type { Target } from './targets.ts';

/** The version of this package, for the user agent: what package.json says, which a test checks. */
const VERSION = '0.1.0';

type ClientOptions = NonNullable<ConstructorParameters<typeof SecretManagerServiceClient>[0]>;

/** What is passed to every call of a client. */
interface CallOptions {
  readonly signal: AbortSignal;
  /** Turns the SDK's retries off; left out, they are as the client has them. */
  readonly retry?: null;
}

/** What is used of a client; `SecretManagerServiceClient` is one. */
interface Reader {
  initialize?(): Promise<unknown>;
  accessSecretVersion(
    request: { name: string },
    options: CallOptions,
  ): Promise<[protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse, ...unknown[]]>;
  getSecretVersion(
    request: { name: string },
    options: CallOptions,
  ): Promise<[protos.google.cloud.secretmanager.v1.ISecretVersion, ...unknown[]]>;
  getSecret(
    request: { name: string },
    options: CallOptions,
  ): Promise<[protos.google.cloud.secretmanager.v1.ISecret, ...unknown[]]>;
}

export interface ConnectionOptions {
  /**
   * A client of your own, used as it is and never closed: its retries, its credentials and its endpoint stand. The
   * other options of the connection cannot stand beside it.
   */
  readonly client?: Reader | undefined;
  /** A client of google-auth-library, for credentials that are not the default ones. @default Application Default Credentials */
  readonly authClient?: ClientOptions['authClient'] | undefined;
  /**
   * A host, or `host:port`, for Private Service Connect or a test; always over TLS.
   * @default secretmanager.googleapis.com, and secretmanager.LOCATION.rep.googleapis.com for regional secrets
   */
  readonly endpoint?: string | undefined;
}

export interface Connector {
  /** Makes one call, at the target's endpoint; once more, with new credentials, where Google refused the old ones. */
  request<T>(
    target: Target,
    signal: AbortSignal,
    send: (client: Reader, options: CallOptions) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Over a client that was handed in, or over our own: one for each endpoint, made at the first call to it. */
export function connector({ client, ...own }: ConnectionOptions): Connector {
  return client === undefined ? ownClients(own) : handedIn(client, own);
}

function handedIn(client: Reader, own: ConnectionOptions): Connector {
  return {
    async request(_target, signal, send) {
      const beside = Object.entries(own).filter(([, given]) => given !== undefined);
      if (beside.length > 0) {
        const message = 'cannot stand beside `client`, which has its own';
        throw new ConfigError(beside.map(([place]) => ({ place, message })));
      }
      await until(signal, initialized(client));
      return send(client, { signal });
    },
    async close() {},
  };
}

function ownClients({ authClient, endpoint }: ConnectionOptions): Connector {
  const clients = new Map<string, Lazy<SecretManagerServiceClient>>();

  /** The client for the target's endpoint; a new one in place of one whose credentials are spent. */
  const clientFor = (target: Target, spent?: Lazy<SecretManagerServiceClient>) => {
    const address = addressOf(target, endpoint);
    const key = `${address.apiEndpoint}:${address.port}`;
    const present = clients.get(key);
    if (present !== undefined && present !== spent) return present;
    // Without a project the SDK runs `gcloud` and asks the metadata server, for one that no call needs.
    const client = lazy(() =>
      open({ ...address, projectId: target.project, ...(authClient && { authClient }) }),
    );
    clients.set(key, client);
    return client;
  };

  return {
    async request(target, signal, send) {
      // Core retries, within its deadline.
      const options: CallOptions = { signal, retry: null };
      const client = clientFor(target);
      try {
        return await send(await until(signal, client()), options);
      } catch (error) {
        if (!isUnauthenticated(error) || authClient !== undefined) throw error;
        // The SDK renews a token before its time is over, but not when Google refuses it. All calls that were under
        // way with the old one share the new one.
        const renewed = clientFor(target, client);
        await closing(client);
        return await send(await until(signal, renewed()), options);
      }
    },
    async close() {
      const all = [...clients.values()];
      clients.clear();
      await Promise.all(all.map(closing));
    },
  };
}

/** Lets calls that are under way end, and those that are about to be made begin. */
async function closing(client: Lazy<SecretManagerServiceClient>): Promise<void> {
  const opened = await client.take()?.catch(() => undefined);
  await setImmediate();
  await opened?.close();
}

type Address = Pick<ClientOptions, 'apiEndpoint' | 'port'>;

/** https://docs.cloud.google.com/secret-manager/docs/reference/rest. The SDK knows the global endpoint. */
function addressOf({ location }: Target, endpoint: string | undefined): Address {
  if (endpoint === undefined) {
    return location === undefined ? {} : { apiEndpoint: `secretmanager.${location}.rep.googleapis.com` };
  }
  const [, apiEndpoint, port = '443'] = /^([\w.-]+)(?::(\d{1,5}))?$/.exec(endpoint) ?? [];
  if (apiEndpoint === undefined) {
    const message = 'is neither a host nor a host and a port, such as "secretmanager.example.com:443"';
    throw new ConfigError([{ place: 'endpoint', message }]);
  }
  return { apiEndpoint, port: Number(port) };
}

async function open(options: ClientOptions): Promise<SecretManagerServiceClient> {
  const sdk = await import('@google-cloud/secret-manager');
  const client = new sdk.SecretManagerServiceClient({ ...options, ...CHANNEL });
  await initialized(client);
  return client;
}

/**
 * Options of @grpc/grpc-js. Core decides when to try again, so the channel has to be ready to connect by then: left
 * alone, gRPC waits up to two minutes after some failures.
 */
const CHANNEL = {
  'grpc.primary_user_agent': `keyturn/${VERSION}`,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
};

/**
 * Finds the credentials. A method of a client that has found none also rejects a promise that nobody can reach,
 * which ends the process; this one rejects only its own.
 */
async function initialized(client: Pick<Reader, 'initialize'>): Promise<void> {
  try {
    await client.initialize?.();
  } catch {
    throw new CredentialsError();
  }
}

/** Waits for a promise, but no longer than the signal allows: then rejects with its reason. */
function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
