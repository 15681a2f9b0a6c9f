import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { startConnectProxy } from '../servers/azure-connect-proxy.ts';
import { startIdentityEndpoint } from '../servers/azure-identity.ts';
import { startKeyVault } from '../servers/azure-key-vault.ts';

const run = promisify(execFile);
const PACKAGE = new URL('../../packages/azure-key-vault/src/index.ts', import.meta.url).href;

/** Reads one secret as an app does, says what came of it, and ends when nothing is left to do. */
const APP = `
  const { azureKeyVault } = await import(process.env.PACKAGE);
  const provider = azureKeyVault();
  const options = { signal: AbortSignal.timeout(20_000), warn: console.error };
  try {
    const [outcome] = await provider.fetch([{ path: 'key', params: {} }], options);
    console.log(JSON.stringify(outcome));
  } catch (error) {
    console.log(JSON.stringify(provider.classify(error) ?? error.stack));
  }
  await provider[Symbol.asyncDispose]();
`;

/** A process in which a package is not installed. */
const without = (name: string) => `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== '${name}') return next(specifier, context);
      throw Object.assign(new Error('canary'), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
`;

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function runApp(env: Readonly<Record<string, string>>, before = ''): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', before + APP], {
    env: { PATH: process.env.PATH, PACKAGE, ...env },
    timeout: 120_000,
  });
  return JSON.parse(stdout);
}

describe('Azure Key Vault, answered by the protocol server, in a process of its own', () => {
  it('is reached by nothing but the environment: identity, proxy and CA', async () => {
    const server = await startKeyVault();
    const proxy = await startConnectProxy(server.port);
    const identity = await startIdentityEndpoint();
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-azure-'));
    stops.push(server.stop, proxy.stop, identity.stop, () => rm(folder, { recursive: true }));
    const file = join(folder, 'ca.pem');
    await writeFile(file, server.ca);
    const version = server.set('key', 'canary');
    const outcome = await runApp({
      ...identity.env,
      AZURE_KEYVAULT_RESOURCEENDPOINT: `https://${server.host}/`,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: file,
    });
    expect(outcome).toMatchObject({ ok: true, value: { value: 'canary', metadata: { version } } });
    expect(identity.logins).toEqual(['https://vault.azure.test']);
    expect(new Set(proxy.targets)).toEqual(new Set([`${server.host}:443`]));
    expect(server.count()).toBe(1);
  });

  it.each([
    [
      '@azure/identity',
      'credential: is not given, and @azure/identity, which finds one, is not installed: npm install @azure/identity',
    ],
    ['@azure/keyvault-secrets', '@azure/keyvault-secrets is not installed'],
  ])('without %s, is Misconfigured before any call', async (name, message) => {
    const env = { AZURE_KEYVAULT_RESOURCEENDPOINT: 'https://keyturn.vault.azure.test' };
    expect(await runApp(env, without(name))).toEqual({ code: 'Misconfigured', message });
  });
});
