import { createResolver } from '@keyturn/core';
import { describe, expect, it } from 'vitest';
import { always, fault, ok } from '../../../test/servers/aws-json.ts';
import { parameterStore } from '../../../test/servers/aws-ssm.ts';
import { failureOf, locator, options, startStore } from './harness.ts';

const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';
const DATE = new Date(1_700_000_000_000);

const parameters = {
  zebra: [{ value: 'canary-z' }],
  '/app/list': [{ value: 'a,b,c', type: 'StringList' as const }],
  '/app/db': [
    { value: 'canary-1', version: 1, labels: ['live'] },
    { value: 'canary-2', version: 2 },
  ],
};

describe('one call', () => {
  it('gives an outcome for each locator, in their order', async () => {
    const { provider, server } = await startStore(parameterStore({ parameters }));
    const asked = ['zebra', 'nowhere', '/app/list', '/app/db'].map((path) => locator(path));
    expect(await provider.fetch(asked, options)).toEqual([
      { ok: true, value: { value: 'canary-z', metadata: { version: '1', createdAt: DATE } } },
      { ok: false, code: 'NotFound', message: 'Parameter Store has no such parameter' },
      { ok: true, value: { value: 'a,b,c', metadata: { version: '1', createdAt: DATE } } },
      { ok: true, value: { value: 'canary-2', metadata: { version: '2', createdAt: DATE } } },
    ]);
    expect(server.requests.map(({ action, input }) => [action, input])).toEqual([
      ['GetParameters', { Names: ['zebra', 'nowhere', '/app/list', '/app/db'], WithDecryption: true }],
    ]);
  });

  it('puts the prefix before names, never before ARNs', async () => {
    const { provider, server } = await startStore(parameterStore({ parameters }), { prefix: '/app/' });
    const outcomes = await provider.fetch([locator('db'), locator(`${ARN}/app/list`)], options);
    expect(outcomes).toMatchObject([{ value: { value: 'canary-2' } }, { value: { value: 'a,b,c' } }]);
    expect(server.requests[0]?.input.Names).toEqual(['/app/db', `${ARN}/app/list`]);
  });

  it('chooses versions and labels', async () => {
    const { provider, server } = await startStore(parameterStore({ parameters }));
    const outcomes = await provider.fetch(
      [locator('zebra', { version: '1' }), locator('/app/db', { label: 'live' })],
      options,
    );
    expect(outcomes).toMatchObject([{ value: { value: 'canary-z' } }, { value: { value: 'canary-1' } }]);
    expect(server.count()).toBe(1);
  });

  it('says which version or label is missing', async () => {
    const { provider } = await startStore(parameterStore({ parameters }));
    const asked = [locator('zebra', { version: '9' }), locator(`${ARN}/app/db`, { label: 'gone' })];
    expect(await provider.fetch(asked, options)).toEqual([
      {
        ok: false,
        code: 'NotFound',
        message: 'Parameter Store has no such parameter, or it has no version 9',
      },
      {
        ok: false,
        code: 'NotFound',
        message: 'Parameter Store has no such parameter, or it has no label gone',
      },
    ]);
  });

  it('is followed by another for a parameter that is asked for twice', async () => {
    const { provider, server } = await startStore(parameterStore({ parameters }));
    const asked = [
      locator('/app/db', { version: '1' }),
      locator('zebra'),
      locator(`${ARN}/app/db`),
      locator('/app/db', { label: 'live' }),
    ];
    const outcomes = await provider.fetch(asked, options);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.value)).toEqual([
      'canary-1',
      'canary-z',
      'canary-2',
      'canary-1',
    ]);
    expect(server.requests.map(({ input }) => input.Names)).toEqual([
      ['/app/db:1', 'zebra'],
      [`${ARN}/app/db`],
      ['/app/db:live'],
    ]);
  });

  it('fails as a whole for one denied name', async () => {
    const { provider } = await startStore(parameterStore({ parameters, denied: ['/app/db'] }));
    expect(await failureOf(provider, locator('zebra'), locator('/app/db'))).toEqual({
      code: 'AccessDenied',
      message: 'AWS denies `ssm:GetParameters`',
      status: 400,
      requestId: 'request-1',
    });
  });

  it('leaves out version and date of a secret that is read by reference', async () => {
    const name = '/aws/reference/secretsmanager/db';
    const answer = { Name: name, Type: 'SecureString', Value: 'canary', Version: 0, SourceResult: '{}' };
    const { provider } = await startStore(always(ok({ Parameters: [answer], InvalidParameters: [] })));
    expect(await provider.fetch([locator(name)], options)).toEqual([
      { ok: true, value: { value: 'canary' } },
    ]);
  });
});

describe('an ARN of another region', () => {
  it('is refused before any call, the rest is read', async () => {
    const { provider, server } = await startStore(parameterStore({ parameters }));
    const asked = [locator('arn:aws:ssm:us-east-1:123456789012:parameter/app/db'), locator('zebra')];
    expect(await provider.fetch(asked, options)).toMatchObject([
      {
        ok: false,
        code: 'InvalidReference',
        message:
          "the ARN lies in another region: read it by a provider of its own, with the option region: 'us-east-1'",
      },
      { ok: true },
    ]);
    expect(server.requests.map(({ input }) => input.Names)).toEqual([['zebra']]);
  });
});

describe('an answer that is not what the API promises', () => {
  it('is no list of what is missing where it is a text', async () => {
    const { provider } = await startStore(always(ok({ InvalidParameters: 'z' })));
    expect(await provider.fetch([locator('z')], options)).toMatchObject([{ ok: false, code: 'Unavailable' }]);
  });

  it.each([
    ['an empty object', {}],
    ['a parameter without a value', { Parameters: [{ Name: 'zebra' }] }],
    ['a list that holds no names', { InvalidParameters: [null, 5, 'zebu'] }],
    ['another parameter', { Parameters: [{ Name: 'zebu', Value: 'canary' }] }],
  ])('%s is Unavailable', async (_, output) => {
    const { provider } = await startStore(always(ok(output)));
    expect(await provider.fetch([locator('zebra')], options)).toEqual([
      { ok: false, code: 'Unavailable', message: 'the answer of Parameter Store leaves the parameter out' },
    ]);
  });

  it.each([
    '<html>canary</html>',
    '{"Parameters":{"Name":"can"}}',
    '{"Parameters":[null, 5, {"Name":5, "Value":5}]}',
    '{"Parameters":[{"Name":"zebra","Value":"can","LastModifiedDate":"can"}]}',
    '',
    'null',
    '[]',
    '"canary"',
    '{"Parameters":[{"Name":"zebra","Value":"can',
  ])('%s is no answer', async (body) => {
    const { provider } = await startStore(always({ status: 200, body }));
    const answer = await provider
      .fetch([locator('zebra')], options)
      .catch((error) => [{ ok: false, ...provider.classify(error) }]);
    expect(answer).toMatchObject([{ ok: false, code: 'Unavailable' }]);
    expect(JSON.stringify(answer)).not.toContain('can');
  });
});

it('gives a caller that aborts its error', async () => {
  const { provider } = await startStore(always({ hang: true }));
  const controller = new AbortController();
  const reading = provider.fetch([locator('zebra')], { ...options, signal: controller.signal });
  controller.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});

it('classifies an error of AWS that it does not know as nothing', async () => {
  const { provider } = await startStore(always(fault('InvalidResourceId')));
  expect(await failureOf(provider, locator('zebra'))).toBeUndefined();
});

it('has a hundred parameters under way at once', async () => {
  const { provider, server } = await startStore(always({ hang: true }));
  const resolver = createResolver({ providers: { ssm: provider } });
  const names = Array.from({ length: 100 }, (_, index) => `p${index}`);
  const reading = resolver.resolve(Object.fromEntries(names.map((name) => [name, `ssm://${name}`])));
  const ended = expect(reading).rejects.toThrow('the resolver was closed');
  await expect.poll(() => server.count('GetParameters')).toBe(10);
  await resolver.close();
  await ended;
});
