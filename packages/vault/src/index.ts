import { type CallOptions, type Locator, lazy, type Outcome, type Provider } from '@keyturn/core';
import { toFault } from './classify.ts';
import type { Store } from './connect.ts';
import type { VaultOptions } from './options.ts';
import { checkLocator } from './paths.ts';

export type {
  NodeVaultClient,
  TextSource,
  VaultAuth,
  VaultClientOptions,
  VaultConnectionOptions,
  VaultLogin,
  VaultOptions,
  VaultTls,
} from './options.ts';

const CONCURRENCY = 16;

/**
 * Secrets in HashiCorp Vault or OpenBao, in KV engines of version 1 and 2. A path is `<mount>/<path>`, as the `vault kv`
 * command takes it, without the API's `data/`; the value is the map of fields, of which `#field` picks one;
 * `?version=` reads an older version.
 *
 * Nothing is read, loaded or dialled before the first read. Reading costs one call a secret, one for each mount, and a
 * login; `docs/providers/vault.md` has the least policy and what each code means.
 *
 * @example
 * vault({ address: 'https://vault.example.com:8200', auth: { appRole: { roleId, secretId } }, prefix: 'secret/myapp/' })
 */
export function vault(options: VaultOptions = {}): Provider {
  const { prefix = '', mount } = options;
  const open = lazy(async () => {
    const { connect } = await import('./connect.ts');
    return await connect(options, CONCURRENCY);
  });

  async function each<T>(
    locators: readonly Locator[],
    { signal, clock }: CallOptions,
    ask: (store: Store, locator: Locator) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>[]> {
    signal.throwIfAborted();
    const store = await open();
    try {
      return await Promise.all(locators.map((locator) => ask(store, locator)));
    } finally {
      const time = store.time();
      if (time) clock?.(time);
    }
  }

  return {
    contract: 1,
    kind: 'vault',
    batchSize: 1,
    concurrency: CONCURRENCY,
    params: ['version'],
    ...(options.client !== undefined && { retries: 'own' }),
    check: (locator) => checkLocator(locator, { prefix, mount }),
    fetch: (locators, options) =>
      each(locators, options, (store, locator) => store.fetch(locator, options.signal)),
    describe: (locators, options) =>
      each(locators, options, (store, locator) => store.describe(locator, options.signal)),
    classify: (error) => toFault(error)?.fault,
    async [Symbol.asyncDispose]() {
      const opened = await open.take()?.catch(() => undefined);
      await opened?.close();
    },
  };
}
