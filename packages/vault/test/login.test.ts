import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { VaultAuth } from '../src/index.ts';
import { later, loginReply, open, read, serve, TOKEN } from './helpers.ts';

afterEach(() => vi.unstubAllEnvs());

/** The login that reaches the server: path and body. */
async function loginBy(auth: VaultAuth) {
  vi.stubEnv('VAULT_TOKEN', 'canary-old-token');
  const server = await serve();
  expect(await read(open(server.address, { auth, kv: 2 }))).toMatchObject({ ok: true });
  const [login, value] = server.seen;
  expect(login?.headers).not.toHaveProperty('x-vault-token');
  expect(value?.headers['x-vault-token']).toBe(TOKEN);
  return { call: `${login?.method} ${login?.path}`, body: JSON.parse(login?.body ?? '') };
}

// https://developer.hashicorp.com/vault/api-docs/auth
it.each<[string, VaultAuth, string, object]>([
  [
    'AppRole',
    { appRole: { roleId: 'role', secretId: async () => 'canary-secret' } },
    'POST /v1/auth/approle/login',
    { role_id: 'role', secret_id: 'canary-secret' },
  ],
  [
    'AppRole without a secret ID',
    { appRole: { roleId: () => 'role', mount: "team/approle=x'&" } },
    "POST /v1/auth/team/approle%3Dx'%26/login",
    { role_id: 'role' },
  ],
  [
    'userpass',
    { userpass: { username: 'b/o b', password: 'canary-password' } },
    'POST /v1/auth/userpass/login/b%2Fo%20b',
    { password: 'canary-password' },
  ],
  ['JWT', { jwt: { jwt: 'canary-jwt' } }, 'POST /v1/auth/jwt/login', { jwt: 'canary-jwt' }],
])('%s sends what the API page says, and no old token', async (_name, auth, call, body) => {
  expect(await loginBy(auth)).toEqual({ call, body });
});

it('Kubernetes sends the service account token, read anew at each login', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-vault-'));
  later(() => rm(folder, { recursive: true }));
  const file = join(folder, 'token');
  await writeFile(file, 'canary-jwt-1\n');
  let refused = false;
  let logins = 0;
  const server = await serve(({ path }) =>
    path.startsWith('/v1/secret/') && refused
      ? { status: 403, body: { errors: ['permission denied', 'invalid token'] } }
      : /login$/.test(path)
        ? loginReply(`${TOKEN}-${++logins}`)
        : undefined,
  );
  const provider = open(server.address, { auth: { kubernetes: { role: 'app', file } }, kv: 2 });
  expect(await read(provider)).toMatchObject({ ok: true });
  await writeFile(file, 'canary-jwt-2\n');
  refused = true;
  await read(provider);
  const sent = server.seen.filter(({ path }) => path === '/v1/auth/kubernetes/login');
  expect(sent.map(({ body }) => JSON.parse(body))).toEqual([
    { role: 'app', jwt: 'canary-jwt-1' },
    { role: 'app', jwt: 'canary-jwt-2' },
  ]);
});

it('sends the namespace with every call, logins included', async () => {
  const server = await serve();
  await read(open(server.address, { namespace: 'team/a', auth: { jwt: { jwt: 'canary' } } }));
  expect(server.seen.map(({ headers }) => headers['x-vault-namespace'])).toEqual([
    'team/a',
    'team/a',
    'team/a',
  ]);
});

const refusing: VaultAuth = {
  login: async () => {
    throw new Error('canary-password is wrong');
  },
};

it.each<[string, VaultAuth, string]>([
  ['a function of your own', refusing, 'auth.login: the function failed'],
  [
    'a secret ID that is fetched',
    {
      appRole: {
        roleId: 'role',
        secretId: () => {
          throw new Error('canary-secret');
        },
      },
    },
    'auth.appRole.secretId: the function failed',
  ],
])('%s that fails is Unauthenticated, without its words', async (_name, auth, message) => {
  expect(await read(open('http://127.0.0.1:1', { auth }))).toEqual({ code: 'Unauthenticated', message });
});

it('a login that asks for a second factor is Unauthenticated', async () => {
  const server = await serve(({ path }) =>
    /login$/.test(path)
      ? { status: 200, body: { auth: { client_token: '', mfa_requirement: { mfa_request_id: 'x' } } } }
      : undefined,
  );
  expect(await read(open(server.address, { auth: { jwt: { jwt: 'canary' } } }))).toEqual({
    code: 'Unauthenticated',
    message: 'the login by jwt asks for a second factor, which no program can give',
  });
});

it('a Vault that is down while logging in is Unavailable, not Unauthenticated', async () => {
  const server = await serve(({ path }) =>
    /login$/.test(path) ? { status: 503, body: { errors: ['Vault is sealed'] } } : undefined,
  );
  expect(await read(open(server.address, { auth: { jwt: { jwt: 'canary' } } }))).toMatchObject({
    code: 'Unavailable',
    message: 'Vault is sealed: it has to be unsealed',
  });
});

it('a revocation that hangs holds up no disposal', async () => {
  const server = await serve(({ path }) => (/revoke-self/.test(path) ? 'hang' : undefined));
  const provider = open(server.address, { auth: { jwt: { jwt: 'canary' } } });
  await read(provider);
  await provider[Symbol.asyncDispose]?.();
  expect(server.calls().at(-1)).toBe('POST /v1/auth/token/revoke-self');
});
