import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { createResolver, type Locator, type Provider } from '@keyturn/core';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { type CountingProxy, startCountingProxy } from '../servers/aws-proxy.ts';
import { type Boto3Call, boto3 } from '../stores/boto3.ts';
import { describeLive } from '../stores/live.ts';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION } from '../stores/localstack.ts';

const UNICODE = 'canary: ä€😀\u0000\t"\\\n';
const SIXTY_FOUR_KIB = 'canary-'.padEnd(64 * 1024, 'x');
const BYTES = new Uint8Array([0, 255, 1, 128]);
const MANY = Array.from({ length: 100 }, (_, index) => `many/s${index}`);
const VERSIONS = { first: '1', second: '2', pending: '3' } as const;

/** Version ids are the client's to choose: 32 to 64 characters. */
function versionId(version: keyof typeof VERSIONS): string {
  return VERSIONS[version].repeat(32);
}

function create(Name: string, options: object): Boto3Call {
  return ['secretsmanager', 'create_secret', { Name, ...options }];
}

function put(SecretId: string, version: keyof typeof VERSIONS, options: object): Boto3Call {
  return [
    'secretsmanager',
    'put_secret_value',
    { SecretId, ClientRequestToken: versionId(version), ...options },
  ];
}

const SEEDS: readonly Boto3Call[] = [
  create('app/db', { SecretString: '{"url":"canary-first"}', ClientRequestToken: versionId('first') }),
  put('app/db', 'second', { SecretString: '{"url":"canary-second"}' }),
  put('app/db', 'pending', { SecretString: '{"url":"canary-pending"}', VersionStages: ['AWSPENDING'] }),
  create('app/bytes', { SecretBinary: { base64: Buffer.from(BYTES).toString('base64') } }),
  create('app/unicode', { SecretString: UNICODE }),
  create('app/big', { SecretString: SIXTY_FOUR_KIB }),
  create('app/empty', {}),
  create('app/gone', { SecretString: 'canary-gone' }),
  ['secretsmanager', 'delete_secret', { SecretId: 'app/gone' }],
  ...MANY.map((name) => create(name, { SecretString: `canary-${name}` })),
];

await describeLive('LocalStack: Secrets Manager', 'localstack', () => {
  const endpoint = inject('localstack');
  let proxy: CountingProxy;
  let provider: Provider;
  let arn: string;

  beforeAll(async () => {
    proxy = await startCountingProxy(endpoint);
    provider = awsSecretsManager({
      region: LOCALSTACK_REGION,
      credentials: LOCALSTACK_CREDENTIALS,
      endpoint: proxy.endpoint,
    });
    const [database] = await boto3(endpoint, SEEDS);
    arn = database?.ARN ?? '';
  });
  beforeEach(() => {
    proxy.actions.length = 0;
  });
  afterAll(async () => {
    await provider?.[Symbol.asyncDispose]?.();
    await proxy?.stop();
  });

  const signal = AbortSignal.timeout(300_000);
  const locator = (path: string, params: Locator['params'] = {}): Locator => ({ path, params });
  const fetch = (...locators: Locator[]) => provider.fetch(locators, { signal, warn: () => {} });
  const describeAll = (...locators: Locator[]) => provider.describe?.(locators, { signal });

  it('reads 100 secrets by 5 calls', async () => {
    const resolver = createResolver({ providers: { sm: provider } });
    const secrets = await resolver.resolve(Object.fromEntries(MANY.map((name) => [name, `sm://${name}`])));
    expect(MANY.map((name) => secrets[name]?.reveal())).toEqual(MANY.map((name) => `canary-${name}`));
    expect(proxy.actions).toEqual(Array(5).fill('BatchGetSecretValue'));
    await resolver.close();
  });

  it('reads two fields and two stages of one secret by two calls', async () => {
    const resolver = createResolver({ providers: { sm: provider } });
    const secrets = await resolver.resolve({
      url: 'sm://app/db#url',
      pointer: 'sm://app/db#/url',
      previous: 'sm://app/db?stage=AWSPREVIOUS#url',
    });
    expect([secrets.url.reveal(), secrets.pointer.reveal(), secrets.previous.reveal()]).toEqual([
      'canary-second',
      'canary-second',
      'canary-first',
    ]);
    expect(proxy.actions).toEqual(['GetSecretValue', 'GetSecretValue']);
    await resolver.close();
  });

  it('reads text and bytes as they were put', async () => {
    const outcomes = await fetch(locator('app/bytes'), locator('app/unicode'), locator('app/big'));
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.value)).toEqual([
      BYTES,
      UNICODE,
      SIXTY_FOUR_KIB,
    ]);
    expect(proxy.actions).toEqual(['BatchGetSecretValue']);
    const [alone] = await fetch(locator('app/bytes'));
    expect(alone?.ok && alone.value.value).toEqual(BYTES);
  });

  it('reads by name, ARN, and ARN without the random characters, in one call too', async () => {
    const paths = [arn, 'app/db', arn.slice(0, -7), 'app/big'];
    const outcomes = await fetch(...paths.map((path) => locator(path)));
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.metadata?.version)).toEqual([
      versionId('second'),
      versionId('second'),
      versionId('second'),
      expect.any(String),
    ]);
    expect(proxy.actions).toEqual(['BatchGetSecretValue']);
    for (const path of paths) expect(await fetch(locator(path))).toMatchObject([{ ok: true }]);
  });

  it('reads stages and versions', async () => {
    const value = async (params: Locator['params']) => {
      const [outcome] = await fetch(locator('app/db', params));
      return outcome?.ok ? outcome.value.value : outcome?.message;
    };
    expect(await value({})).toBe('{"url":"canary-second"}');
    expect(await value({ stage: 'AWSPREVIOUS' })).toBe('{"url":"canary-first"}');
    expect(await value({ stage: 'AWSPENDING' })).toBe('{"url":"canary-pending"}');
    expect(await value({ version: versionId('first') })).toBe('{"url":"canary-first"}');
    expect(await value({ stage: 'NONE' })).toBe(
      'Secrets Manager has no such secret, or no version of it has the stage NONE',
    );
    expect(await value({ version: '9'.repeat(32) })).toBe(
      `Secrets Manager has no such secret, or it has no version ${'9'.repeat(32)}`,
    );
  });

  it('tells missing from deleted, in a batch and alone', async () => {
    const missing = { ok: false, code: 'NotFound' };
    const gone = { ok: false, code: 'Disabled', message: 'the secret is marked for deletion' };
    expect(await fetch(locator('nowhere'), locator('app/gone'), locator('app/big'))).toMatchObject([
      missing,
      gone,
      { ok: true },
    ]);
    expect(proxy.actions).toEqual(['BatchGetSecretValue']);
    expect(await fetch(locator('nowhere'))).toMatchObject([missing]);
    const error = await fetch(locator('app/gone')).catch((reason: unknown) => reason);
    expect(provider.classify(error)).toMatchObject({ code: 'Disabled', message: gone.message, status: 400 });
  });

  // LocalStack fails a whole batch for a secret without a value; AWS has it in `Errors`.
  it('reads what a secret without a value spoiled', async () => {
    expect(await fetch(locator('app/empty'), locator('app/big'))).toMatchObject([
      { ok: false, code: 'NotFound' },
      { ok: true },
    ]);
    expect(proxy.actions).toEqual(['BatchGetSecretValue', 'GetSecretValue', 'GetSecretValue']);
  });

  it('describes without a value what it reads with its date', async () => {
    const [read] = await fetch(locator('app/db'));
    const [first] = await fetch(locator('app/db', { stage: 'AWSPREVIOUS' }));
    proxy.actions.length = 0;
    const previous = first?.ok && first.value.metadata;
    expect(
      await describeAll(
        locator('app/db'),
        locator(arn, { stage: 'AWSPREVIOUS' }),
        locator('app/db', { version: versionId('first') }),
        locator('app/gone'),
        locator('nowhere'),
        locator('app/empty'),
      ),
    ).toMatchObject([
      { ok: true, value: { ...(read?.ok && read.value.metadata), rotationEnabled: false } },
      { ok: true, value: previous },
      { ok: true, value: previous },
      { ok: false, code: 'Disabled' },
      { ok: false, code: 'NotFound' },
      { ok: false, code: 'NotFound' },
    ]);
    expect(read?.ok && read.value.metadata?.createdAt).toBeInstanceOf(Date);
    expect(new Set(proxy.actions)).toEqual(new Set(['DescribeSecret', 'ListSecretVersionIds']));
  });
});
