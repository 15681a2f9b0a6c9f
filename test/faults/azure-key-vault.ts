import { type AzureKeyVaultOptions, azureKeyVault } from '@keyturn/azure-key-vault';
import { canary } from '@keyturn/conformance';
import { vi } from 'vitest';
import { createCredential } from '../servers/azure-credential.ts';
import { CLIENT_SECRET, startEntra } from '../servers/azure-entra.ts';
import {
  always,
  challenge,
  fault,
  type Reply,
  type Script,
  startKeyVault,
} from '../servers/azure-key-vault.ts';
import { reachable } from '../servers/azure-network.ts';
import { makeCertificates } from '../servers/certificates.ts';
import type { Provoked, Row } from './matrix.ts';

/** What the machine may have of its own. */
const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'https_proxy', 'http_proxy', 'all_proxy'];

const WRONG_SECRET = `${canary}-client-secret`;
const HOUR_MS = 3_600_000;

function reading(vaultUrl: string, credential: AzureKeyVaultOptions['credential'] = createCredential()) {
  for (const name of PROXIES) vi.stubEnv(name, undefined);
  return {
    provider: azureKeyVault({ vaultUrl, credential }),
    path: 'app',
    hidden: ['canary-token-1', 'canary-token-2', CLIENT_SECRET, WRONG_SECRET],
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
    },
  };
}

/** The provider before a vault, whose answers a script may replace; `ca` is what this process trusts instead of the vault's. */
async function serving(
  script: Script = () => undefined,
  { credential, ca }: { readonly credential?: AzureKeyVaultOptions['credential']; readonly ca?: string } = {},
) {
  const server = await startKeyVault({ script });
  server.set('app', canary);
  server.set('gone', canary, { enabled: false });
  const leave = reachable({ host: server.host, ca: ca ?? server.ca });
  const read = reading(server.url, credential);
  return {
    ...read,
    by: 'protocol server' as const,
    server,
    async [Symbol.asyncDispose]() {
      leave();
      await server.stop();
      await read[Symbol.asyncDispose]();
    },
  };
}

/** The same answer to every call that has a token. */
async function answering(reply: Reply, failure: Pick<Provoked, 'code' | 'message'>) {
  return { ...(await serving(always(reply))), ...failure };
}

/** https://learn.microsoft.com/azure/key-vault/general/overview-throttling */
function throttled(headers: Readonly<Record<string, string>> = {}) {
  return answering(fault(429, 'Throttled', { message: canary, headers }), {
    code: 'Throttled',
    message: 'Key Vault asks for fewer requests',
  });
}

/** A vault behind Entra ID, with the real credential of @azure/identity. */
async function loggingIn(secret = CLIENT_SECRET, script?: Script) {
  const entra = await startEntra();
  const leave = reachable(entra);
  const read = await serving(script, { credential: entra.credential(secret) });
  return {
    ...read,
    logins: entra.logins,
    async [Symbol.asyncDispose]() {
      await read[Symbol.asyncDispose]();
      leave();
      await entra.stop();
    },
  };
}

export const azureKeyVaultRow: Row = {
  kind: 'azure-key-vault',
  store: 'a protocol server, over TLS',
  cells: {
    async missing() {
      const message = 'the vault has no such secret or version';
      return { ...(await serving()), path: 'none', code: 'NotFound', message };
    },
    denied: () =>
      answering(fault(403, 'Forbidden', { message: canary, inner: 'ForbiddenByRbac' }), {
        code: 'AccessDenied',
        message: 'no role grants this: assign "Key Vault Secrets User" on the vault, and wait some minutes',
      }),
    async badCredentials() {
      return {
        ...(await loggingIn(WRONG_SECRET)),
        code: 'Unauthenticated',
        message: 'Microsoft Entra ID refuses the credentials: they are wrong, or have expired',
      };
    },
    throttledWithRetryAfter: () => throttled({ 'retry-after': '60' }),
    throttled: () => throttled(),
    serverError: () =>
      answering(fault(503, 'ServiceUnavailable', { message: canary }), {
        code: 'Unavailable',
        message: 'Key Vault failed to answer (HTTP 503)',
      }),
    async refused() {
      const { server, ...read } = await serving();
      await server.stop();
      return {
        ...read,
        code: 'Unavailable',
        message: 'nothing accepts connections at `vaultUrl` (ECONNREFUSED)',
      };
    },
    unknownHost: () => ({
      ...reading('https://name.invalid'),
      code: 'Unavailable',
      // A machine without a network has no DNS that could deny the name.
      message:
        /^(DNS does not know the host of `vaultUrl` \(AZURE_KEYVAULT_RESOURCEENDPOINT\) \(ENOTFOUND\)|DNS gives no answer for the host of `vaultUrl` \(EAI_AGAIN\))$/,
    }),
    async untrusted() {
      const { ca } = await makeCertificates('stranger.test');
      return {
        ...(await serving(undefined, { ca })),
        code: 'Unavailable',
        message:
          "the server's TLS certificate is not trusted: name its CA in NODE_EXTRA_CA_CERTS, or hand in a client that trusts it (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
      };
    },
    hangs: () => answering({ hang: true }, { code: 'Unavailable', message: 'no answer within 500 ms' }),
    cut: () =>
      answering(
        { cut: JSON.stringify({ value: canary.repeat(100) }) },
        {
          code: 'Unavailable',
          message: 'the connection was cut before the answer was complete (PARSE_ERROR)',
        },
      ),
    wrongBody: () =>
      answering(
        { status: 200, body: `<html>${canary}</html>` },
        {
          code: 'Unavailable',
          message:
            'what came back is not an answer of Key Vault: check `vaultUrl` (AZURE_KEYVAULT_RESOURCEENDPOINT) and any proxy on the way (HTTP 200)',
        },
      ),
    async gone() {
      return {
        ...(await serving()),
        path: 'gone',
        code: 'Disabled',
        message: 'this version is disabled: enable it, or refer to another version',
      };
    },
    async expires() {
      const ended = new Set<string>();
      const read = await loggingIn(CLIENT_SECRET, ({ token = '' }) =>
        ended.has(token) ? challenge() : undefined,
      );
      return {
        ...read,
        async expire() {
          for (const { token } of read.server.requests) if (token !== undefined) ended.add(token);
          // Nobody but the clock tells a credential of @azure/identity to log in again.
          vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
        },
        async [Symbol.asyncDispose]() {
          vi.useRealTimers();
          await read[Symbol.asyncDispose]();
        },
      };
    },
  },
};
