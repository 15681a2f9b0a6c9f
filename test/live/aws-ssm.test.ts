import { awsSsm } from '@keyturn/aws-ssm';
import { createResolver, type Locator, type Provider } from '@keyturn/core';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { type CountingProxy, startCountingProxy } from '../servers/aws-proxy.ts';
import { type Boto3Call, boto3 } from '../stores/boto3.ts';
import { describeLive } from '../stores/live.ts';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION } from '../stores/localstack.ts';

const ARN = 'arn:aws:ssm:eu-west-1:000000000000:parameter';
const UNICODE = 'canary: ä€😀\u0000\t"\\\n';
const EIGHT_KIB = 'canary-'.padEnd(8 * 1024, 'x');
const MANY = Array.from({ length: 100 }, (_, index) => `/many/p${index}`);

function put(Name: string, Value: string, options: object = {}): Boto3Call {
  return ['ssm', 'put_parameter', { Name, Value, Type: 'SecureString', ...options }];
}

const POLICIES = JSON.stringify([
  { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2035-12-02T21:34:33.000Z' } },
]);

const SEEDS: readonly Boto3Call[] = [
  put('single', 'canary-1'),
  put('single', 'canary-2', { Overwrite: true }),
  ['ssm', 'label_parameter_version', { Name: 'single', ParameterVersion: 1, Labels: ['live'] }],
  put('/slash', 'canary-slash'),
  put('/app/plain', 'canary-plain', { Type: 'String' }),
  put('/app/list', 'a,b, c', { Type: 'StringList' }),
  put('/app/unicode', UNICODE),
  put('/app/big', EIGHT_KIB, { Tier: 'Advanced' }),
  put('/app/policy', 'canary-policy', { Tier: 'Advanced', Policies: POLICIES }),
  ...MANY.map((name) => put(name, `canary-${name}`)),
];

await describeLive('LocalStack: Parameter Store', 'localstack', () => {
  const endpoint = inject('localstack');
  let proxy: CountingProxy;
  let provider: Provider;

  beforeAll(async () => {
    proxy = await startCountingProxy(endpoint);
    provider = awsSsm({
      region: LOCALSTACK_REGION,
      credentials: LOCALSTACK_CREDENTIALS,
      endpoint: proxy.endpoint,
    });
    await boto3(endpoint, SEEDS);
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

  it('reads 100 parameters by 10 calls', async () => {
    const resolver = createResolver({ providers: { ssm: provider } });
    const secrets = await resolver.resolve(Object.fromEntries(MANY.map((name) => [name, `ssm://${name}`])));
    expect(MANY.map((name) => secrets[name]?.reveal())).toEqual(MANY.map((name) => `canary-${name}`));
    expect(proxy.actions).toEqual(Array(10).fill('GetParameters'));
    await resolver.close();
  });

  it('reads every type, as it was put', async () => {
    const paths = ['single', '/app/plain', '/app/list', '/app/unicode', '/app/big'];
    const outcomes = await fetch(...paths.map((path) => locator(path)));
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.value)).toEqual([
      'canary-2',
      'canary-plain',
      'a,b, c',
      UNICODE,
      EIGHT_KIB,
    ]);
    expect(proxy.actions).toEqual(['GetParameters']);
  });

  it('takes a name without levels for the same with a slash', async () => {
    const outcomes = await fetch(locator('/slash'), locator('single'));
    expect(outcomes).toMatchObject([{ value: { value: 'canary-slash' } }, { value: { value: 'canary-2' } }]);
    expect(await describeAll(locator('/single'), locator('slash'))).toMatchObject([
      { ok: true, value: { version: '2' } },
      { ok: true, value: { version: '1' } },
    ]);
  });

  it('reads versions, labels and ARNs, of one parameter too', async () => {
    const outcomes = await fetch(
      locator('single', { version: '1' }),
      locator('single'),
      locator(`${ARN}/single`, { label: 'live' }),
      locator(`${ARN}/app/plain`),
      locator('single', { version: '3' }),
      locator('single', { label: 'gone' }),
      locator(`${ARN}/nowhere`),
    );
    expect(outcomes).toMatchObject([
      { value: { value: 'canary-1', metadata: { version: '1' } } },
      { value: { value: 'canary-2', metadata: { version: '2' } } },
      { value: { value: 'canary-1', metadata: { version: '1' } } },
      { value: { value: 'canary-plain' } },
      { ok: false, code: 'NotFound' },
      { ok: false, code: 'NotFound' },
      { ok: false, code: 'NotFound' },
    ]);
  });

  it('describes without a value what it reads with its date', async () => {
    const [read] = await fetch(locator('single'));
    const [first] = await fetch(locator('single', { version: '1' }));
    proxy.actions.length = 0;
    const described = await describeAll(
      locator('single'),
      locator('single', { label: 'live' }),
      locator(`${ARN}/app/plain`),
      locator('/nowhere'),
    );
    expect(described).toEqual([
      { ok: true, value: read?.ok && read.value.metadata },
      { ok: true, value: first?.ok && first.value.metadata },
      { ok: true, value: { version: '1', createdAt: expect.any(Date) } },
      { ok: false, code: 'NotFound', message: 'Parameter Store lists no such parameter' },
    ]);
    expect(proxy.actions).toEqual(['DescribeParameters', 'GetParameterHistory']);
  });

  // LocalStack sends a policy's text as an object, AWS as text: what AWS sends is tested in packages/aws-ssm.
  it('bears the policies that LocalStack sends in a form of its own', async () => {
    expect(await describeAll(locator('/app/policy'))).toMatchObject([{ ok: true, value: { version: '1' } }]);
  });

  it('isolates a name that LocalStack refuses, as AWS does, with the whole call', async () => {
    const { check: _, ...unchecked } = provider;
    const resolver = createResolver({ providers: { ssm: unchecked } });
    const manifest = { bad: 'ssm://no/slash', good: 'ssm:///app/plain', other: 'ssm://single' };
    await expect(resolver.resolve(manifest)).rejects.toMatchObject({
      failures: [
        { name: 'bad', code: 'InvalidReference', message: 'Parameter Store takes the name for invalid' },
      ],
    });
    await resolver.close();
  });
});
