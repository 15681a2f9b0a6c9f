import type { Fetched, FetchOptions, Locator, Outcome } from '@keyturn/core';
import { type FileOptions, file } from '../../src/index.ts';

export const at = (path: string): Locator => ({ path, params: {} });

export const options = (signal: AbortSignal = new AbortController().signal): FetchOptions => ({
  signal,
  warn: () => {},
});

/** Reads paths in one batch. */
export function read(
  given: string | FileOptions,
  ...paths: readonly string[]
): Promise<readonly Outcome<Fetched>[]> {
  const provider = file(typeof given === 'string' ? { root: given } : given);
  return provider.fetch(paths.map(at), options());
}

/** What a batch of texts gave: the text, or `code: message`. */
export async function texts(
  given: string | FileOptions,
  ...paths: readonly string[]
): Promise<readonly string[]> {
  return (await read(given, ...paths)).map((outcome) => {
    if (!outcome.ok) return `${outcome.code}: ${outcome.message}`;
    const { value } = outcome.value;
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : 'not bytes';
  });
}
