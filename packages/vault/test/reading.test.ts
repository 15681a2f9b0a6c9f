import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../test/servers/vault-server.ts';
import { vault } from '../src/index.ts';
import { open, read, SECRET, serve } from './helpers.ts';

const DENIED: Reply = {
  status: 403,
  body: { errors: ['preflight capability check returned 403, please ensure ...'] },
};

describe('the question for the mount', () => {
  it('is put once for all paths of a mount, and once more for each mount that begins alike', async () => {
    const server = await serve(({ path }) => {
      const [, mount] = /mounts\/(team\/\w+)\//.exec(path) ?? [];
      return mount
        ? { status: 200, body: { data: { path: `${mount}/`, type: 'kv', options: null } } }
        : undefined;
    });
    const provider = open(server.address);
    const paths = ['team/a/1', 'team/b/1', 'team/a/2', 'team/b/2', 'team/a/3'];
    await Promise.all(paths.map((path) => read(provider, path)));
    expect(server.calls().filter((call) => call.includes('mounts'))).toEqual([
      'GET /v1/sys/internal/ui/mounts/team/a/1',
      'GET /v1/sys/internal/ui/mounts/team/b/1',
    ]);
    // Without options it is KV version 1: no data/ in the path.
    expect(server.calls().at(-1)).toMatch(/^GET \/v1\/team\/[ab]\/\d$/);
  });

  it('is denied once for a folder, and another mount that begins alike is none the worse', async () => {
    const server = await serve(({ path }) => {
      if (path.includes('mounts/team/hidden/')) return DENIED;
      return path.includes('mounts/team/open/')
        ? { status: 200, body: { data: { path: 'team/open/', type: 'kv', options: { version: '2' } } } }
        : undefined;
    });
    const provider = open(server.address);
    const paths = ['team/hidden/a', 'team/hidden/b', 'team/open/a', 'team/hidden/c'];
    const outcomes = await Promise.all(paths.map((path) => read(provider, path)));
    expect(outcomes.map((outcome) => outcome && 'ok' in outcome && outcome.ok)).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(server.count(/mounts\/team\/hidden/)).toBe(1);
    expect(server.count(/mounts\/team\/open/)).toBe(1);
  });

  it('is put again for a mount that has become version 2', async () => {
    let version = '1';
    const server = await serve(({ path }) => {
      if (path.includes('/mounts/')) {
        return { status: 200, body: { data: { path: 'secret/', type: 'kv', options: { version } } } };
      }
      if (version === '1') return { status: 200, body: { data: { v: 'canary' } } };
      return path === '/v1/secret/app'
        ? {
            status: 404,
            body: { data: null, warnings: ['Invalid path for a versioned K/V secrets engine.'] },
          }
        : undefined;
    });
    const provider = open(server.address);
    expect(await read(provider)).toEqual({ ok: true, value: { value: { v: 'canary' } } });
    version = '2';
    expect(await read(provider)).toEqual({
      code: 'Unavailable',
      message: 'the mount "secret/" has just become KV version 2: read again',
    });
    expect(await read(provider)).toMatchObject({ ok: true, value: { metadata: { version: '3' } } });
  });
});

describe('describe', () => {
  const versions = {
    '1': { created_time: '2026-01-01T00:00:00Z', deletion_time: '2026-01-02T00:00:00Z', destroyed: false },
    '2': { created_time: '2026-02-01T00:00:00Z', deletion_time: '2999-01-01T00:00:00Z', destroyed: false },
    '3': { created_time: '2026-03-01T00:00:00Z', deletion_time: '', destroyed: true },
  };

  // https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-metadata
  it.each([
    [
      undefined,
      {
        ok: true,
        value: {
          version: '2',
          createdAt: new Date('2026-02-01'),
          expiresAt: new Date('2999-01-01'),
          tags: { tier: 'gold' },
        },
      },
    ],
    [
      '1',
      {
        ok: false,
        code: 'Disabled',
        message:
          'this version was deleted at 2026-01-02T00:00:00.000Z: undelete it, or refer to another version',
      },
    ],
    [
      '3',
      {
        ok: false,
        code: 'Disabled',
        message: 'this version is destroyed for good: refer to another version',
      },
    ],
    ['4', { ok: false, code: 'NotFound', message: 'nothing lives at "secret/app" in version 4' }],
  ])('version %s', async (version, expected) => {
    const server = await serve(({ path }) =>
      path.includes('/metadata/')
        ? { status: 200, body: { data: { current_version: 2, versions, custom_metadata: { tier: 'gold' } } } }
        : undefined,
    );
    const locator = { path: 'secret/app', params: version === undefined ? {} : { version } };
    const { signal } = new AbortController();
    expect(await open(server.address).describe?.([locator], { signal })).toEqual([expected]);
    expect(server.calls().at(-1)).toBe('GET /v1/secret/metadata/app');
  });
});

describe('tags', () => {
  // https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version
  it.each([
    ['are custom_metadata', { tier: 'gold' }, { tier: 'gold' }],
    ['are none where it is null', null, {}],
    ['are not known where it is missing, as before Vault 1.9', undefined, undefined],
  ])('%s', async (_what, custom_metadata, tags) => {
    const metadata = { ...SECRET.data.metadata, custom_metadata };
    const server = await serve(({ path }) =>
      path.includes('/data/')
        ? { status: 200, body: { data: { data: { v: 'canary' }, metadata } } }
        : undefined,
    );
    const outcome = await read(open(server.address));
    expect(outcome).toMatchObject({ ok: true, value: { metadata: { version: '3' } } });
    const given = outcome && 'ok' in outcome && outcome.ok ? outcome.value.metadata : {};
    expect(given?.tags).toEqual(tags);
  });
});

it('a token that is refused, and no other to be had, is Unauthenticated', async () => {
  const server = await serve(() => ({
    status: 403,
    body: { errors: ['permission denied', 'invalid token'] },
  }));
  let logins = 0;
  const auth = { login: async () => ({ token: `canary-${++logins}` }) };
  expect(await read(open(server.address, { auth, kv: 2 }))).toMatchObject({ code: 'Unauthenticated' });
  expect(logins).toBe(2);
});

it('refused credentials are Unauthenticated', async () => {
  const server = await serve(({ path }) =>
    /login$/.test(path)
      ? { status: 400, body: { errors: ['canary-vendor-text'] } }
      : { status: 200, body: SECRET },
  );
  expect(await read(open(server.address, { auth: { jwt: { jwt: 'canary' } } }))).toEqual({
    code: 'Unauthenticated',
    status: 400,
    message:
      'the login at auth/jwt was refused: the role is unknown, or the JWT is expired, or not what the role is bound to',
  });
});

describe('a client that was handed in', () => {
  const failing = (error: unknown) =>
    vault({
      client: {
        read: async () => {
          throw error;
        },
      },
      kv: 2,
    });

  it('is used as it is, and its missing secrets are NotFound', async () => {
    const paths: string[] = [];
    const client = {
      async read(path: string) {
        paths.push(path);
        return SECRET;
      },
    };
    const provider = vault({ client, kv: 2, prefix: 'secret/my app/' });
    expect(provider.retries).toBe('own');
    expect(await read(provider, 'db')).toMatchObject({ ok: true });
    expect(paths).toEqual(['secret/data/my%20app/db']);
    const missing = Object.assign(new Error('canary'), {
      response: { statusCode: 404, body: { errors: [] } },
    });
    expect(await read(failing(missing))).toEqual({
      ok: false,
      code: 'NotFound',
      message: 'nothing lives at "secret/app"',
    });
  });

  it('may fail in ways of its own, which are not named', async () => {
    expect(await read(failing(new Error('canary')))).toBeUndefined();
    expect(await read(failing(Object.assign(new Error('canary'), { code: 'ECONNABORTED' })))).toEqual({
      code: 'Unavailable',
      message: 'the connection failed (ECONNABORTED)',
    });
  });
});
