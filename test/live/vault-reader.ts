import type { Classified, Fetched, Outcome, Provider, SecretMetadata } from '@keyturn/core';

/** What a store said of one secret: its outcome, or what the error that was thrown is classified as. */
export type Said<T> = Outcome<T> | Classified | undefined;

const TIMEOUT_MS = 120_000;

/** Reads one secret without core: no retries, no cache. */
export async function read(
  provider: Provider,
  path = 'secret/app',
  params: Readonly<Record<string, string>> = {},
): Promise<Said<Fetched>> {
  const options = { signal: AbortSignal.timeout(TIMEOUT_MS), warn: () => undefined };
  return await said(provider, async () => await provider.fetch([{ path, params }], options));
}

/** Describes one secret. */
export async function look(
  provider: Provider,
  path: string,
  params: Readonly<Record<string, string>> = {},
): Promise<Said<SecretMetadata>> {
  const options = { signal: AbortSignal.timeout(TIMEOUT_MS) };
  return await said(provider, async () => (await provider.describe?.([{ path, params }], options)) ?? []);
}

async function said<T>(provider: Provider, call: () => Promise<readonly Outcome<T>[]>): Promise<Said<T>> {
  try {
    const [outcome] = await call();
    return outcome;
  } catch (error) {
    return provider.classify(error);
  }
}

/** The value or metadata of an outcome that has one. */
export function givenBy<T>(answer: Said<T>): T | undefined {
  return answer && 'ok' in answer && answer.ok ? answer.value : undefined;
}

/** `ok`, or the code. */
export function codeOf(answer: Said<unknown>): string | undefined {
  return answer && 'code' in answer ? answer.code : 'ok';
}
