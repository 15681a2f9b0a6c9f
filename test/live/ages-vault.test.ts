import { createResolver, type Resolver } from '@keyturn/core';
import { type VaultConnectionOptions, vault } from '@keyturn/vault';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { forwardTo, startVaultServer, type VaultServer } from '../servers/vault-server.ts';
import { describeLive } from '../stores/live.ts';
import { type LiveVault, startVault } from '../stores/vault.ts';
import { agesOver, createdOf, skewOf } from './ages.ts';

await describeLive('ages on Vault', 'vault', () => {
  let live: LiveVault;
  let front: VaultServer;
  const opened: Resolver[] = [];

  function open(options: VaultConnectionOptions = {}): Resolver {
    const kv = vault({ address: front.address, auth: { token: live.token }, ...options });
    const resolver = createResolver({
      providers: { kv },
      rotation: { maxAge: '90d', warnAt: '80d' },
      onWarning() {},
      retry: false,
    });
    opened.push(resolver);
    return resolver;
  }

  beforeAll(async () => {
    live = await startVault();
    front = await startVaultServer(forwardTo(live.address));
    await live.put('secret/app', { url: 'canary-1' });
  });
  afterEach(async () => {
    for (const resolver of opened.splice(0)) await resolver.close();
    front.seen.length = 0;
  });
  afterAll(async () => {
    await front?.stop();
    await live?.stop();
  });

  const REFERENCE = 'kv://secret/app#url';

  it('a version grows older, and reads no value', async () => {
    const resolver = open();
    const created = await createdOf(resolver, REFERENCE);
    expect(await agesOver(resolver, REFERENCE, created)).toEqual(['fresh', 'due', 'due', 'overdue']);
    expect(front.count(/\/secret\/metadata\/app$/)).toBe(5);
    expect(front.count(/\/secret\/data\//)).toBe(0);
  });

  it('grows no younger by custom metadata, but by a new value', async () => {
    const resolver = open();
    const created = await createdOf(resolver, REFERENCE);
    await live.vault('kv', 'metadata', 'put', '-custom-metadata=team=core', 'secret/app');
    expect(await createdOf(resolver, REFERENCE)).toEqual(created);
    const tags = { team: 'core' };
    expect(await resolver.rotation({ KEY: REFERENCE })).toMatchObject([{ tags }]);
    expect(await resolver.resolveWithMetadata(REFERENCE)).toMatchObject({ tags });
    await live.put('secret/app', { url: 'canary-2' });
    expect((await createdOf(resolver, REFERENCE)).getTime()).toBeGreaterThan(created.getTime());
    expect(await createdOf(resolver, 'kv://secret/app?version=1')).toEqual(created);
  });

  it("is as old as Vault says, by Vault's clock", async () => {
    expect(await skewOf(open({ address: live.address }), REFERENCE)).toBe(-3);
  });

  it('by the key that is named, for the current value alone, in reading and describing', async () => {
    await live.put('secret/moved', { url: 'canary-1' });
    await live.put('secret/moved', { url: 'canary-2' });
    await live.vault('kv', 'metadata', 'put', '-custom-metadata=rotated=2026-01-02', 'secret/moved');
    const resolver = open({ rotatedAtKey: 'rotated' });
    const written = new Date('2026-01-02T00:00:00Z');
    expect(await createdOf(resolver, 'kv://secret/moved')).toEqual(written);
    expect((await resolver.resolveWithMetadata('kv://secret/moved#url')).createdAt).toEqual(written);
    const older = 'kv://secret/moved?version=1';
    expect(await createdOf(resolver, older)).toEqual(await createdOf(open(), older));
    expect(await createdOf(resolver, older)).not.toEqual(written);
    // A secret without the key is as old as its version.
    expect(await createdOf(resolver, REFERENCE)).toEqual(await createdOf(open(), REFERENCE));
  });

  it('by a date that cannot be read is unknown', async () => {
    await live.put('secret/wrong', { url: 'canary' });
    await live.vault('kv', 'metadata', 'put', '-custom-metadata=rotated=soon', 'secret/wrong');
    const [status] = await open({ rotatedAtKey: 'rotated' }).rotation({ KEY: 'kv://secret/wrong' });
    expect([status?.verdict, status?.reason]).toEqual(['unknown', 'its store tells no date of the value']);
  });

  it('without the right to metadata is unknown, with what to grant, while values are read', async () => {
    await live.policy('values-only', { 'secret/data/app': ['read'] });
    const { auth } = await live.json<{ auth: { client_token: string } }>(
      'token',
      'create',
      '-format=json',
      '-policy=values-only',
    );
    const resolver = open({ auth: { token: auth.client_token } });
    expect((await resolver.resolve(REFERENCE)).reveal()).toMatch(/^canary-/);
    const [status] = await resolver.rotation({ KEY: REFERENCE });
    expect(status).toMatchObject({
      verdict: 'unknown',
      reason: 'AccessDenied: no policy of this token grants `read` here',
    });
    expect(status).not.toHaveProperty('failure');
  });

  it('KV version 1 tells no date', async () => {
    await live.vault('secrets', 'enable', '-path=one', '-version=1', 'kv');
    await live.put('one/app', { url: 'canary' });
    const [status] = await open().rotation({ KEY: 'kv://one/app' });
    expect([status?.verdict, status?.reason]).toEqual(['unknown', 'its store tells no date of the value']);
  });
});
