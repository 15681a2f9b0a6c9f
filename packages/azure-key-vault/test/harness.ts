import type { Provider } from '@keyturn/core';
import { afterEach } from 'vitest';
import { createCredential, type TestCredential } from '../../../test/servers/azure-credential.ts';
import { type Entra, type Refusal, startEntra } from '../../../test/servers/azure-entra.ts';
import {
  type KeyVaultOptions,
  type KeyVaultServer,
  startKeyVault,
} from '../../../test/servers/azure-key-vault.ts';
import { reachable } from '../../../test/servers/azure-network.ts';
import { type AzureKeyVaultOptions, azureKeyVault } from '../src/index.ts';

export { failureOf, locator, options, signal } from '../../../test/support/calls.ts';

const stops: (() => PromiseLike<void> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

export interface Store {
  readonly provider: Provider;
  readonly server: KeyVaultServer;
  readonly credential: TestCredential;
}

/** The provider over the real SDK, and a vault; both end with the test. */
export async function startStore(
  vault: KeyVaultOptions = {},
  {
    credential = createCredential(),
    ...options
  }: AzureKeyVaultOptions & { credential?: TestCredential } = {},
): Promise<Store> {
  const server = await startServer(vault);
  const provider = open({ vaultUrl: server.url, credential, ...options });
  return { provider, server, credential };
}

export async function startServer(options: KeyVaultOptions = {}): Promise<KeyVaultServer> {
  const server = await startKeyVault(options);
  stops.push(server.stop, reachable(server));
  return server;
}

export async function startLogin(refusal?: Refusal): Promise<Entra> {
  const entra = await startEntra(refusal);
  stops.push(entra.stop, reachable(entra));
  return entra;
}

export function open(options: AzureKeyVaultOptions): Provider {
  const provider = azureKeyVault(options);
  stops.push(async () => provider[Symbol.asyncDispose]?.());
  return provider;
}
