import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCredential } from '../../../test/servers/azure-credential.ts';
import {
  challenge,
  fault,
  type KeyVaultRequest,
  type Script,
} from '../../../test/servers/azure-key-vault.ts';
import { type Credential, createTokens } from '../src/tokens.ts';
import { failureOf, locator, open, options, startLogin, startServer, startStore } from './harness.ts';

const MINUTE = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

/** Makes the clock go on by some milliseconds, and nothing else: no timer runs. */
function pass(ms: number) {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('a login', () => {
  it('is one for many reads at once', async () => {
    const { provider, server, credential } = await startStore();
    const locators = Array.from({ length: 20 }, (_, index) => locator(`name-${index}`));
    for (const { path } of locators) server.set(path, 'canary');
    const signals = locators.map(() => new AbortController().signal);
    const reads = locators.map((one, index) =>
      provider.fetch([one], { ...options, signal: signals[index] ?? options.signal }),
    );
    expect((await Promise.all(reads)).flat().every(({ ok }) => ok)).toBe(true);
    expect(credential.logins).toEqual([
      ['https://vault.azure.test/.default', '00000000-0000-0000-0000-000000000001', undefined],
    ]);
  });

  it('goes on for the others when one read is given up', async () => {
    let finish = () => {};
    const login = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const credential = createCredential({ before: () => login });
    const { provider, server } = await startStore({}, { credential });
    server.set('key', 'canary');
    const controller = new AbortController();
    const first = provider.fetch([locator('key')], { ...options, signal: controller.signal });
    const second = provider.fetch([locator('key')], options);
    await expect.poll(() => credential.logins.length).toBe(1);
    controller.abort();
    await expect(first).rejects.toThrow();
    finish();
    expect(await second).toMatchObject([{ ok: true }]);
    expect(credential.logins).toHaveLength(1);
  });

  it('that nobody waits for is ended, and started anew', async () => {
    const { getToken } = createCredential();
    const signals: ({ readonly aborted: boolean } | undefined)[] = [];
    const credential: Credential = {
      getToken(scopes, { abortSignal, tenantId = '' } = {}) {
        return signals.push(abortSignal) === 1 ? new Promise(() => {}) : getToken(scopes, { tenantId });
      },
    };
    const server = await startServer();
    const provider = open({ vaultUrl: server.url, credential });
    server.set('key', 'canary');
    const controller = new AbortController();
    const given = provider.fetch([locator('key')], { ...options, signal: controller.signal });
    await expect.poll(() => signals.length).toBe(1);
    controller.abort();
    await expect(given).rejects.toThrow();
    expect(signals[0]?.aborted).toBe(true);
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    expect(signals).toHaveLength(2);
  });

  it('for a tenant or for claims is not one for others', async () => {
    const getToken = vi.fn(() => new Promise<null>(() => {}));
    const { credential } = createTokens({ getToken });
    for (const asked of [
      {},
      { tenantId: 'a' },
      { tenantId: 'a', claims: '{}' },
      { tenantId: 'a', claims: '{}' },
    ]) {
      void credential.getToken('scope', asked);
    }
    expect(getToken).toHaveBeenCalledTimes(3);
  });

  it('is not waited for by a read that has been given up', async () => {
    const { credential } = createTokens({ getToken: () => new Promise(() => {}) });
    const abortSignal = AbortSignal.abort();
    await expect(credential.getToken('scope', { abortSignal })).rejects.toThrow(
      'the login is no longer waited for',
    );
  });
});

describe('a token that has ended', () => {
  it('is replaced by exactly one login', async () => {
    const { provider, server, credential } = await startStore();
    server.set('key', 'canary');
    await provider.fetch([locator('key')], options);
    pass(61 * MINUTE);
    const reads = Array.from({ length: 5 }, () => provider.fetch([locator('key')], options));
    expect(await Promise.all(reads)).toEqual(Array(5).fill([{ ok: true, value: expect.anything() }]));
    expect(credential.logins).toHaveLength(2);
    expect(server.requests.slice(-5).map(({ token }) => token)).toEqual(Array(5).fill('canary-token-2'));
  });

  it('is replaced in time, while it goes on being used', async () => {
    const { provider, server, credential } = await startStore();
    server.set('key', 'canary');
    await provider.fetch([locator('key')], options);
    pass(59 * MINUTE);
    await provider.fetch([locator('key')], options);
    await provider.fetch([locator('key')], options);
    expect(server.requests.map(({ token }) => token)).toEqual([
      undefined,
      'canary-token-1',
      'canary-token-1',
      'canary-token-2',
    ]);
    expect(credential.logins).toHaveLength(2);
  });

  it('goes on being used while renewals fail, with no timer and no rejection behind', async () => {
    const credential = createCredential({
      before: (login) => (login === 1 ? Promise.resolve() : Promise.reject(new Error('canary'))),
    });
    const { provider, server } = await startStore({}, { credential });
    server.set('key', 'canary');
    await provider.fetch([locator('key')], options);
    pass(59 * MINUTE);
    const timers = activeTimers();
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    expect(activeTimers()).toBeLessThanOrEqual(timers);
    pass(2 * MINUTE);
    expect(await failureOf(provider, locator('key'))).toMatchObject({ code: 'Unauthenticated' });
    expect(credential.logins).toHaveLength(4);
  });
});

describe('a token that the vault refuses', () => {
  /** Takes one token only. */
  const only =
    (good: string): Script =>
    ({ token }: KeyVaultRequest) =>
      token === good ? undefined : challenge();

  it('is replaced by exactly one login, though its time is not over', async () => {
    let good = 'canary-token-1';
    const { provider, server, credential } = await startStore({ script: (request) => only(good)(request) });
    server.set('key', 'canary');
    await provider.fetch([locator('key')], options);
    good = 'canary-token-2';
    const reads = Array.from({ length: 5 }, () => provider.fetch([locator('key')], options));
    expect(await Promise.all(reads)).toEqual(Array(5).fill([{ ok: true, value: expect.anything() }]));
    expect(credential.logins).toHaveLength(2);
    expect(server.count()).toBe(11);
  });

  it('is Unauthenticated when the new one is no better', async () => {
    const { provider, credential } = await startStore({ script: only('none') });
    expect(await failureOf(provider, locator('key'))).toMatchObject({ code: 'Unauthenticated', status: 401 });
    expect(credential.logins).toHaveLength(1);
  });

  it('is Unauthenticated where a credential of @azure/identity gives the same again', async () => {
    const entra = await startLogin();
    let good = 'canary-token-1';
    const { server } = await startStore({ script: (request) => only(good)(request) });
    server.set('key', 'canary');
    const provider = open({ vaultUrl: server.url, credential: entra.credential() });
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    good = 'canary-token-2';
    expect(await failureOf(provider, locator('key'))).toMatchObject({ code: 'Unauthenticated' });
    expect(entra.logins()).toBe(1);
  });

  it('is replaced by one with the claims that are asked for', async () => {
    const claims = '{"access_token":{"nbf":{"essential":true}}}';
    const header = `Bearer authorization="https://login.azure.test/t", error="insufficient_claims", claims="${btoa(claims)}"`;
    const insufficient = fault(401, 'Unauthorized', { headers: { 'www-authenticate': header } });
    let revoked = false;
    const { provider, server, credential } = await startStore({
      script: ({ token }) => (revoked && token === 'canary-token-1' ? insufficient : undefined),
    });
    server.set('key', 'canary');
    await provider.fetch([locator('key')], options);
    revoked = true;
    const reads = Array.from({ length: 3 }, () => provider.fetch([locator('key')], options));
    expect(await Promise.all(reads)).toEqual(Array(3).fill([{ ok: true, value: expect.anything() }]));
    expect(credential.logins.map(([, , asked]) => asked)).toEqual([undefined, claims]);
  });
});

describe('a credential that gives no token', () => {
  const NO_TOKEN =
    'no credential gives a token: give the option `credential`, or set up one that DefaultAzureCredential finds';

  it.each([
    ['an unknown error', () => Promise.reject(new TypeError('canary'))],
    ['no error at all', () => Promise.reject('canary')],
    ['nothing', () => Promise.resolve(null)],
  ])('is Unauthenticated: %s', async (_, getToken) => {
    const server = await startServer();
    const provider = open({ vaultUrl: server.url, credential: { getToken } });
    expect(await failureOf(provider, locator('key'))).toEqual({ code: 'Unauthenticated', message: NO_TOKEN });
  });

  it('is Unavailable when its service is', async () => {
    const down = Object.assign(new Error('canary'), { name: 'RestError', code: 'ENOTFOUND' });
    const server = await startServer();
    const credential = { getToken: () => Promise.reject(down) };
    expect(await failureOf(open({ vaultUrl: server.url, credential }), locator('key'))).toEqual({
      code: 'Unavailable',
      message: 'the login service gives no answer (ENOTFOUND)',
    });
  });

  it('is asked again at the next read', async () => {
    const credential = createCredential({
      before: (login) => (login === 1 ? Promise.reject(new Error('canary')) : Promise.resolve()),
    });
    const { provider, server } = await startStore({}, { credential });
    server.set('key', 'canary');
    expect(await failureOf(provider, locator('key'))).toMatchObject({ code: 'Unauthenticated' });
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
  });

  it('is let go by disposal, while it still tries', async () => {
    const asked = vi.fn();
    const getToken: Credential['getToken'] = (_, { abortSignal } = {}) =>
      new Promise((resolve) => {
        abortSignal?.addEventListener('abort', () => resolve(null));
        asked();
      });
    const server = await startServer();
    const provider = open({ vaultUrl: server.url, credential: { getToken } });
    const read = failureOf(provider, locator('key'));
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    await provider[Symbol.asyncDispose]?.();
    expect(await read).toMatchObject({ code: 'Unauthenticated' });
  });
});
