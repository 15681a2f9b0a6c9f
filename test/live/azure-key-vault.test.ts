import { SecretClient } from '@azure/keyvault-secrets';
import { type AzureKeyVaultOptions, azureKeyVault } from '@keyturn/azure-key-vault';
import type { Outcome, Provider } from '@keyturn/core';
import { createResolver } from '@keyturn/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCredential } from '../servers/azure-credential.ts';
import { type KeyVaultServer, startKeyVault } from '../servers/azure-key-vault.ts';
import { API_VERSION, type LowkeyVault, startLowkeyVault } from '../servers/azure-lowkey.ts';
import { reachable } from '../servers/azure-network.ts';
import type { Attributes } from '../servers/azure-secrets.ts';
import { describeLive } from '../stores/live.ts';

const PAST = new Date('2026-01-01T00:00:00Z');
const FUTURE = new Date('2037-01-01T00:00:00Z');

interface Vault {
  readonly options: AzureKeyVaultOptions;
  set(name: string, value: string, attributes?: Attributes): Promise<string> | string;
  remove(name: string): Promise<void> | void;
}

/** What both answer alike, and how they differ where they do: ../shared/stores/README.md was measured. */
interface Ways {
  /** What a read of a disabled secret gives. */
  readonly disabled: 'Disabled' | 'NotFound';
  readonly empty: boolean;
}

function suite(vault: () => Vault, { disabled, empty }: Ways) {
  const opened: Provider[] = [];
  const open = () => {
    const provider = azureKeyVault({ ...vault().options, prefix: 'live-' });
    opened.push(provider);
    return provider;
  };
  const options = () => {
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    return { signal: AbortSignal.timeout(10_000), warn, warnings };
  };
  const locator = (path: string, params = {}) => ({ path, params });
  /** The code of what a call gave, or threw. */
  const codeOf = async (provider: Provider, call: Promise<readonly Outcome<unknown>[]> | undefined) => {
    try {
      const [outcome] = (await call) ?? [];
      return outcome?.ok ? 'ok' : outcome?.code;
    } catch (error) {
      return provider.classify(error)?.code;
    }
  };

  afterEach(async () => {
    for (const provider of opened.splice(0)) await provider[Symbol.asyncDispose]?.();
  });

  it('resolves through core', async () => {
    await vault().set('live-plain', 'canary');
    await vault().set('live-document', '{"url":"canary-url"}');
    const resolver = createResolver({ providers: { kv: open() } });
    const { plain, url } = await resolver.resolve({ plain: 'kv://plain', url: 'kv://document#url' });
    expect([plain.reveal(), url.reveal()]).toEqual(['canary', 'canary-url']);
    await resolver.close();
  });

  it('reads the current version and an older one, and describes both', async () => {
    const provider = open();
    const before = Date.now() - 60_000;
    const older = await vault().set('live-versions', 'canary-1', { expires: FUTURE });
    const [read] = await provider.fetch([locator('versions')], options());
    expect(read).toMatchObject({
      ok: true,
      value: {
        value: 'canary-1',
        metadata: { version: older, expiresAt: FUTURE, createdAt: expect.any(Date) },
      },
    });
    const [described] = (await provider.describe?.([locator('versions')], options())) ?? [];
    expect(described).toEqual({ ok: true, value: read?.ok && read.value.metadata });
    const created = read?.ok ? read.value.metadata?.createdAt?.getTime() : undefined;
    expect(created).toBeGreaterThan(before);
    const current = await vault().set('live-versions', 'canary-2');
    expect(await provider.fetch([locator('versions')], options())).toMatchObject([
      { value: { value: 'canary-2', metadata: { version: current } } },
    ]);
    expect(await provider.fetch([locator('versions', { version: older })], options())).toEqual([read]);
    expect(await provider.describe?.([locator('versions', { version: older })], options())).toEqual([
      described,
    ]);
  });

  const values = [' \t', 'ä\u0308 €\u{1F511}', 'a\r\nb\n', '{"a":1}', 'x'.repeat(25_000)];
  it.each(empty ? ['', ...values] : values)('keeps a value as it is (%#)', async (value) => {
    await vault().set('live-value', value);
    expect(await open().fetch([locator('value')], options())).toMatchObject([{ ok: true, value: { value } }]);
  });

  it('serves a secret out of its time, with a warning', async () => {
    await vault().set('live-expired', 'canary', { expires: PAST });
    await vault().set('live-early', 'canary', { notBefore: FUTURE });
    const reading = options();
    const outcomes = await open().fetch([locator('expired'), locator('early')], reading);
    expect(outcomes).toMatchObject([{ ok: true, value: { metadata: { expiresAt: PAST } } }, { ok: true }]);
    expect(reading.warnings.toSorted()).toEqual([
      expect.stringMatching(/^the secret "live-early" is not valid before 2037-01-01T00:00:00.000Z/),
      expect.stringMatching(/^the secret "live-expired" expired on 2026-01-01T00:00:00.000Z/),
    ]);
  });

  it('tells what is missing from what is deleted', async () => {
    const provider = open();
    await vault().set('live-deleted', 'canary');
    await vault().remove('live-deleted');
    for (const [name, code] of [
      ['missing', 'NotFound'],
      ['deleted', 'Disabled'],
    ] as const) {
      expect(await codeOf(provider, provider.fetch([locator(name)], options()))).toBe(code);
      expect(await codeOf(provider, provider.describe?.([locator(name)], options()))).toBe(code);
    }
  });

  const difference =
    disabled === 'Disabled' ? '' : ', where Lowkey Vault says 404 and Azure 403 SecretDisabled';
  it(`says ${disabled} of a disabled secret${difference}`, async () => {
    const provider = open();
    await vault().set('live-off', 'canary', { enabled: false });
    expect(await codeOf(provider, provider.fetch([locator('off')], options()))).toBe(disabled);
    expect(await codeOf(provider, provider.describe?.([locator('off')], options()))).toBe('Disabled');
  });
}

describe('Azure Key Vault, answered by the protocol server', () => {
  let server: KeyVaultServer;
  let leave = () => {};

  beforeAll(async () => {
    server = await startKeyVault();
    leave = reachable(server);
  });
  afterAll(async () => {
    leave();
    await server?.stop();
  });

  suite(
    () => ({
      options: { vaultUrl: server.url, credential: createCredential() },
      set: server.set,
      remove: server.remove,
    }),
    { disabled: 'Disabled', empty: true },
  );
});

await describeLive('Azure Key Vault, answered by Lowkey Vault', 'lowkey-vault', () => {
  let lowkey: LowkeyVault;

  beforeAll(async () => {
    lowkey = await startLowkeyVault();
  });
  afterAll(async () => {
    await lowkey?.stop();
  });

  suite(
    () => ({
      options: {
        client: new SecretClient(lowkey.url, createCredential(), {
          serviceVersion: API_VERSION,
          tlsOptions: { ca: lowkey.ca },
          disableChallengeResourceVerification: true,
        }),
      },
      set: lowkey.set,
      remove: lowkey.remove,
    }),
    // It refuses an empty value, which Azure takes.
    { disabled: 'NotFound', empty: false },
  );
});
