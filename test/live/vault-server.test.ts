import type { Provider } from '@keyturn/core';
import { type VaultOptions, vault } from '@keyturn/vault';
import nodeVault from 'node-vault';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeCertificates } from '../servers/certificates.ts';
import { forwardTo, startVaultServer } from '../servers/vault-server.ts';
import { describeLive } from '../stores/live.ts';
import { type LiveVault, startVault } from '../stores/vault.ts';
import { read } from './vault-reader.ts';

await describeLive('HashiCorp Vault: the server', 'vault', () => {
  let live: LiveVault;
  const closing: (() => Promise<void> | undefined)[] = [];

  function open(options: VaultOptions): Provider {
    const provider = vault(options);
    closing.push(async () => await provider[Symbol.asyncDispose]?.());
    return provider;
  }

  beforeAll(async () => {
    live = await startVault();
    await live.put('secret/app', { v: 'canary' });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(async () => {
    await live?.stop();
  });

  it('renews a token in time: after two thirds of its ttl, once', async () => {
    const front = await startVaultServer(forwardTo(live.address));
    closing.push(front.stop);
    await live.vault('auth', 'enable', 'userpass');
    await live.policy('app', { 'secret/data/app': ['read'] });
    await live.vault(
      'write',
      'auth/userpass/users/short',
      'password=canary',
      'policies=app',
      'token_ttl=3s',
      'token_max_ttl=1h',
    );
    const provider = open({
      address: front.address,
      auth: { userpass: { username: 'short', password: 'canary' } },
    });
    const renewals = async () => {
      expect(await read(provider)).toMatchObject({ ok: true });
      return front.count(/renew-self/);
    };
    await expect.poll(renewals, { timeout: 120_000, interval: 250 }).toBe(2);
    expect(front.count(/login/)).toBe(1);
  });

  it('behind TLS with a CA of its own, a name of its own, and a client certificate', async () => {
    const pki = await makeCertificates('vault.test');
    const front = await startVaultServer(forwardTo(live.address), { ...pki.server, clientCa: pki.ca });
    closing.push(front.stop);
    const base = { address: front.address, auth: { token: live.token } };
    const tls = { ca: pki.ca, ...pki.client, serverName: 'vault.test' };
    expect(await read(open({ ...base, tls }))).toMatchObject({ ok: true });
    const code = 'Unavailable';
    expect(await read(open({ ...base, tls: { ...tls, serverName: 'other.test' } }))).toEqual({
      code,
      message:
        "the server's TLS certificate is for another name: correct `address`, or give that name as `tls.serverName` (VAULT_TLS_SERVER_NAME) (ERR_TLS_CERT_ALTNAME_INVALID)",
    });
    expect(await read(open({ ...base, tls: { ...pki.client } }))).toEqual({
      code,
      message: expect.stringMatching(
        /^the server's TLS certificate is not trusted: give the CA that signed it as `tls.ca` \(VAULT_CACERT, VAULT_CACERT_BYTES, VAULT_CAPATH\) \([A-Z_]+\)$/,
      ),
    });
    expect(await read(open({ ...base, tls: { ca: pki.ca, serverName: 'vault.test' } }))).toEqual({
      code,
      message: expect.stringMatching(
        /^TLS could not be agreed on: .* \(VAULT_CLIENT_CERT, VAULT_CLIENT_KEY\)\? \(\w+\)$/,
      ),
    });
    expect(await read(open({ ...base, tls: { ...pki.client, skipVerify: true } }))).toMatchObject({
      ok: true,
    });
  });

  it('a rate limit is Throttled, with the time that Vault names', async () => {
    await live.vault('write', 'sys/quotas/config', 'enable_rate_limit_response_headers=true');
    await live.vault('write', 'sys/quotas/rate-limit/slow', 'path=secret/', 'rate=1', 'interval=60s');
    const provider = open({ address: live.address, auth: { token: live.token }, kv: 2 });
    const answers = [await read(provider), await read(provider), await read(provider)];
    await live.vault('delete', 'sys/quotas/rate-limit/slow');
    expect(answers[0]).toMatchObject({ ok: true });
    expect(answers[2]).toEqual({
      code: 'Throttled',
      status: 429,
      message: 'Vault asks to slow down: a rate limit or lease count quota is reached',
      retryAfterMs: expect.any(Number),
    });
  });

  it('reads by a node-vault client that is handed in, and names what that throws', async () => {
    const client = nodeVault({ endpoint: live.address, token: live.token });
    const provider = open({ client });
    expect(provider.retries).toBe('own');
    expect(await read(provider)).toMatchObject({ ok: true, value: { value: { v: 'canary' } } });
    expect(await read(provider, 'secret/none')).toMatchObject({ ok: false, code: 'NotFound' });
    const stranger = open({ client: nodeVault({ endpoint: live.address, token: 'canary-token' }) });
    expect(await read(stranger)).toMatchObject({ code: 'Unauthenticated' });
    const nobody = open({ client: nodeVault({ endpoint: 'http://127.0.0.1:1', token: 'canary-token' }) });
    expect(await read(nobody)).toEqual({
      code: 'Unavailable',
      message:
        'nothing accepts connections at `address` (VAULT_ADDR): is Vault running there? (ECONNREFUSED)',
    });
  });

  it('a sealed Vault, and one that is gone', async () => {
    const provider = open({ address: live.address, auth: { token: live.token } });
    await live.vault('operator', 'seal');
    expect(await read(provider)).toEqual({
      code: 'Unavailable',
      status: 503,
      message: 'Vault is sealed: it has to be unsealed',
    });
    await live.stop();
    expect(await read(provider)).toMatchObject({ code: 'Unavailable' });
  });
});
