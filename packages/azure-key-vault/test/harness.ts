import type { FetchOptions, Locator, Provider } from '@keyturn/core';
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

export function locator(path: string, params: Locator['params'] = {}): Locator {
  return { path, params };
}

export const signal: AbortSignal = new AbortController().signal;
export const options: FetchOptions = { signal, warn: () => {} };

/** What `fetch` rejects with, as `classify` names it. */
export async function failureOf(provider: Provider, ...locators: Locator[]) {
  const error = await provider.fetch(locators, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return provider.classify(error);
}
