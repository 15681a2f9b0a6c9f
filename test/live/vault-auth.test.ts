import { generateKeyPairSync, sign } from 'node:crypto';
import type { Provider } from '@keyturn/core';
import { type VaultAuth, vault } from '@keyturn/vault';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { forwardTo, startVaultServer, type VaultServer } from '../servers/vault-server.ts';
import { describeLive } from '../stores/live.ts';
import { type LiveVault, startVault } from '../stores/vault.ts';
import { codeOf, read } from './vault-reader.ts';

await describeLive('HashiCorp Vault: logging in', 'vault', () => {
  let live: LiveVault;
  let front: VaultServer;
  let roleId: string;
  const opened: Provider[] = [];
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

  function open(auth: VaultAuth): Provider {
    const provider = vault({ address: front.address, auth });
    opened.push(provider);
    return provider;
  }

  const newSecretId = async (...options: string[]) => {
    const { data } = await live.json<{ data: { secret_id: string } }>(
      'write',
      '-format=json',
      '-f',
      'auth/approle/role/app/secret-id',
      ...options,
    );
    return data.secret_id;
  };

  const newToken = async (...options: string[]) => {
    const { auth } = await live.json<{ auth: { client_token: string } }>(
      'token',
      'create',
      '-format=json',
      ...options,
    );
    return auth.client_token;
  };

  const jwtFor = (subject: string, lifetime = 600) => {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { sub: subject, aud: 'keyturn', iat: now, nbf: now - 60, exp: now + lifetime };
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), keys.privateKey).toString('base64url')}`;
  };

  beforeAll(async () => {
    live = await startVault();
    front = await startVaultServer(forwardTo(live.address));
    await live.put('secret/app', { v: 'canary' });
    await live.put('secret/other', { v: 'canary' });
    await live.policy('app', { 'secret/data/app': ['read'] });
    await live.vault('auth', 'enable', 'approle');
    await live.vault('auth', 'enable', 'userpass');
    await live.vault('auth', 'enable', '-path=company/jwt', 'jwt');
    await live.vault('write', 'auth/approle/role/app', 'token_policies=app', 'token_ttl=1h');
    const role = await live.json<{ data: { role_id: string } }>(
      'read',
      '-format=json',
      'auth/approle/role/app/role-id',
    );
    roleId = role.data.role_id;
    await live.vault('write', 'auth/userpass/users/bob', 'password=canary-password', 'policies=app');
    const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' });
    await live.vault('write', 'auth/company/jwt/config', `jwt_validation_pubkeys=${publicKey}`);
    await live.vault(
      'write',
      'auth/company/jwt/role/app',
      'role_type=jwt',
      'user_claim=sub',
      'bound_audiences=keyturn',
      'bound_subject=app',
      'token_policies=app',
    );
  });
  afterEach(async () => {
    for (const provider of opened.splice(0)) await provider[Symbol.asyncDispose]?.();
    front.seen.length = 0;
  });
  afterAll(async () => {
    await front?.stop();
    await live?.stop();
  });

  it('AppRole: one login for 500 parallel reads, none with a token, the token revoked at disposal', async () => {
    const provider = open({ appRole: { roleId, secretId: await newSecretId() } });
    const codes = await Promise.all(Array.from({ length: 500 }, async () => codeOf(await read(provider))));
    expect(new Set(codes)).toEqual(new Set(['ok']));
    expect(front.count(/auth\/approle\/login/)).toBe(1);
    expect(front.count(/mounts/)).toBe(1);
    expect(front.seen).toHaveLength(502);
    const login = front.seen.find(({ path }) => path.endsWith('/login'));
    expect(login?.headers).not.toHaveProperty('x-vault-token');

    const token = String(front.seen.at(-1)?.headers['x-vault-token']);
    await live.vault('token', 'lookup', token);
    await provider[Symbol.asyncDispose]?.();
    await expect(live.vault('token', 'lookup', token)).rejects.toThrow('bad token');
    expect(front.calls().at(-1)).toBe('POST /v1/auth/token/revoke-self');
    // A later call opens anew.
    expect(await read(provider)).toMatchObject({ ok: true });
  });

  it('a token that ends between two reads: exactly one new login, for parallel reads as well', async () => {
    const provider = open({ appRole: { roleId, secretId: () => newSecretId() } });
    expect(await read(provider)).toMatchObject({ ok: true });
    const token = String(front.seen.at(-1)?.headers['x-vault-token']);
    await live.vault('token', 'revoke', token);
    front.seen.length = 0;
    expect(await read(provider)).toMatchObject({ ok: true });
    // Refused, login, read again: this Vault says itself that the token is invalid.
    expect(front.calls()).toEqual([
      'GET /v1/secret/data/app',
      'POST /v1/auth/approle/login',
      'GET /v1/secret/data/app',
    ]);

    await live.vault('token', 'revoke', String(front.seen.at(-1)?.headers['x-vault-token']));
    front.seen.length = 0;
    const codes = await Promise.all(Array.from({ length: 50 }, async () => codeOf(await read(provider))));
    expect(new Set(codes)).toEqual(new Set(['ok']));
    expect(front.count(/auth\/approle\/login/)).toBe(1);
  });

  it('a policy that denies is AccessDenied, without a login for each denied read', async () => {
    const provider = open({ appRole: { roleId, secretId: await newSecretId() } });
    const denied = { ok: false, code: 'AccessDenied', message: 'no policy of this token grants `read` here' };
    for (let turn = 0; turn < 3; turn += 1) expect(await read(provider, 'secret/other')).toEqual(denied);
    expect(front.count(/auth\/approle\/login/)).toBe(1);
    // lookup-self tells a living token from a dead one.
    expect(front.count(/lookup-self/)).toBe(3);
    expect(await read(provider)).toMatchObject({ ok: true });
  });

  it('a denied path that even lookup-self is denied to: one new login, and no more', async () => {
    await live.vault('write', 'auth/approle/role/bare', 'token_policies=app', 'token_no_default_policy=true');
    const role = await live.json<{ data: { role_id: string } }>(
      'read',
      '-format=json',
      'auth/approle/role/bare/role-id',
    );
    const secret = await live.json<{ data: { secret_id: string } }>(
      'write',
      '-format=json',
      '-f',
      'auth/approle/role/bare/secret-id',
    );
    const provider = open({ appRole: { roleId: role.data.role_id, secretId: secret.data.secret_id } });
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await read(provider, 'secret/other')).toMatchObject({ code: 'AccessDenied' });
    }
    expect(front.count(/auth\/approle\/login/)).toBe(2);
  });

  it('a mount that no policy knows is asked for once, whatever the number of names in it', async () => {
    const provider = open({ appRole: { roleId, secretId: await newSecretId() } });
    const codes = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => codeOf(await read(provider, `hidden/folder/${index}`))),
    );
    expect(new Set(codes)).toEqual(new Set(['AccessDenied']));
    expect(front.count(/mounts/)).toBe(1);
    expect(front.count(/lookup-self/)).toBe(1);
  });

  it('a secret ID for a single use: good for one login, then Unauthenticated, saying so', async () => {
    const provider = open({ appRole: { roleId, secretId: await newSecretId('num_uses=1') } });
    expect(await read(provider)).toMatchObject({ ok: true });
    await live.vault('token', 'revoke', String(front.seen.at(-1)?.headers['x-vault-token']));
    expect(await read(provider)).toEqual({
      code: 'Unauthenticated',
      status: 400,
      message:
        'the login at auth/approle was refused: the role ID or the secret ID is wrong, expired or used up ' +
        '(a secret ID for a single use is good for one login: give `auth.appRole.secretId` as a function that fetches a new one)',
    });
  });

  it('userpass', async () => {
    const login = (password: string) => open({ userpass: { username: 'bob', password } });
    expect(await read(login('canary-password'))).toMatchObject({ ok: true });
    expect(await read(login('canary-wrong'))).toEqual({
      code: 'Unauthenticated',
      status: 400,
      message: 'the login at auth/userpass was refused: the username or the password is wrong',
    });
  });

  it('JWT, on a mount with a slash', async () => {
    const login = (jwt: string) => open({ jwt: { role: 'app', jwt, mount: 'company/jwt' } });
    expect(await read(login(jwtFor('app')))).toMatchObject({ ok: true });
    const message =
      'the login at auth/company/jwt was refused: the role is unknown, or the JWT is expired, or not what the role is bound to';
    for (const jwt of [jwtFor('someone'), jwtFor('app', -3600), 'canary-no-jwt']) {
      expect(await read(login(jwt))).toEqual({ code: 'Unauthenticated', status: 400, message });
    }
  });

  it('an auth method that is not mounted there is named', async () => {
    expect(await read(open({ appRole: { roleId, secretId: 'canary', mount: 'nowhere' } }))).toMatchObject({
      code: 'Unauthenticated',
      status: 403,
      message: expect.stringMatching(/; or no such auth method is mounted there \(`mount`\)$/),
    });
  });

  it('a token: as text and from a function that has a new one when the old one ends', async () => {
    const tokens = [await newToken('-policy=app'), await newToken('-policy=app')];
    const [first = ''] = tokens;
    const fixed = open({ token: first });
    const fresh = open({ token: () => tokens.shift() ?? '' });
    expect(await read(fixed)).toMatchObject({ ok: true });
    expect(await read(fresh)).toMatchObject({ ok: true });
    await live.vault('token', 'revoke', first);
    expect(await read(fixed)).toEqual({
      code: 'Unauthenticated',
      message:
        'Vault refuses the token as expired, revoked or of another server: give a new one by the option `auth`, VAULT_TOKEN or ~/.vault-token',
    });
    expect(await read(fresh)).toMatchObject({ ok: true });
    await fresh[Symbol.asyncDispose]?.();
    expect(front.count(/revoke-self/)).toBe(0);
  });

  it('a login of your own: a batch token, which cannot be renewed', async () => {
    const provider = open({
      login: async () => ({
        token: await newToken('-type=batch', '-policy=app', '-ttl=1h'),
        ttlSeconds: 3600,
      }),
    });
    expect(await read(provider)).toMatchObject({ ok: true });
  });
});
