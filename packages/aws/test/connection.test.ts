import { readFile } from 'node:fs/promises';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, fault, firstOf, ok, type Script } from '../../../test/servers/aws-json.ts';
import { CREDENTIALS, failureOf, locator, options, smallest, startStore } from './harness.ts';

const store = always(ok({}));

afterEach(() => {
  vi.unstubAllEnvs();
});

/** No settings of this machine's user. */
function withoutAwsSettings() {
  for (const key of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(key, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
}

describe('our own client', () => {
  it('names us and the version that package.json has', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    const { provider, server } = await startStore(store);
    await provider.fetch([locator('name')], options);
    expect(server.requests[0]?.headers['user-agent']).toMatch(new RegExp(`(^| )keyturn/${version}( |$)`));
  });

  it('is one for all reads, opened again after disposal', async () => {
    const { provider, server } = await startStore(store);
    await Promise.all([
      provider.fetch([locator('name')], options),
      provider.fetch([locator('name')], options),
    ]);
    await provider[Symbol.asyncDispose]?.();
    await provider[Symbol.asyncDispose]?.();
    expect(await provider.fetch([locator('name')], options)).toMatchObject([{ ok: true }]);
    expect(server.count()).toBe(3);
  });

  it('has no connection left after disposal', async () => {
    const { provider, server } = await startStore(store);
    await provider.fetch([locator('name')], options);
    expect(await server.connections()).toBe(1);
    await provider[Symbol.asyncDispose]?.();
    await expect.poll(server.connections).toBe(0);
  });

  it('leaves retries to core', async () => {
    const { provider, server } = await startStore(always(fault('InternalFailure', { status: 500 })));
    expect(await failureOf(provider, locator('name'))).toMatchObject({ code: 'Unavailable' });
    expect(server.count()).toBe(1);
  });

  it('takes the region of the environment', async () => {
    withoutAwsSettings();
    vi.stubEnv('AWS_REGION', 'eu-north-1');
    const { provider, server } = await startStore(store, { region: undefined });
    await provider.fetch([locator('name')], options);
    expect(server.requests[0]?.headers.authorization).toContain('/eu-north-1/ssm/aws4_request');
  });
});

describe('a missing region', () => {
  it('is Misconfigured before any call', async () => {
    withoutAwsSettings();
    const { provider, server } = await startStore(store, { region: undefined });
    expect(await failureOf(provider, locator('name'))).toEqual({
      code: 'Misconfigured',
      message: 'region: no region is set: give the option `region`, or set AWS_REGION',
    });
    expect(server.count()).toBe(0);
  });

  it('is told to who set AWS_DEFAULT_REGION only, and found once it is there', async () => {
    withoutAwsSettings();
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-1');
    const { provider } = await startStore(store, { region: undefined });
    expect(await failureOf(provider, locator('name'))).toEqual({
      code: 'Misconfigured',
      message:
        'region: no region is set: give the option `region`, or set AWS_REGION (AWS_DEFAULT_REGION is set, but the AWS SDK for JavaScript does not read it)',
    });
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    expect(await provider.fetch([locator('name')], options)).toMatchObject([{ ok: true }]);
  });

  it('is not what a wrong one is', async () => {
    const { provider } = await startStore(store, { region: 'no region' });
    expect(await failureOf(provider, locator('name'))).toEqual({
      code: 'Misconfigured',
      message: 'region: is not the name of a region, such as "eu-west-1"',
    });
  });
});

describe('a client that is handed in', () => {
  async function handedIn() {
    const { server } = await startStore(store);
    const client = new SSMClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: CREDENTIALS,
    });
    return { server, client };
  }

  it('is used as it is and never destroyed', async () => {
    const { server, client } = await handedIn();
    const destroy = vi.spyOn(client, 'destroy');
    const provider = smallest({ client });
    expect(await provider.fetch([locator('name')], options)).toMatchObject([{ ok: true }]);
    await provider[Symbol.asyncDispose]?.();
    expect(server.requests[0]?.headers['user-agent']).not.toContain('keyturn');
    expect(destroy).not.toHaveBeenCalled();
    destroy.mockRestore();
    client.destroy();
  });

  it('reads ARNs of whatever region it speaks to', async () => {
    const { client } = await handedIn();
    const provider = smallest({ client });
    const arn = locator('arn:aws:ssm:us-east-1:123456789012:parameter/name');
    expect(await provider.fetch([arn], options)).toMatchObject([{ ok: true }]);
    client.destroy();
  });

  it('cannot stand beside options of the connection', async () => {
    const { client } = await handedIn();
    const provider = smallest({ client, region: 'eu-west-1', endpoint: 'http://localhost' });
    expect(await failureOf(provider, locator('name'))).toEqual({
      code: 'Misconfigured',
      message:
        'region: cannot stand beside `client`, which has its own\nendpoint: cannot stand beside `client`, which has its own',
    });
    client.destroy();
  });
});

describe('credentials that AWS takes for expired', () => {
  /** Takes one access key only. */
  const only = (accessKeyId: string): Script =>
    firstOf(
      ({ headers }) =>
        headers.authorization?.includes(accessKeyId) ? undefined : fault('ExpiredTokenException'),
      store,
    );

  it('are asked for once more, once for all reads that run', async () => {
    let logins = 0;
    const credentials = async () => {
      logins += 1;
      return { ...CREDENTIALS, accessKeyId: `AKID${logins}` };
    };
    const { provider, server } = await startStore(only('AKID2'), { credentials });
    const reads = Array.from({ length: 5 }, () => provider.fetch([locator('name')], options));
    expect(await Promise.all(reads)).toEqual(Array(5).fill([{ ok: true, value: expect.anything() }]));
    expect(logins).toBe(2);
    expect(server.count()).toBe(10);
  });

  it('are Unauthenticated when the new ones are no better', async () => {
    let logins = 0;
    const credentials = async () => {
      logins += 1;
      return { ...CREDENTIALS, accessKeyId: `AKID${logins}` };
    };
    const { provider, server } = await startStore(only('AKID9'), { credentials });
    expect(await failureOf(provider, locator('name'))).toMatchObject({ code: 'Unauthenticated' });
    expect(server.count()).toBe(2);
  });

  it('are not sent again when they are the same', async () => {
    const { provider, server } = await startStore(only('AKID9'));
    expect(await failureOf(provider, locator('name'))).toEqual({
      code: 'Unauthenticated',
      message: 'the AWS credentials have expired',
      status: 400,
      requestId: 'request-1',
    });
    expect(server.count()).toBe(1);
  });
});

it('says that there are no credentials', async () => {
  withoutAwsSettings();
  for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    vi.stubEnv(key, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const { provider, server } = await startStore(always(ok({})), { credentials: undefined });
  expect(await failureOf(provider, locator('name'))).toEqual({
    code: 'Unauthenticated',
    message: 'no AWS credentials could be had',
  });
  expect(server.count()).toBe(0);
});

it('takes the failure of a credentials function for what it is', async () => {
  const credentials = async () => {
    throw new Error('canary');
  };
  const { provider, server } = await startStore(store, { credentials });
  expect(await failureOf(provider, locator('name'))).toEqual({
    code: 'Unauthenticated',
    message: 'no AWS credentials could be had',
  });
  expect(server.count()).toBe(0);
});

it('takes it for no answer of the store, by whatever name it goes', async () => {
  const credentials = async () => {
    throw Object.assign(new Error('canary'), { name: 'OwnName' });
  };
  const { provider } = await startStore(store, { credentials });
  expect(await failureOf(provider, locator('name'))).toMatchObject({ code: 'Unauthenticated' });
});

it('refuses an endpoint that is no URL', async () => {
  const { provider } = await startStore(store, { endpoint: 'localhost:4566' });
  expect(await failureOf(provider, locator('name'))).toEqual({
    code: 'Misconfigured',
    message: 'endpoint: is not a URL that begins with "https://" or "http://"',
  });
});
