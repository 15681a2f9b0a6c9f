import { type MemoryFault, type MemoryProvider, memory } from '../../core/src/memory.ts';
import type { Provider } from '../../core/src/provider.ts';
import { canary, type Subject } from '../src/index.ts';

export type Wrap = (provider: MemoryProvider) => Provider;

const plain: Wrap = (provider) => provider;

/** Core's memory provider, or what a test makes of it. */
export function memorySubject(wrap: Wrap = plain, batchSize = Infinity): Subject {
  const holding = (arm: (store: MemoryProvider) => void) => () => {
    const store = memory({ 'app/secret': canary });
    arm(store);
    return { provider: wrap(store), path: 'app/secret' };
  };
  const answering = (fault: MemoryFault) => holding((store) => store.fail('app/secret', fault));
  const rejecting = (fault: MemoryFault) => holding((store) => store.spoil('app/secret', fault));
  return {
    open() {
      const store = memory({}, { batchSize, params: ['version'] });
      return {
        provider: wrap(store),
        path: (name) => `app/${name}`,
        put: async (path, value) =>
          store.set(path, value, { version: '1', createdAt: new Date('2026-01-02T03:04:05Z') }),
      };
    },
    cannot: { check: 'any path is legal and canonical', dispose: 'it holds nothing open' },
    faults: {
      AccessDenied: rejecting('AccessDenied'),
      Unauthenticated: rejecting({ code: 'Unauthenticated', message: 'the token is no longer valid' }),
      Throttled: answering({ code: 'Throttled', retryAfterMs: 10 }),
      Unavailable: rejecting('Unavailable'),
      Disabled: answering('Disabled'),
      InvalidValue: answering('InvalidValue'),
    },
    hangs: answering('hang'),
    timeout: 250,
  };
}

/**
 * A provider with all that the contract has: a canonical form of paths, and a connection that keeps the process alive
 * until it is disposed of.
 */
const sound: Wrap = (store) => {
  let connection: NodeJS.Timeout | undefined;
  return {
    ...store,
    check: ({ path, params }) =>
      path.endsWith('/')
        ? { problem: 'a path does not end in a slash: leave it out' }
        : { locator: { path: path.replace(/^\/+/, ''), params } },
    fetch(locators, options) {
      connection ??= setInterval(() => {}, 60_000);
      return store.fetch(locators, options);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(connection);
      connection = undefined;
    },
  };
};

/** A provider that `broken` has made of a sound one. */
export function soundSubject(
  broken: (provider: Provider, store: MemoryProvider) => Provider = plainly,
): Subject {
  return { ...memorySubject((store) => broken(sound(store), store)), cannot: {} };
}

/** The same for a store that keeps fields only, as Vault does. */
export function fieldsSubject(broken: (provider: Provider) => Provider = plainly): Subject {
  return { ...soundSubject(broken), field: 'value', cannot: { binary: 'it keeps JSON, which has no bytes' } };
}

function plainly(provider: Provider): Provider {
  return provider;
}

/** Answers backwards, which one check sees. */
export const backwards: Subject = soundSubject((provider) => ({
  ...provider,
  fetch: async (locators, options) => (await provider.fetch(locators, options)).toReversed(),
}));
