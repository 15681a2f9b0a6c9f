import { describe, expect, it, vi } from 'vitest';
import { always, fault, ok } from '../../../test/servers/azure-key-vault.ts';
import { failureOf, locator, options, signal, startStore } from './harness.ts';

const CREATED = new Date('2026-03-01T10:00:00Z');
const PAST = new Date('2026-01-01T00:00:00Z');
const FUTURE = new Date('2099-01-01T00:00:00Z');

describe('a read', () => {
  it('gives the current version, with its metadata', async () => {
    const { provider, server } = await startStore();
    server.set('db-url', 'canary-old', { created: PAST });
    const tags = { tier: 'gold' };
    const version = server.set('db-url', 'canary', { created: CREATED, expires: FUTURE, tags });
    const metadata = { version, createdAt: CREATED, expiresAt: FUTURE, tags };
    expect(await provider.fetch([locator('db-url')], options)).toEqual([
      { ok: true, value: { value: 'canary', metadata } },
    ]);
  });

  it('gives an older version', async () => {
    const { provider, server } = await startStore();
    const version = server.set('db-url', 'canary-old', { created: PAST });
    server.set('db-url', 'canary', { created: CREATED });
    expect(await provider.fetch([locator('db-url', { version })], options)).toEqual([
      { ok: true, value: { value: 'canary-old', metadata: { version, createdAt: PAST, tags: {} } } },
    ]);
  });

  it('takes names without regard to case, after the prefix', async () => {
    const { provider, server } = await startStore({}, { prefix: 'MyApp-' });
    server.set('myapp-URL', 'canary');
    expect(await provider.fetch([locator('url')], options)).toMatchObject([{ value: { value: 'canary' } }]);
    expect(server.requests.at(-1)?.path).toBe('/secrets/MyApp-url/');
  });

  it('leaves a certificate as the text that it is', async () => {
    const { provider, server } = await startStore();
    server.set('cert', 'Y2FuYXJ5', { contentType: 'application/x-pkcs12' });
    expect(await provider.fetch([locator('cert')], options)).toMatchObject([
      { value: { value: 'Y2FuYXJ5' } },
    ]);
  });

  it('keeps values as they are', async () => {
    const { provider, server } = await startStore();
    const values = ['', ' \t', 'ä\u0308 €\u{1F511}', 'a\r\nb\n', '{"a":1}', 'x'.repeat(25_000)];
    values.forEach((value, index) => void server.set(`name-${index}`, value));
    const outcomes = await provider.fetch(
      values.map((_, index) => locator(`name-${index}`)),
      options,
    );
    expect(outcomes).toMatchObject(values.map((value) => ({ ok: true, value: { value } })));
  });
});

describe('dates that are none', () => {
  const id = `https://v.test/secrets/key/${'0'.repeat(32)}`;

  it.each([
    { enabled: true, created: null, exp: null, nbf: null },
    { enabled: true, created: 'soon', exp: 'soon', nbf: 'soon' },
    undefined,
  ])('are left out: %j', async (attributes) => {
    const { provider } = await startStore({ script: always(ok({ value: 'canary', id, attributes })) });
    const warn = vi.fn();
    expect(await provider.fetch([locator('key')], { signal, warn })).toEqual([
      { ok: true, value: { value: 'canary', metadata: { version: '0'.repeat(32), tags: {} } } },
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  it('are left out of what is said of a deleted secret', async () => {
    const deleted = { id, recoveryId: 'https://v.test/deletedsecrets/key', scheduledPurgeDate: 'soon' };
    const { provider } = await startStore({
      script: ({ path }) => (path.startsWith('/deletedsecrets/') ? ok(deleted) : undefined),
    });
    expect(await provider.fetch([locator('key')], options)).toEqual([
      { ok: false, code: 'Disabled', message: 'the secret is deleted, and can be recovered' },
    ]);
  });
});

describe('a secret out of its time', () => {
  it('is served, with a warning, when it has expired', async () => {
    const { provider, server } = await startStore({}, { prefix: 'app-' });
    server.set('app-key', 'canary', { expires: PAST });
    const warn = vi.fn();
    expect(await provider.fetch([locator('key')], { signal, warn })).toMatchObject([
      { ok: true, value: { value: 'canary', metadata: { expiresAt: PAST } } },
    ]);
    expect(warn.mock.calls).toEqual([
      [
        'the secret "app-key" expired on 2026-01-01T00:00:00.000Z: Azure still serves it, but it should be renewed',
      ],
    ]);
  });

  it('is served, with a warning, when it is not valid yet', async () => {
    const { provider, server } = await startStore();
    server.set('key', 'canary', { notBefore: FUTURE });
    const warn = vi.fn();
    expect(await provider.fetch([locator('key')], { signal, warn })).toMatchObject([{ ok: true }]);
    expect(warn.mock.calls).toEqual([
      ['the secret "key" is not valid before 2099-01-01T00:00:00.000Z: Azure serves it already'],
    ]);
  });

  it('says nothing within it', async () => {
    const { provider, server } = await startStore();
    server.set('key', 'canary', { notBefore: PAST, expires: FUTURE });
    const warn = vi.fn();
    await provider.fetch([locator('key')], { signal, warn });
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('a secret that is not to be had', () => {
  const NOT_FOUND = { ok: false, code: 'NotFound', message: 'the vault has no such secret or version' };

  it('is NotFound when there is none, and when there is no such version', async () => {
    const { provider, server } = await startStore();
    server.set('key', 'canary');
    expect(await provider.fetch([locator('none')], options)).toEqual([NOT_FOUND]);
    expect(await provider.fetch([locator('key', { version: '0'.repeat(32) })], options)).toEqual([NOT_FOUND]);
  });

  it('is Disabled when it is soft-deleted', async () => {
    const { provider, server } = await startStore();
    server.set('key', 'canary');
    server.remove('key');
    expect(await provider.fetch([locator('key')], options)).toEqual([
      {
        ok: false,
        code: 'Disabled',
        message: expect.stringMatching(
          /^the secret is deleted, and can be recovered until 20\d\d-\d\d-\d\dT/,
        ),
      },
    ]);
  });

  it.each([fault(403, 'Forbidden'), fault(500, 'InternalServerError'), ok({})])(
    'stays NotFound when nothing says whether it is deleted',
    async (reply) => {
      const { provider } = await startStore({
        script: ({ path }) => (path.startsWith('/deletedsecrets/') ? reply : undefined),
      });
      expect(await provider.fetch([locator('none')], options)).toEqual([NOT_FOUND]);
    },
  );

  it('is Disabled when its current version is disabled, though an older one is not', async () => {
    const { provider, server } = await startStore();
    const version = server.set('key', 'canary', { created: PAST });
    server.set('key', 'canary', { created: CREATED, enabled: false });
    expect(await failureOf(provider, locator('key'))).toEqual({
      code: 'Disabled',
      message: 'this version is disabled: enable it, or refer to another version',
      status: 403,
      requestId: 'request-id',
    });
    expect(await provider.fetch([locator('key', { version })], options)).toMatchObject([{ ok: true }]);
  });
});

describe('an answer that is none of Key Vault', () => {
  const message =
    'what came back is not an answer of Key Vault: check `vaultUrl` (AZURE_KEYVAULT_RESOURCEENDPOINT) and any proxy on the way';
  const html = { 'content-type': 'text/html' };

  it.each([
    [200, '<html>canary', html],
    [200, '<html>canary', {}],
    [200, '', {}],
    [200, 'null', {}],
    [200, '{"value":"canary"}', {}],
    [200, '{"value":"canary","id":"canary"}', {}],
    [200, '{"value":"canary","id":"https://v.test/keys"}', {}],
    [200, '{"value":1,"id":"https://v.test/secrets/a/b"}', {}],
    [302, '', { location: 'https://other.test/' }],
    [404, '<html>canary', html],
    [404, '{"message":"canary"}', {}],
    [403, '<html>canary', html],
    [418, '{"error":{"code":"canary"}}', {}],
  ])('is Unavailable: %i %s', async (status, body, headers) => {
    const { provider } = await startStore({ script: always({ status, body, headers }) });
    const failure = await failureOf(provider, locator('key'));
    expect(failure).toMatchObject({ code: 'Unavailable' });
    expect(failure?.message?.replace(/ \(HTTP \d+\)$/, '')).toBe(message);
  });

  it('is Unavailable when it is cut, compressed or not', async () => {
    for (const gzip of [{}, { gzip: true } as const]) {
      const { provider } = await startStore({
        script: always({ cut: `{"value":"${'canary '.repeat(1000)}"}`, ...gzip }),
      });
      expect(await failureOf(provider, locator('key'))).toEqual({
        code: 'Unavailable',
        message: 'the connection was cut before the answer was complete (PARSE_ERROR)',
      });
    }
  });
});
