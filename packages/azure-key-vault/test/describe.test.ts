import { describe, expect, it } from 'vitest';
import { always, fault, ok } from '../../../test/servers/azure-key-vault.ts';
import { locator, options, startStore } from './harness.ts';

const FIRST = new Date('2026-01-01T00:00:00Z');
const SECOND = new Date('2026-02-01T00:00:00Z');
const FUTURE = new Date('2099-01-01T00:00:00Z');

describe('a description', () => {
  it('is of the newest version, without its value', async () => {
    const { provider, server } = await startStore();
    const tags = { tier: 'gold' };
    const version = server.set('key', 'canary', { created: SECOND, expires: FUTURE, tags });
    server.set('key', 'canary', { created: FIRST });
    expect(await provider.describe?.([locator('key')], options)).toEqual([
      { ok: true, value: { version, createdAt: SECOND, expiresAt: FUTURE, tags } },
    ]);
    expect(server.requests.map(({ path }) => path)).not.toContain('/secrets/key/');
  });

  it('is of the version that is asked for', async () => {
    const { provider, server } = await startStore();
    const version = server.set('key', 'canary', { created: FIRST });
    server.set('key', 'canary', { created: SECOND });
    expect(await provider.describe?.([locator('key', { version })], options)).toEqual([
      { ok: true, value: { version, createdAt: FIRST, tags: {} } },
    ]);
  });

  it('finds the newest version on any page', async () => {
    const { provider, server } = await startStore();
    const day = (number: number) => new Date(Date.UTC(2026, 0, number));
    const versions = Array.from({ length: 60 }, (_, index) =>
      server.set('key', 'canary', { created: day(index + 1) }),
    );
    expect(await provider.describe?.([locator('key')], options)).toEqual([
      { ok: true, value: { version: versions.at(-1), createdAt: day(60), tags: {} } },
    ]);
    expect(server.count()).toBe(3);
  });

  it('names no version where two were made in one second', async () => {
    const { provider, server } = await startStore();
    server.set('key', 'canary', { created: SECOND });
    server.set('key', 'canary', { created: SECOND, enabled: false });
    expect(await provider.describe?.([locator('key')], options)).toEqual([
      { ok: true, value: { createdAt: SECOND, tags: {} } },
    ]);
  });
});

it('leaves out dates that are none', async () => {
  const version = '0'.repeat(32);
  const value = [
    {
      id: `https://v.test/secrets/key/${version}`,
      attributes: { enabled: true, created: 'soon', exp: null },
    },
  ];
  const { provider } = await startStore({ script: always(ok({ value })) });
  expect(await provider.describe?.([locator('key')], options)).toEqual([
    { ok: true, value: { version, tags: {} } },
  ]);
});

describe('no description', () => {
  it('is NotFound without the secret, or without the version', async () => {
    const { provider, server } = await startStore();
    server.set('key', 'canary');
    expect(await provider.describe?.([locator('none')], options)).toEqual([
      { ok: false, code: 'NotFound', message: 'the vault has no such secret or version' },
    ]);
    expect(await provider.describe?.([locator('key', { version: '0'.repeat(32) })], options)).toEqual([
      { ok: false, code: 'NotFound', message: 'the secret has no such version' },
    ]);
  });

  it('is NotFound for an empty list', async () => {
    const { provider } = await startStore({
      script: ({ token, path }) =>
        token !== undefined && path.endsWith('/versions') ? ok({ value: [] }) : undefined,
    });
    expect(await provider.describe?.([locator('none')], options)).toMatchObject([{ code: 'NotFound' }]);
  });

  it('is Disabled for a disabled version and a deleted secret', async () => {
    const { provider, server } = await startStore();
    server.set('off', 'canary', { created: FIRST });
    server.set('off', 'canary', { created: SECOND, enabled: false });
    server.set('gone', 'canary');
    server.remove('gone');
    expect(await provider.describe?.([locator('off'), locator('gone')], options)).toEqual([
      { ok: false, code: 'Disabled', message: 'this version is disabled' },
      { ok: false, code: 'Disabled', message: expect.stringMatching(/^the secret is deleted/) },
    ]);
  });

  it.each([
    [fault(403, 'Forbidden', { inner: 'ForbiddenByRbac' }), 'AccessDenied'],
    [ok({}), 'Unavailable'],
    [ok({ value: [{ id: 1 }] }), 'Unavailable'],
    [ok(null), 'Unavailable'],
    [ok({ value: [], nextLink: 'https://other.test/secrets/key/versions' }), 'Unavailable'],
    [ok({ value: [], nextLink: 'http://keyturn.vault.azure.test/secrets/key/versions' }), 'Unavailable'],
  ])('is what classify says of %j', async (reply, code) => {
    const { provider } = await startStore({ script: always(reply) });
    const error = await provider.describe?.([locator('key')], options).catch((reason: unknown) => reason);
    expect(provider.classify(error)).toMatchObject({ code });
  });
});
