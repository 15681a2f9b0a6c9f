import { describe, expect, it } from 'vitest';
import { type AwsRequest, fault, firstOf, ok, type Script } from '../../../test/servers/aws-json.ts';
import { locator, signal, startStore } from './harness.ts';

const SECONDS = 1_700_000_000;
const at = (offset: number) => new Date((SECONDS + offset) * 1000);
const id = (name: string) => name.padEnd(32, '-');

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
const secrets: Readonly<Record<string, unknown>> = {
  rotated: {
    CreatedDate: SECONDS - 900,
    LastChangedDate: SECONDS + 900,
    RotationEnabled: true,
    RotationRules: { ScheduleExpression: 'cron(0 8 1 * ? *)', AutomaticallyAfterDays: 30 },
    LastRotatedDate: SECONDS,
    NextRotationDate: SECONDS + 86_400,
    Tags: [{ Key: 'tier', Value: 'gold' }, { Key: 'empty' }, { Value: 'nameless' }],
    VersionIdsToStages: { [id('new')]: ['AWSCURRENT'], [id('old')]: ['AWSPREVIOUS'] },
  },
  manual: { CreatedDate: SECONDS, VersionIdsToStages: { [id('new')]: ['AWSCURRENT'] } },
  daily: {
    RotationEnabled: false,
    RotationRules: { AutomaticallyAfterDays: 30 },
    NextRotationDate: SECONDS,
    VersionIdsToStages: { [id('new')]: ['AWSCURRENT'] },
  },
  empty: { CreatedDate: SECONDS },
  gone: { DeletedDate: SECONDS, VersionIdsToStages: { [id('new')]: ['AWSCURRENT'] } },
};

function describeSecret({ action, input }: AwsRequest) {
  if (action !== 'DescribeSecret') return undefined;
  const secret = secrets[input.SecretId ?? ''];
  return secret === undefined ? fault('ResourceNotFoundException') : ok(secret);
}

/** In pages: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html */
const listVersions: Script = ({ action, input }) => {
  if (action !== 'ListSecretVersionIds') return undefined;
  const entry = (name: string, offset: number) => ({ VersionId: id(name), CreatedDate: SECONDS + offset });
  return input.NextToken
    ? ok({ Versions: [entry('new', 5), ...(input.IncludeDeprecated ? [entry('lost', -5)] : [])] })
    : ok({ Versions: [entry('old', 0)], NextToken: 'more' });
};

const store = firstOf(describeSecret, listVersions);

describe('describe', () => {
  it("dates the current version, and tells the store's rotation", async () => {
    const { provider, server } = await startStore(store);
    const asked = ['rotated', 'manual', 'daily'].map((path) => locator(path));
    expect(await provider.describe?.(asked, { signal })).toEqual([
      {
        ok: true,
        value: {
          version: id('new'),
          createdAt: at(5),
          rotationEnabled: true,
          rotationRule: 'cron(0 8 1 * ? *)',
          lastRotatedAt: at(0),
          rotatesAt: at(86_400),
          tags: { tier: 'gold', empty: '' },
        },
      },
      { ok: true, value: { version: id('new'), createdAt: at(5), rotationEnabled: false, tags: {} } },
      {
        ok: true,
        value: {
          version: id('new'),
          createdAt: at(5),
          rotationEnabled: false,
          rotationRule: 'rate(30 days)',
          tags: {},
        },
      },
    ]);
    expect(server.count('GetSecretValue') + server.count('BatchGetSecretValue')).toBe(0);
  });

  it('dates other versions: by a stage, which rotates, and by their ids, which stay', async () => {
    const { provider } = await startStore(store);
    const asked = [
      locator('rotated', { stage: 'AWSPREVIOUS' }),
      locator('rotated', { version: id('old') }),
      locator('manual', { version: id('lost') }),
    ];
    const rotation = {
      rotationEnabled: true,
      rotationRule: 'cron(0 8 1 * ? *)',
      lastRotatedAt: at(0),
      tags: { tier: 'gold', empty: '' },
    };
    expect(await provider.describe?.(asked, { signal })).toEqual([
      { ok: true, value: { version: id('old'), createdAt: at(0), ...rotation, rotatesAt: at(86_400) } },
      { ok: true, value: { version: id('old'), createdAt: at(0), ...rotation } },
      { ok: true, value: { version: id('lost'), createdAt: at(-5), rotationEnabled: false, tags: {} } },
    ]);
  });

  it('tells missing secrets, stages, versions and values from deleted secrets', async () => {
    const { provider } = await startStore(store);
    const asked = [
      locator('nowhere'),
      locator('manual', { stage: 'AWSPENDING' }),
      locator('manual', { version: id('none') }),
      locator('empty'),
      locator('gone'),
    ];
    const missing = (what: string) => ({
      ok: false,
      code: 'NotFound',
      message: `Secrets Manager has no such secret, or ${what}`,
    });
    expect(await provider.describe?.(asked, { signal })).toEqual([
      missing('it has no value yet'),
      missing('no version of it has the stage AWSPENDING'),
      missing(`it has no version ${id('none')}`),
      missing('it has no value yet'),
      { ok: false, code: 'Disabled', message: 'the secret is marked for deletion' },
    ]);
  });

  it('gives each secret its own failure', async () => {
    const denied: Script = ({ input }) =>
      input.SecretId === 'manual' ? fault('AccessDeniedException') : undefined;
    const { provider } = await startStore(firstOf(denied, store));
    expect(await provider.describe?.([locator('manual'), locator('daily')], { signal })).toMatchObject([
      { ok: false, code: 'AccessDenied' },
      { ok: true },
    ]);
  });
});
