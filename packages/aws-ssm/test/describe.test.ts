import { describe, expect, it } from 'vitest';
import { type AwsRequest, firstOf, ok } from '../../../test/servers/aws-json.ts';
import { locator, signal, startStore } from './harness.ts';

const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';
const SHARED_ARN = 'arn:aws:ssm:eu-west-1:999999999999:parameter/team/db';
const SECONDS = 1_700_000_000;
const DATE = new Date(SECONDS * 1000);

const LISTED = [
  { Name: 'name', Type: 'SecureString', Version: 3, LastModifiedDate: SECONDS, ARN: `${ARN}/name` },
  { Name: '/app/plain', Type: 'String', Version: 2, LastModifiedDate: SECONDS, ARN: `${ARN}/app/plain` },
  {
    Name: '/app/db',
    Type: 'SecureString',
    Version: 1,
    LastModifiedDate: SECONDS,
    ARN: `${ARN}/app/db`,
    Policies: [
      {
        PolicyText:
          '{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2030-12-02T21:34:33.000Z"}}',
      },
      {
        PolicyText:
          '{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Days"}}',
      },
      { PolicyText: 'no JSON' },
    ],
  },
];

/**
 * One entry a page, as pages may be; pages may be empty too.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
 */
function list({ action, input }: AwsRequest) {
  if (action !== 'DescribeParameters') return undefined;
  const entries = input.Shared
    ? [{ Name: SHARED_ARN, Type: 'SecureString', Version: 8, LastModifiedDate: SECONDS, ARN: SHARED_ARN }]
    : LISTED;
  const at = Number(input.NextToken ?? -1);
  return ok({
    Parameters: at < 0 ? [] : [entries[at]],
    ...(at + 1 < entries.length && { NextToken: String(at + 1) }),
  });
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html */
function history({ action, input }: AwsRequest) {
  if (action !== 'GetParameterHistory') return undefined;
  const entry = (Version: number, Labels: string[]) => ({
    Version,
    Labels,
    LastModifiedDate: SECONDS - 60,
    Value: 'ciphertext',
  });
  return input.NextToken
    ? ok({ Parameters: [entry(2, ['live'])] })
    : ok({ Parameters: [entry(1, [])], NextToken: 'more' });
}

const store = firstOf(list, history);

describe('describe', () => {
  it('dates the current version, and knows the policies', async () => {
    const { provider, server } = await startStore(store);
    const asked = ['/app/db', 'name', `${ARN}/app/plain`, 'nowhere'].map((path) => locator(path));
    expect(await provider.describe?.(asked, { signal })).toEqual([
      {
        ok: true,
        value: {
          version: '1',
          createdAt: DATE,
          expiresAt: new Date('2030-12-02T21:34:33.000Z'),
          rotatesAt: new Date(SECONDS * 1000 + 20 * 86_400_000),
        },
      },
      { ok: true, value: { version: '3', createdAt: DATE } },
      { ok: true, value: { version: '2', createdAt: DATE } },
      { ok: false, code: 'NotFound', message: 'Parameter Store lists no such parameter' },
    ]);
    expect(server.count('GetParameterHistory')).toBe(0);
    expect(server.requests.every(({ input }) => input.Shared === undefined)).toBe(true);
  });

  it('finds what another account shares, by its ARN', async () => {
    const { provider } = await startStore(store);
    expect(await provider.describe?.([locator(SHARED_ARN), locator('name')], { signal })).toEqual([
      { ok: true, value: { version: '8', createdAt: DATE } },
      { ok: true, value: { version: '3', createdAt: DATE } },
    ]);
  });

  it('dates an older version of a SecureString from its history, encrypted', async () => {
    const { provider, server } = await startStore(store);
    const asked = [
      locator('name', { version: '3' }),
      locator('name', { version: '2' }),
      locator('name', { label: 'live' }),
      locator('name', { version: '9' }),
      locator('name', { label: 'gone' }),
    ];
    const older = { ok: true, value: { version: '2', createdAt: new Date((SECONDS - 60) * 1000) } };
    expect(await provider.describe?.(asked, { signal })).toEqual([
      { ok: true, value: { version: '3', createdAt: DATE } },
      older,
      older,
      { ok: false, code: 'NotFound', message: 'the parameter has no version 9' },
      { ok: false, code: 'NotFound', message: 'the parameter has no label gone' },
    ]);
    const read = server.requests.filter(({ action }) => action === 'GetParameterHistory');
    expect(read.map(({ input }) => input.WithDecryption)).toEqual(Array(8).fill(false));
  });

  it('leaves the age of an older plain version unknown', async () => {
    const { provider, server } = await startStore(store);
    const asked = [locator('/app/plain', { version: '1' }), locator('/app/plain', { label: 'live' })];
    expect(await provider.describe?.(asked, { signal })).toEqual([
      { ok: true, value: { version: '1' } },
      { ok: true, value: {} },
    ]);
    expect(server.count('GetParameterHistory')).toBe(0);
  });

  it("leaves the age of AWS's own parameters unknown, which no list has", async () => {
    const { provider, server } = await startStore(store);
    const asked = [locator('/aws/service/x/y')];
    expect(await provider.describe?.(asked, { signal })).toEqual([{ ok: true, value: {} }]);
    expect(server.count()).toBe(0);
  });
});
