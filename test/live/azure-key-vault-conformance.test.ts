import { azureKeyVault } from '@keyturn/azure-key-vault';
import { canary, runWith } from '@keyturn/conformance';
import { describe, it } from 'vitest';
import { createCredential } from '../servers/azure-credential.ts';
import { always, challenge, fault, type KeyVaultOptions, startKeyVault } from '../servers/azure-key-vault.ts';
import { reachable } from '../servers/azure-network.ts';

/** A provider before a vault of its own. */
async function start(options: KeyVaultOptions = {}) {
  const server = await startKeyVault(options);
  const leave = reachable(server);
  return {
    server,
    provider: azureKeyVault({ vaultUrl: server.url, credential: createCredential() }),
    path: 'secret',
    reached: server.reached,
    async [Symbol.asyncDispose]() {
      leave();
      await server.stop();
    },
  };
}

const refuse = (status: number, code: string, inner?: string) =>
  start({ script: always(fault(status, code, { message: canary, ...(inner && { inner }) })) });

describe('conformance of azure-key-vault, on the protocol server', () => {
  runWith(it, {
    async open() {
      const { server, provider, [Symbol.asyncDispose]: dispose } = await start();
      return {
        provider,
        path: (name) => name,
        async put(path, value) {
          server.set(path, String(value));
        },
        [Symbol.asyncDispose]: dispose,
      };
    },
    cannot: { binary: 'a secret is text (set-secret of the REST API)' },
    largest: { bytes: 25_000, reason: 'a secret has at most 25 kB (about-secrets of its documentation)' },
    faults: {
      AccessDenied: () => refuse(403, 'Forbidden', 'ForbiddenByRbac'),
      Unauthenticated: () => start({ script: () => challenge() }),
      Throttled: () => refuse(429, 'Throttled'),
      Unavailable: () => start({ script: always({ cut: JSON.stringify({ value: canary.repeat(100) }) }) }),
      async Disabled() {
        const opened = await start();
        opened.server.set('secret', canary, { enabled: false });
        return opened;
      },
      InvalidReference: () => refuse(400, 'BadParameter'),
      Misconfigured: () => start({ resource: 'https://other.test' }),
    },
    hangs: () => start({ script: ({ token }) => (token === undefined ? undefined : { hang: true }) }),
  });
});
