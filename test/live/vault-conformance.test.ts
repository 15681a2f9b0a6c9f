import { canary, conformance, type Fault, type Provoke, runWith, type Subject } from '@keyturn/conformance';
import { type VaultConnectionOptions, vault } from '@keyturn/vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTcpProxy } from '../faults/tcp-proxy.ts';
import { describeLive } from '../stores/live.ts';
import { type LiveVault, startVault } from '../stores/vault.ts';

const FIELD = 'value';

await describeLive('conformance of vault, on HashiCorp Vault', 'vault', () => {
  let live: LiveVault;
  let stores = 0;

  /** A provider before a secret whose value is the canary. */
  function before(mount: string, options: VaultConnectionOptions = {}) {
    return {
      provider: vault({ address: live.address, auth: { token: live.token }, ...options }),
      path: `${mount}/provoked`,
    };
  }

  beforeAll(async () => {
    live = await startVault();
    await live.vault('secrets', 'enable', '-path=one', '-version=1', 'kv');
    await live.vault('secrets', 'enable', 'transit');
    await live.put('one/provoked', { [FIELD]: canary });
    await live.put('secret/provoked', { [FIELD]: canary });
    await live.put('secret/deleted', { [FIELD]: canary });
    await live.vault('kv', 'delete', 'secret/deleted');
    await live.policy('other', { 'one/other': ['read'], 'secret/data/other': ['read'] });
  });
  afterAll(async () => {
    await live?.stop();
  });

  /** Everything that both versions of the engine have in common. */
  function subjectOn(mount: string, own: Readonly<Record<'Disabled', Provoke | string>>): Subject {
    const faults: Readonly<Record<Exclude<Fault, 'Disabled'>, Provoke>> = {
      async AccessDenied() {
        const token = await live.vault('token', 'create', '-policy=other', '-field=token');
        return before(mount, { auth: { token } });
      },
      Unauthenticated: () => before(mount, { auth: { token: canary } }),
      async Throttled() {
        const quota = 'sys/quotas/rate-limit/conformance';
        await live.vault('write', quota, `path=${mount}/`, 'rate=1', 'interval=60s');
        const { provider, path } = before(mount);
        const spent = () => fetch(`${live.address}/v1/${mount}/spent`).then(({ status }) => status);
        while ((await spent()) !== 429);
        return {
          provider,
          path,
          async [Symbol.asyncDispose]() {
            await live.vault('delete', quota);
          },
        };
      },
      async Unavailable() {
        const proxy = await startTcpProxy(live.address, canary);
        return {
          ...before(mount, { address: proxy.address }),
          [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
        };
      },
    };
    return {
      open() {
        stores += 1;
        const prefix = `${mount}/kit/${stores}/`;
        return {
          provider: before(mount, { prefix }).provider,
          path: (name) => name,
          async put(path, value) {
            if (typeof value === 'string' || value instanceof Uint8Array) expect.unreachable('not a record');
            else await live.put(prefix + path, value);
          },
        };
      },
      field: FIELD,
      cannot: { binary: 'a secret is JSON, which has no bytes' },
      faults: {
        ...faults,
        ...own,
        InvalidReference: () => ({ ...before(mount), path: 'transit/provoked' }),
        Misconfigured: () => before(mount, { address: 'vault:8200' }),
      },
      async hangs() {
        const proxy = await startTcpProxy(live.address);
        const resume = await live.pause();
        return {
          ...before(mount, { address: proxy.address }),
          reached: proxy.reached,
          async [Symbol.asyncDispose]() {
            await resume();
            await proxy[Symbol.asyncDispose]();
          },
        };
      },
    };
  }

  describe('KV version 2', () => {
    runWith(it, subjectOn('secret', { Disabled: () => ({ ...before('secret'), path: 'secret/deleted' }) }));
  });

  describe('KV version 1', () => {
    const subject = subjectOn('one', { Disabled: 'what is deleted there is gone' });
    const unmet = 'describes what it fetches';
    for (const { name, run } of conformance(subject)) if (name !== unmet) it(name, run);

    it(`${unmet}, but not what is missing: that would take the value, or the permission to list`, async () => {
      const { provider } = before('one');
      const { signal } = new AbortController();
      const locators = ['provoked', 'missing'].map((name) => ({ path: `one/${name}`, params: {} }));
      const nothingKnown = { ok: true, value: {} };
      expect(await provider.describe?.(locators, { signal })).toEqual([nothingKnown, nothingKnown]);
      await provider[Symbol.asyncDispose]?.();
    });
  });
});
