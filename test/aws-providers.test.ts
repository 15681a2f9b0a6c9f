import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsSecretsManagerOptions, awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { type AwsSsmOptions, awsSsm } from '@keyturn/aws-ssm';
import type { Provider } from '@keyturn/core';
import { describe, expect, it, vi } from 'vitest';
import { always, fault, type Script } from './servers/aws-json.ts';
import { secretStore } from './servers/aws-secrets-manager.ts';
import { parameterStore } from './servers/aws-ssm.ts';
import { CREDENTIALS, starter } from './servers/aws-starter.ts';
import { failureOf, locator, options } from './support/calls.ts';

type Client = SSMClient | SecretsManagerClient;
type ClientOptions = { region: string; credentials: typeof CREDENTIALS; endpoint: string };

/** A provider whose connection is that of @keyturn/aws, which packages/aws tests by itself. */
interface Subject {
  readonly kind: string;
  readonly signs: string;
  readonly store: Script;
  readonly arn: string;
  readonly start: ReturnType<typeof starter<{ region?: string | undefined }>>;
  /** Over a client of the caller's. */
  readonly over: (client: ClientOptions, region?: string) => { client: Client; provider: Provider };
}

const subjects: readonly Subject[] = [
  {
    kind: 'aws-ssm',
    signs: 'ssm',
    store: parameterStore({ parameters: { name: [{ value: 'canary' }] } }),
    arn: 'arn:aws:ssm:eu-west-1:123456789012:parameter/name',
    start: starter((connection, own?: AwsSsmOptions) => awsSsm({ ...connection, ...own })),
    over(connection, region) {
      const client = new SSMClient(connection);
      return { client, provider: awsSsm({ client, region }) };
    },
  },
  {
    kind: 'aws-secrets-manager',
    signs: 'secretsmanager',
    store: secretStore({ secrets: { name: { value: 'canary' } } }),
    arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:name',
    start: starter((connection, own?: AwsSecretsManagerOptions) =>
      awsSecretsManager({ ...connection, ...own }),
    ),
    over(connection, region) {
      const client = new SecretsManagerClient(connection);
      return { client, provider: awsSecretsManager({ client, region }) };
    },
  },
];

describe.each(subjects)('$kind', ({ signs, store, arn, start, over }) => {
  it('signs for its service, by the region and the client of @keyturn/aws', async () => {
    const { provider, server } = await start(store);
    expect(await provider.fetch([locator('name')], options)).toMatchObject([{ ok: true }]);
    const { authorization, 'user-agent': agent } = server.requests[0]?.headers ?? {};
    expect(authorization).toContain(`/eu-west-1/${signs}/aws4_request`);
    expect(agent).toMatch(/(^| )keyturn\/\d/);
  });

  it('leaves retries to core', async () => {
    const { provider, server } = await start(always(fault('InternalFailure', { status: 500 })));
    expect(await failureOf(provider, locator('name'))).toMatchObject({ code: 'Unavailable' });
    expect(server.count()).toBe(1);
    expect(provider.retries).toBeUndefined();
  });

  it('closes its client when disposed of, and opens another', async () => {
    const { provider, server } = await start(store);
    await provider.fetch([locator('name')], options);
    await provider[Symbol.asyncDispose]?.();
    await expect.poll(server.connections).toBe(0);
    expect(await provider.fetch([locator('name')], options)).toMatchObject([{ ok: true }]);
  });

  it('uses a client that is handed in as it is, for ARNs of whatever region, and never destroys it', async () => {
    const { server } = await start(store);
    const connection = { endpoint: server.endpoint, region: 'us-west-2', credentials: CREDENTIALS };
    const { client, provider } = over(connection);
    const destroy = vi.spyOn(client, 'destroy');
    expect(provider.retries).toBe('own');
    expect(await provider.fetch([locator(arn)], options)).toMatchObject([{ ok: true }]);
    await provider[Symbol.asyncDispose]?.();
    expect(destroy).not.toHaveBeenCalled();
    destroy.mockRestore();
    client.destroy();
  });

  it('refuses options of the connection beside it', async () => {
    const connection = { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', credentials: CREDENTIALS };
    const { client, provider } = over(connection, 'eu-west-1');
    expect(await failureOf(provider, locator('name'))).toEqual({
      code: 'Misconfigured',
      message: 'region: cannot stand beside `client`, which has its own',
    });
    client.destroy();
  });
});
