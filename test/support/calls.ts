import type { FetchOptions, Locator, Provider } from '@keyturn/core';

/** What core calls a provider with, for tests that call one themselves. */
export const signal: AbortSignal = new AbortController().signal;
export const options: FetchOptions = { signal, warn: () => {} };

export function locator(path: string, params: Locator['params'] = {}): Locator {
  return { path, params };
}

/** What `fetch` rejects with, as `classify` names it. */
export async function failureOf(provider: Provider, ...locators: Locator[]) {
  const error = await provider.fetch(locators, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return provider.classify(error);
}
