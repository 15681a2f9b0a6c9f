import type { Classified, Provider } from '@keyturn/core';
import { afterEach } from 'vitest';
import {
  type Reply,
  type Responder,
  type SeenRequest,
  startVaultServer,
  type VaultServer,
} from '../../../test/servers/vault-server.ts';
import { type VaultConnectionOptions, vault } from '../src/index.ts';

export const TOKEN = 'canary-token';

const closing: (() => Promise<unknown> | undefined)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Something to let go of after the test. */
export function later(close: () => Promise<unknown> | undefined): void {
  closing.push(close);
}

/** A server for this test that answers reads, mounts and logins well, unless `responder` has another answer. */
export async function serve(
  responder: (request: SeenRequest) => Reply | undefined | Promise<Reply | undefined> = () => undefined,
): Promise<VaultServer> {
  const server = await startVaultServer(
    async (request) => (await responder(request)) ?? wellAnswered(request),
  );
  later(server.stop);
  return server;
}

/** A mount by https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts, `secret/` as KV version 2. */
export const MOUNT = { data: { path: 'secret/', type: 'kv', options: { version: '2' } } };

/** A secret by https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version. */
export const SECRET = {
  data: {
    data: { v: 'canary-value' },
    metadata: {
      created_time: '2026-01-02T03:04:05.678901234Z',
      deletion_time: '',
      destroyed: false,
      version: 3,
    },
  },
};

/** A login by https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login and its like. */
export function loginReply(token: string, lease_duration = 3600, renewable = true): Reply {
  return { status: 200, body: { auth: { client_token: token, lease_duration, renewable } } };
}

const wellAnswered: Responder = ({ path }) => {
  if (path.includes('/sys/internal/ui/mounts/')) return { status: 200, body: MOUNT };
  if (/\/auth\/.*\/login/.test(path)) return loginReply(TOKEN);
  return { status: 200, body: SECRET };
};

export function open(address: string, options: VaultConnectionOptions = {}): Provider {
  const provider = vault({ address, auth: { token: TOKEN }, ...options });
  later(async () => await provider[Symbol.asyncDispose]?.());
  return provider;
}

/** The one outcome, or what the error that was thrown is classified as. */
export async function read(
  provider: Provider,
  path = 'secret/app',
  signal: AbortSignal = AbortSignal.timeout(10_000),
) {
  try {
    const [outcome] = await provider.fetch([{ path, params: {} }], { signal, warn: () => undefined });
    return outcome;
  } catch (error) {
    if (signal.aborted && error === signal.reason) throw error;
    const classified: Classified | undefined = provider.classify(error);
    return classified;
  }
}
