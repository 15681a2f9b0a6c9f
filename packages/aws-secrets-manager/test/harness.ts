import type { FetchOptions, Locator, Provider } from '@keyturn/core';
import { afterEach } from 'vitest';
import { type AwsJsonServer, type Script, startAwsJsonServer } from '../../../test/servers/aws-json.ts';
import { type AwsSecretsManagerOptions, awsSecretsManager } from '../src/index.ts';

const stops: (() => PromiseLike<void>)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key' };

/** The provider over the real SDK, and a server that does what the script says; both end with the test. */
export async function startStore(
  script: Script,
  options: AwsSecretsManagerOptions = {},
): Promise<{ provider: Provider; server: AwsJsonServer }> {
  const server = await startAwsJsonServer(script);
  stops.push(server.stop);
  const provider = awsSecretsManager({
    region: 'eu-west-1',
    credentials: CREDENTIALS,
    endpoint: server.endpoint,
    ...options,
  });
  stops.push(async () => provider[Symbol.asyncDispose]?.());
  return { provider, server };
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
