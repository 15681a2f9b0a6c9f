import type { Provider } from '@keyturn/core';
import { afterEach } from 'vitest';
import { type AwsJsonServer, type Script, startAwsJsonServer } from './aws-json.ts';

export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key' };

interface Connection {
  readonly region: string;
  readonly credentials: typeof CREDENTIALS;
  readonly endpoint: string;
}

/** Starts a provider over the real SDK, and a server that does what the script says; both end with the test. */
export function starter<Options>(make: (connection: Connection, options?: Options) => Provider) {
  const stops: (() => PromiseLike<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  return async (
    script: Script,
    options?: Options,
  ): Promise<{ provider: Provider; server: AwsJsonServer }> => {
    const server = await startAwsJsonServer(script);
    stops.push(server.stop);
    const connection = { region: 'eu-west-1', credentials: CREDENTIALS, endpoint: server.endpoint };
    const provider = make(connection, options);
    stops.push(async () => provider[Symbol.asyncDispose]?.());
    return { provider, server };
  };
}
