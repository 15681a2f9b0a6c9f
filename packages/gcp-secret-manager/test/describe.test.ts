import { expect, it } from 'vitest';
import { always, fail, firstOf } from '../../../test/servers/gcp-grpc.ts';
import { type GcpStore, secretManager } from '../../../test/servers/gcp-secret-manager.ts';
import { locator, signal, startStore } from './harness.ts';

const at = (year: number) => new Date(Date.UTC(year, 1, 3, 4, 5, 6, 789));

const STORE: GcpStore = {
  'projects/app/secrets/db': {
    versions: [
      { value: 'canary-1', createTime: at(2024) },
      { value: 'canary-2', createTime: at(2025) },
      { value: 'canary-3', state: 'DISABLED' },
    ],
    aliases: { live: 2 },
    nextRotationTime: at(2027),
    expireTime: at(2030),
    labels: { tier: 'gold' },
  },
  'projects/app/secrets/plain': { versions: [{ value: 'canary', createTime: at(2024) }] },
  'projects/app/secrets/gone': { versions: [{ value: '', state: 'DESTROYED' }] },
};

it("gives the version's creation and the secret's dates, and reads no payload", async () => {
  const { provider, server } = await startStore(secretManager(STORE));
  const described = await provider.describe?.([locator('db', { version: 'live' })], { signal });
  expect(described).toEqual([
    {
      ok: true,
      value: {
        version: '2',
        createdAt: at(2025),
        rotatesAt: at(2027),
        expiresAt: at(2030),
        tags: { tier: 'gold' },
      },
    },
  ]);
  expect(server.calls.map(({ method, name }) => [method, name]).sort()).toEqual([
    ['GetSecret', 'projects/app/secrets/db'],
    ['GetSecretVersion', 'projects/app/secrets/db/versions/live'],
  ]);
});

it('routes each of its calls by the name in it', async () => {
  const { provider, server } = await startStore(secretManager(STORE));
  await provider.describe?.([locator('plain')], { signal });
  for (const { name, headers } of server.calls) {
    expect(headers.get('x-goog-request-params')).toEqual([`name=${encodeURIComponent(name)}`]);
  }
});

it('leaves out what the secret does not have', async () => {
  const { provider } = await startStore(secretManager(STORE));
  expect(await provider.describe?.([locator('plain')], { signal })).toEqual([
    { ok: true, value: { version: '1', createdAt: at(2024), tags: {} } },
  ]);
});

it('says that a version is disabled or destroyed', async () => {
  const { provider } = await startStore(secretManager(STORE));
  for (const path of ['db', 'gone']) {
    expect(await provider.describe?.([locator(path)], { signal })).toEqual([
      { ok: false, code: 'Disabled', message: 'the version is disabled or destroyed' },
    ]);
  }
});

it('is denied when either call is', async () => {
  const denied = always(fail('PERMISSION_DENIED'), 'GetSecret');
  const { provider } = await startStore(firstOf(denied, secretManager(STORE)));
  expect(await provider.describe?.([locator('plain')], { signal })).toMatchObject([
    { ok: false, code: 'AccessDenied' },
  ]);
});

it('rejects when no answer could be had', async () => {
  const { provider } = await startStore(always(fail('UNAVAILABLE')));
  const error = await provider.describe?.([locator('plain')], { signal }).catch((reason: unknown) => reason);
  expect(provider.classify(error)).toMatchObject({ code: 'Unavailable', status: 14 });
});
