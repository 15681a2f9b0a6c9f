import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createResolver, type Provider } from '@keyturn/core';
import type { Quota } from './quota.ts';

/** Boots one instance: resolves when it has its parameters, rejects when it gave up. */
export type Boot = (quota: Quota, parameters: number, deadlineMs: number) => Promise<unknown>;

/** SSM's GetParameters takes ten names. */
const BATCH = 10;

const namesOf = (parameters: number) =>
  Array.from({ length: parameters }, (_, index) => `parameter-${index}`);

/** Keyturn as it comes, with its own resolver. */
export const keyturn: Boot = (quota, parameters, deadlineMs) => {
  const throttled = new Error('ThrottlingException');
  const store: Provider = {
    contract: 1,
    kind: 'ssm',
    batchSize: BATCH,
    params: [],
    classify: (error) => (error === throttled ? { code: 'Throttled' } : undefined),
    async fetch(locators) {
      if (!(await quota.call())) throw throttled;
      return locators.map(() => ({ ok: true, value: { value: 'canary' } }));
    },
  };
  const resolver = createResolver({ providers: { ssm: store }, deadline: deadlineMs });
  return resolver.resolve(Object.fromEntries(namesOf(parameters).map((name) => [name, `ssm://${name}`])));
};

/** The AWS SDK's own client, with only the network replaced. */
export const awsSdk =
  (retryMode: 'standard' | 'adaptive', maxAttempts: number): Boot =>
  async (quota, parameters, deadlineMs) => {
    const client = new SSMClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'canary', secretAccessKey: 'canary' },
      retryMode,
      maxAttempts,
      requestHandler: {
        async handle() {
          const through = await quota.call();
          const body = through
            ? { Parameters: [] }
            : { __type: 'ThrottlingException', message: 'Rate exceeded' };
          const headers = { 'content-type': 'application/x-amz-json-1.1' };
          const bytes = new TextEncoder().encode(JSON.stringify(body));
          return { response: { statusCode: through ? 200 : 400, headers, body: bytes } };
        },
      },
    });
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), deadlineMs);
    const names = namesOf(parameters);
    const calls = Array.from({ length: Math.ceil(parameters / BATCH) }, (_, call) =>
      client.send(new GetParametersCommand({ Names: names.slice(call * BATCH, (call + 1) * BATCH) }), {
        abortSignal: limit.signal,
      }),
    );
    try {
      await Promise.all(calls);
    } finally {
      clearTimeout(timer);
    }
  };
