import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { awsSsm } from '@keyturn/aws-ssm';
import { createResolver, type Resolver } from '@keyturn/core';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { type CountingProxy, startCountingProxy } from '../servers/aws-proxy.ts';
import { type Boto3Call, boto3 } from '../stores/boto3.ts';
import { describeLive } from '../stores/live.ts';
import { LOCALSTACK_CREDENTIALS as credentials, LOCALSTACK_REGION as region } from '../stores/localstack.ts';
import { agesOver, createdOf, skewOf } from './ages.ts';

const MANY = Array.from({ length: 25 }, (_, index) => `/ages/p${index}`);
const PARAMETER = 'ssm://ages-one';
const SECRET = 'sm://ages-key';

function put(Name: string, Value: string, options: object = {}): Boto3Call {
  return ['ssm', 'put_parameter', { Name, Value, Type: 'SecureString', ...options }];
}

await describeLive('ages on LocalStack', 'localstack', () => {
  const endpoint = inject('localstack');
  let proxy: CountingProxy;
  let resolver: Resolver;
  let began: number;
  const seed = (...calls: Boto3Call[]) => boto3(endpoint, calls);

  beforeAll(async () => {
    proxy = await startCountingProxy(endpoint);
    const options = { region, credentials, endpoint: proxy.endpoint };
    resolver = createResolver({
      providers: { ssm: awsSsm(options), sm: awsSecretsManager(options) },
      rotation: { maxAge: '90d', warnAt: '80d' },
    });
    began = Date.now();
    await seed(put('ages-one', 'canary-1'), ...MANY.map((name) => put(name, 'canary')), [
      'secretsmanager',
      'create_secret',
      { Name: 'ages-key', SecretString: 'canary-1' },
    ]);
  });
  beforeEach(() => {
    proxy.actions.length = 0;
  });
  afterAll(async () => {
    await resolver?.close();
    await proxy?.stop();
  });

  it.each([PARAMETER, SECRET])('%s grows older, and reads no value', async (reference) => {
    const created = await createdOf(resolver, reference);
    expect(created.getTime()).toBeGreaterThanOrEqual(began - 1_000);
    expect(created.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(await agesOver(resolver, reference, created)).toEqual(['fresh', 'due', 'due', 'overdue']);
    expect(proxy.actions.filter((action) => /GetParameter|GetSecretValue/.test(action))).toEqual([]);
  });

  it.each([PARAMETER, SECRET])('%s is as old as the store says, by its clock', async (reference) => {
    const options = { region, credentials, endpoint };
    const providers = { ssm: awsSsm(options), sm: awsSecretsManager(options) };
    const direct = createResolver({ providers, onWarning() {} });
    expect(await skewOf(direct, reference)).toBe(-3);
    await direct.close();
  });

  it('a parameter grows no younger by a tag or a label, but by a new value', async () => {
    const created = await createdOf(resolver, PARAMETER);
    await seed(
      [
        'ssm',
        'add_tags_to_resource',
        { ResourceType: 'Parameter', ResourceId: 'ages-one', Tags: [{ Key: 'team', Value: 'core' }] },
      ],
      ['ssm', 'label_parameter_version', { Name: 'ages-one', ParameterVersion: 1, Labels: ['live'] }],
      put('another', 'canary'),
    );
    expect(await createdOf(resolver, PARAMETER)).toEqual(created);
    await seed(put('ages-one', 'canary-2', { Overwrite: true }));
    expect((await createdOf(resolver, PARAMETER)).getTime()).toBeGreaterThan(created.getTime());
    expect(await createdOf(resolver, 'ssm://ages-one?version=1')).toEqual(created);
  });

  it('a secret grows no younger by a tag or a description, but by a new value', async () => {
    const created = await createdOf(resolver, SECRET);
    await seed(
      ['secretsmanager', 'tag_resource', { SecretId: 'ages-key', Tags: [{ Key: 'team', Value: 'core' }] }],
      ['secretsmanager', 'update_secret', { SecretId: 'ages-key', Description: 'edited' }],
    );
    expect(await createdOf(resolver, SECRET)).toEqual(created);
    expect(await resolver.rotation({ KEY: SECRET })).toMatchObject([{ tags: { team: 'core' } }]);
    await seed(['secretsmanager', 'put_secret_value', { SecretId: 'ages-key', SecretString: 'canary-2' }]);
    expect((await createdOf(resolver, SECRET)).getTime()).toBeGreaterThan(created.getTime());
    expect(await createdOf(resolver, `${SECRET}?stage=AWSPREVIOUS`)).toEqual(created);
  });

  // LocalStack has an empty page behind every ten parameters.
  it('25 parameters take 3 calls, and their pages', async () => {
    const statuses = await resolver.rotation(Object.fromEntries(MANY.map((name) => [name, `ssm://${name}`])));
    expect(statuses.map(({ verdict }) => verdict)).toEqual(Array(25).fill('fresh'));
    expect(proxy.actions).toEqual(Array(3 + 2).fill('DescribeParameters'));
  });
});
