import { readFile } from 'node:fs/promises';
import { SecretClient } from '@azure/keyvault-secrets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCredential } from '../../../test/servers/azure-credential.ts';
import { always, challenge, fault } from '../../../test/servers/azure-key-vault.ts';
import { failureOf, locator, open, options, startServer, startStore } from './harness.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('our own client', () => {
  it('names us and the version that package.json has', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    const { provider, server } = await startStore();
    await provider.fetch([locator('key')], options);
    expect(server.requests[0]?.headers['user-agent']).toMatch(new RegExp(`^keyturn/${version} `));
  });

  it('leaves retries to core', async () => {
    const reply = fault(503, 'ServerBusy', { headers: { 'retry-after': '0' } });
    const { provider, server } = await startStore({ script: always(reply) });
    expect(await failureOf(provider, locator('key'))).toMatchObject({ code: 'Unavailable', retryAfterMs: 0 });
    expect(server.count()).toBe(1);
    expect(provider.retries).toBeUndefined();
  });

  it('is challenged once, and keeps its connection', async () => {
    const { provider, server } = await startStore();
    server.set('key', 'canary');
    for (let read = 0; read < 3; read += 1) await provider.fetch([locator('key')], options);
    expect(server.requests.map(({ token }) => token)).toEqual([
      undefined,
      ...Array(3).fill('canary-token-1'),
    ]);
    expect(await server.connections()).toBe(1);
  });

  it('has no connection left after disposal', async () => {
    const { provider, server } = await startStore();
    await provider.fetch([locator('key')], options);
    expect(await server.connections()).toBe(1);
    await provider[Symbol.asyncDispose]?.();
    await expect.poll(server.connections).toBe(0);
  });

  it('opens anew after disposal', async () => {
    const { provider, server, credential } = await startStore();
    server.set('key', 'canary');
    await provider[Symbol.asyncDispose]?.();
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    await provider[Symbol.asyncDispose]?.();
    await provider[Symbol.asyncDispose]?.();
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    expect(credential.logins).toHaveLength(2);
  });

  it('ends a call with the signal', async () => {
    const { provider, server } = await startStore({ script: always({ hang: true }) });
    const controller = new AbortController();
    const call = provider.fetch([locator('key')], { ...options, signal: controller.signal });
    await server.reached;
    controller.abort();
    await expect(call).rejects.toThrow();
  });

  it('sends a token to the domain of the vault only', async () => {
    const { provider, server, credential } = await startStore({ resource: 'https://other.test' });
    expect(await failureOf(provider, locator('key'))).toEqual({
      code: 'Misconfigured',
      message:
        'the server asks for a token of another domain than that of `vaultUrl`, so it got none: correct `vaultUrl`; for an emulator, hand in a client with disableChallengeResourceVerification',
    });
    expect(credential.logins).toEqual([]);
    expect(server.count()).toBe(0);
  });

  it.each(['no url', ''])('refuses the challenge %j', async (resource) => {
    const { provider } = await startStore({ script: () => challenge(resource) });
    const code = resource === '' ? 'Unauthenticated' : 'Misconfigured';
    expect(await failureOf(provider, locator('key'))).toMatchObject({ code });
  });
});

describe('vaultUrl', () => {
  it('comes from what Service Connector sets, in any case and with a slash', async () => {
    const server = await startServer();
    server.set('key', 'canary');
    vi.stubEnv('AZURE_KEYVAULT_RESOURCEENDPOINT', `${server.url.replace('keyturn', 'KeyTurn')}/`);
    const provider = open({ credential: createCredential() });
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    expect(server.requests[0]?.headers.host).toBe(`${server.host}:${server.port}`);
  });

  it.each([
    [
      undefined,
      'no vault is named: give the option `vaultUrl`, or set AZURE_KEYVAULT_RESOURCEENDPOINT, such as "https://myvault.vault.azure.net"',
    ],
    ['myvault', 'is no URL, such as "https://myvault.vault.azure.net"'],
    ['ftp://myvault', 'is no URL, such as "https://myvault.vault.azure.net"'],
    ['http://myvault.vault.azure.net', 'begins with http://, where Key Vault speaks https:// only'],
    [
      'https://myvault.vault.azure.net/secrets/key',
      'may hold nothing after the host: references name the secrets',
    ],
    [
      'https://user:canary@myvault.vault.azure.net',
      'may hold nothing after the host: references name the secrets',
    ],
  ])('%s is Misconfigured before any call', async (vaultUrl, message) => {
    vi.stubEnv('AZURE_KEYVAULT_RESOURCEENDPOINT', undefined);
    const credential = createCredential();
    expect(await failureOf(open({ vaultUrl, credential }), locator('key'))).toEqual({
      code: 'Misconfigured',
      message: `vaultUrl: ${message}`,
    });
    expect(credential.logins).toEqual([]);
  });
});

it('a wrong vaultUrl of the environment is said to be there', async () => {
  vi.stubEnv('AZURE_KEYVAULT_RESOURCEENDPOINT', 'myvault');
  expect(await failureOf(open({ credential: createCredential() }), locator('key'))).toEqual({
    code: 'Misconfigured',
    message: 'AZURE_KEYVAULT_RESOURCEENDPOINT: is no URL, such as "https://myvault.vault.azure.net"',
  });
});

it('a DefaultAzureCredential that cannot be made is Misconfigured before any call', async () => {
  vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'canary');
  expect(await failureOf(open({ vaultUrl: 'https://myvault.vault.azure.net' }), locator('key'))).toEqual({
    code: 'Misconfigured',
    message:
      'credential: is not given, and a DefaultAzureCredential cannot be made: check AZURE_TOKEN_CREDENTIALS',
  });
});

describe('a client that is handed in', () => {
  it('is used as it is', async () => {
    const server = await startServer();
    server.set('key', 'canary');
    const client = new SecretClient(server.url, createCredential());
    const provider = open({ client });
    expect(provider.retries).toBe('own');
    expect(await provider.fetch([locator('key')], options)).toMatchObject([{ ok: true }]);
    expect(server.requests[0]?.headers['user-agent']).not.toContain('keyturn');
  });

  it('has its http:// named', async () => {
    const client = new SecretClient('http://127.0.0.1:1', createCredential());
    expect(await failureOf(open({ client }), locator('key'))).toEqual({
      code: 'Misconfigured',
      message: 'the client has a vault at http://, where Key Vault speaks https:// only',
    });
  });

  it('cannot stand beside options of the connection', async () => {
    const client = new SecretClient('https://myvault.vault.azure.net', createCredential());
    const provider = open({ client, vaultUrl: 'https://other.test', credential: createCredential() });
    expect(await failureOf(provider, locator('key'))).toEqual({
      code: 'Misconfigured',
      message:
        'vaultUrl: cannot stand beside `client`, which has its own\ncredential: cannot stand beside `client`, which has its own',
    });
  });
});
