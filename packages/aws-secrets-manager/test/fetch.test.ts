import { describe, expect, it } from 'vitest';
import { type AwsRequest, always, fault, firstOf, ok } from '../../../test/servers/aws-json.ts';
import { arnOf, secretStore } from '../../../test/servers/aws-secrets-manager.ts';
import { failureOf, locator, options, signal, startStore } from './harness.ts';

const DATE = new Date(1_700_000_000_000);
const UUID = '11111111-2222-3333-4444-555555555555';
const version = (name: string) => `version-of-${name}`.padEnd(32, '0');

const store = secretStore({
  secrets: {
    db: { value: 'canary-db' },
    key: { binary: new Uint8Array([0, 255, 1]) },
    gone: { error: { name: 'InvalidRequestException', message: 'it was marked for deletion' } },
    denied: { error: { name: 'AccessDeniedException', message: 'canary is not authorized' } },
    sealed: { error: { name: 'AccessDeniedException', message: 'Access to KMS is not allowed' } },
    unkeyed: { error: { name: 'DecryptionFailure' } },
    'db-two': { value: 'canary-two' },
    // Two names that differ by what could be an ARN's random characters.
    twin: { value: 'canary-twin' },
    'twin-a1B2c3': { value: 'canary-other' },
  },
});

/** Fetches, and keeps what was warned of. */
function reading() {
  const warnings: string[] = [];
  return { warnings, options: { signal, warn: (message: string) => warnings.push(message) } };
}

describe('a batch', () => {
  it('is one call, with an outcome for each locator, in their order', async () => {
    const { provider, server } = await startStore(store);
    const asked = ['key', 'nowhere', 'gone', 'db'].map((path) => locator(path));
    expect(await provider.fetch(asked, options)).toEqual([
      { ok: true, value: { value: new Uint8Array([0, 255, 1]), metadata: { version: version('key') } } },
      { ok: false, code: 'NotFound', message: 'Secrets Manager has no such secret, or it has no value yet' },
      { ok: false, code: 'Disabled', message: 'the secret is marked for deletion' },
      { ok: true, value: { value: 'canary-db', metadata: { version: version('db') } } },
    ]);
    expect(server.requests.map(({ action, input }) => [action, input])).toEqual([
      ['BatchGetSecretValue', { SecretIdList: ['key', 'nowhere', 'gone', 'db'] }],
    ]);
  });

  it('tells a denied secret from a denied key', async () => {
    const { provider, server } = await startStore(store);
    const asked = ['denied', 'sealed', 'unkeyed'].map((path) => locator(path));
    expect(await provider.fetch(asked, options)).toEqual([
      { ok: false, code: 'AccessDenied' },
      {
        ok: false,
        code: 'AccessDenied',
        message: 'its KMS key denies decryption: allow kms:Decrypt on that key',
      },
      { ok: false, code: 'Disabled', message: "the secret's KMS key is disabled, deleted or about to be" },
    ]);
    expect(server.count()).toBe(1);
  });

  it('knows secrets by name, by ARN, and by ARN without the random characters', async () => {
    const { provider, server } = await startStore(store, { prefix: 'tw' });
    const arn = arnOf('db');
    const whole = [arnOf('db-two'), arn, arnOf('twin')];
    const asked = [
      locator('in-a1B2c3'),
      locator('in'),
      ...[...whole, arn.slice(0, -7)].map((path) => locator(path)),
    ];
    const outcomes = await provider.fetch(asked, options);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.value)).toEqual([
      'canary-other',
      'canary-twin',
      'canary-two',
      'canary-db',
      'canary-twin',
      'canary-db',
    ]);
    expect(server.requests.map(({ input }) => input.SecretIdList)).toEqual([
      ['twin-a1B2c3', 'twin', ...whole, arn.slice(0, -7)],
    ]);
  });

  it('is followed page by page', async () => {
    const page = (name: string, NextToken?: string) =>
      ok({
        SecretValues: [{ Name: name, ARN: arnOf(name), SecretString: `canary-${name}` }],
        Errors: [],
        NextToken,
      });
    const { provider, server } = await startStore(({ input }) =>
      input.NextToken ? page('b') : page('a', 'more'),
    );
    expect(await provider.fetch([locator('a'), locator('b')], options)).toMatchObject([
      { value: { value: 'canary-a' } },
      { value: { value: 'canary-b' } },
    ]);
    expect(server.count()).toBe(2);
  });

  it('leaves what it forgets, or refuses for now, to single reads', async () => {
    const forgetful = ({ action }: AwsRequest) =>
      action === 'BatchGetSecretValue'
        ? ok({
            SecretValues: [],
            Errors: [{ SecretId: 'db', ErrorCode: 'InternalServiceError', Message: '' }],
          })
        : undefined;
    const { provider, server } = await startStore(firstOf(forgetful, store));
    expect(await provider.fetch([locator('db'), locator('twin')], options)).toMatchObject([
      { value: { value: 'canary-db', metadata: { createdAt: DATE } } },
      { value: { value: 'canary-twin' } },
    ]);
    expect(server.count('GetSecretValue')).toBe(2);
  });
});

describe('a batch that is refused', () => {
  const refused = (name: string, message = '') => always(fault(name, { message }), 'BatchGetSecretValue');
  const asked = ['db', 'nowhere', 'denied'].map((path) => locator(path));
  const outcomes = [
    { ok: true, value: { value: 'canary-db', metadata: { version: version('db'), createdAt: DATE } } },
    { ok: false, code: 'NotFound', message: 'Secrets Manager has no such secret, or it has no value yet' },
    { ok: false, code: 'AccessDenied', status: 400, requestId: expect.any(String) },
  ];

  it('for the permission is given up for good, and the policy told once', async () => {
    // The caller's own name says nothing about the key.
    const denial =
      'User: arn:aws:iam::123456789012:user/kms is not authorized to perform: secretsmanager:BatchGetSecretValue because no identity-based policy allows it';
    const { provider, server } = await startStore(firstOf(refused('AccessDeniedException', denial), store));
    const { options, warnings } = reading();
    expect(await provider.fetch(asked, options)).toEqual(outcomes);
    expect(await provider.fetch(asked, options)).toEqual(outcomes);
    expect(server.count('BatchGetSecretValue')).toBe(1);
    expect(server.count('GetSecretValue')).toBe(6);
    expect(warnings).toEqual([
      'BatchGetSecretValue is denied, so every secret is read by a call of its own. To read twenty a call, allow it: { "Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*" }',
    ]);
  });

  it.each([
    ['throttled', 'ThrottlingException', ''],
    ["one secret's key", 'AccessDeniedException', 'Access to KMS is not allowed'],
    ['one secret', 'ResourceNotFoundException', ''],
  ])('(%s) is asked again the next time', async (_, name, message) => {
    const { provider, server } = await startStore(firstOf(refused(name, message), store));
    const { options, warnings } = reading();
    expect(await provider.fetch(asked, options)).toEqual(outcomes);
    expect(await provider.fetch(asked, options)).toEqual(outcomes);
    expect(server.count('BatchGetSecretValue')).toBe(2);
    expect(warnings).toEqual([]);
  });

  it('for what single reads would fail by too is a failure', async () => {
    const { provider, server } = await startStore(refused('ExpiredTokenException'));
    expect(await failureOf(provider, ...asked)).toMatchObject({ code: 'Unauthenticated' });
    expect(server.count()).toBe(1);
  });

  it('leaves few single reads in flight', async () => {
    const twenty = Array.from({ length: 20 }, (_, index) => locator(`s${index}`));
    const controller = new AbortController();
    const { provider, server } = await startStore(
      firstOf(refused('ThrottlingException'), always({ hang: true })),
    );
    const reads = provider.fetch(twenty, { ...options, signal: controller.signal });
    await expect.poll(() => server.count('GetSecretValue')).toBe(5);
    controller.abort();
    await expect(reads).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.count('GetSecretValue')).toBe(5);
  });
});

describe('one secret', () => {
  it('is read by a call of its own, with the date of its version', async () => {
    const { provider, server } = await startStore(store);
    expect(await provider.fetch([locator('db')], options)).toEqual([
      { ok: true, value: { value: 'canary-db', metadata: { version: version('db'), createdAt: DATE } } },
    ]);
    expect(server.requests.map(({ action, input }) => [action, input])).toEqual([
      ['GetSecretValue', { SecretId: 'db' }],
    ]);
  });

  it('by stage or version, which its NotFound names', async () => {
    const { provider, server } = await startStore(always(fault('ResourceNotFoundException')));
    expect(await provider.fetch([locator('db', { stage: 'AWSPREVIOUS' })], options)).toEqual([
      {
        ok: false,
        code: 'NotFound',
        message: 'Secrets Manager has no such secret, or no version of it has the stage AWSPREVIOUS',
      },
    ]);
    expect(await provider.fetch([locator('db', { version: UUID })], options)).toEqual([
      {
        ok: false,
        code: 'NotFound',
        message: `Secrets Manager has no such secret, or it has no version ${UUID}`,
      },
    ]);
    expect(server.requests.map(({ input }) => input)).toEqual([
      { SecretId: 'db', VersionStage: 'AWSPREVIOUS' },
      { SecretId: 'db', VersionId: UUID },
    ]);
  });

  it.each([
    ['an empty object', '{}'],
    ['null', 'null'],
    ['a number', '{"SecretString":5}'],
    ['of another form', '{"SecretString":"can","CreatedDate":"can"}'],
    ['a page', '<html>canary</html>'],
    ['half of it', '{"SecretString":"can'],
  ])('Unavailable when the answer is %s', async (_, body) => {
    const { provider } = await startStore(always({ status: 200, body }));
    const answer = await provider
      .fetch([locator('db')], options)
      .catch((error) => [{ ok: false, ...provider.classify(error) }]);
    expect(answer).toMatchObject([{ ok: false, code: 'Unavailable' }]);
    expect(JSON.stringify(answer)).not.toContain('can');
  });

  it('of another region is refused before any call', async () => {
    const { provider, server } = await startStore(store);
    const arn = arnOf('db').replace('eu-west-1', 'us-east-1');
    expect(await provider.fetch([locator(arn)], options)).toEqual([
      {
        ok: false,
        code: 'InvalidReference',
        message:
          "the ARN lies in another region: read it by a provider of its own, with the option region: 'us-east-1'",
      },
    ]);
    expect(server.count()).toBe(0);
  });
});
