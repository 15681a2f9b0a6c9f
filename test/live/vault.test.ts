import type { Provider } from '@keyturn/core';
import { type VaultConnectionOptions, vault } from '@keyturn/vault';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { forwardTo, startVaultServer, type VaultServer } from '../servers/vault-server.ts';
import { describeLive } from '../stores/live.ts';
import { type LiveVault, startVault } from '../stores/vault.ts';
import { codeOf, givenBy, look, read } from './vault-reader.ts';

await describeLive('HashiCorp Vault: reading', 'vault', () => {
  let live: LiveVault;
  let front: VaultServer;
  const opened: Provider[] = [];

  /** A provider that reads through the counting front, with the root token. */
  function open(options: VaultConnectionOptions = {}): Provider {
    const provider = vault({ address: front.address, auth: { token: live.token }, ...options });
    opened.push(provider);
    return provider;
  }

  beforeAll(async () => {
    live = await startVault();
    front = await startVaultServer(forwardTo(live.address));
    await live.vault('secrets', 'enable', '-path=one', '-version=1', 'kv');
    await live.vault('secrets', 'enable', '-path=team/one', '-version=1', 'kv');
    await live.vault('secrets', 'enable', '-path=team/two', '-version=2', 'kv');
    await live.vault('secrets', 'enable', 'transit');
  });
  afterEach(async () => {
    for (const provider of opened.splice(0)) await provider[Symbol.asyncDispose]?.();
    front.seen.length = 0;
  });
  afterAll(async () => {
    await front?.stop();
    await live?.stop();
  });

  it('reads the fields of KV version 2 with version and creation', async () => {
    await live.put('secret/app', { url: 'canary-old' });
    await live.put('secret/app', { url: 'canary-new', port: 5432, tags: ['a', 'b'] });
    const { data } = await live.json<{ data: { metadata: { created_time: string } } }>(
      'kv',
      'get',
      '-format=json',
      'secret/app',
    );
    const outcome = await read(open(), 'secret/app');
    expect(outcome).toEqual({
      ok: true,
      value: {
        value: { url: 'canary-new', port: 5432, tags: ['a', 'b'] },
        metadata: { version: '2', createdAt: new Date(data.metadata.created_time), tags: {} },
      },
    });
  });

  it('reads the fields of KV version 1, which has no metadata', async () => {
    await live.put('one/app', { url: 'canary-one' });
    const provider = open();
    expect(await read(provider, 'one/app')).toEqual({ ok: true, value: { value: { url: 'canary-one' } } });
    expect(await look(provider, 'one/app')).toEqual({ ok: true, value: {} });
    expect(await read(provider, 'one/app', { version: '1' })).toEqual({
      ok: false,
      code: 'InvalidReference',
      message: 'the mount "one/" is KV version 1, which keeps no versions: leave ?version= out',
    });
  });

  it('tells mounts with slashes apart, with one question for each', async () => {
    await live.put('team/one/a/b', { from: 'one' });
    await live.put('team/two/a/b', { from: 'two' });
    const provider = open();
    const paths = ['team/one/a/b', 'team/two/a/b', 'team/one/a/b', 'team/two/a/b'];
    const outcomes = await Promise.all(paths.map((path) => read(provider, path)));
    expect(outcomes.map((outcome) => givenBy(outcome)?.value)).toEqual([
      { from: 'one' },
      { from: 'two' },
      { from: 'one' },
      { from: 'two' },
    ]);
    expect(front.calls().filter((call) => call.includes('/mounts/'))).toEqual([
      'GET /v1/sys/internal/ui/mounts/team/one/a/b',
      'GET /v1/sys/internal/ui/mounts/team/two/a/b',
    ]);
    expect(front.count(/\/a\/b$/)).toBe(2 + 4);
  });

  it('reads older versions, and misses what was never there', async () => {
    await live.put('secret/versions', { v: 'one' });
    await live.put('secret/versions', { v: 'two' });
    const provider = open();
    expect(await read(provider, 'secret/versions', { version: '1' })).toMatchObject({
      ok: true,
      value: { value: { v: 'one' }, metadata: { version: '1' } },
    });
    expect(await read(provider, 'secret/versions', { version: '3' })).toEqual({
      ok: false,
      code: 'NotFound',
      message: 'nothing lives at "secret/versions" in version 3',
    });
    expect(await read(provider, 'secret/none')).toEqual({
      ok: false,
      code: 'NotFound',
      message: 'nothing lives at "secret/none"',
    });
    expect(await read(provider, 'one/none')).toEqual({
      ok: false,
      code: 'NotFound',
      message: 'nothing lives at "one/none"',
    });
    expect(await read(provider, 'secret/data/versions')).toEqual({
      ok: false,
      code: 'NotFound',
      message:
        'nothing lives at "secret/data/versions": leave "data/" out, it belongs to the API and is put in by itself',
    });
  });

  it('calls deleted and destroyed versions Disabled, in reading and describing', async () => {
    await live.put('secret/deleted', { v: 'one' });
    await live.put('secret/deleted', { v: 'two' });
    await live.vault('kv', 'delete', 'secret/deleted');
    await live.put('secret/destroyed', { v: 'one' });
    await live.vault('kv', 'destroy', '-versions=1', 'secret/destroyed');
    const provider = open();
    const deleted = {
      ok: false,
      code: 'Disabled',
      message: expect.stringMatching(
        /^this version was deleted at \d{4}-\S+Z: undelete it, or refer to another version$/,
      ),
    };
    const destroyed = {
      ok: false,
      code: 'Disabled',
      message: 'this version is destroyed for good: refer to another version',
    };
    expect(await read(provider, 'secret/deleted')).toEqual(deleted);
    expect(await look(provider, 'secret/deleted')).toEqual(deleted);
    expect(await read(provider, 'secret/destroyed')).toEqual(destroyed);
    expect(await look(provider, 'secret/destroyed')).toEqual(destroyed);
    expect(await read(provider, 'secret/deleted', { version: '1' })).toMatchObject({ ok: true });
  });

  it('says when a version expires, where the mount or the secret has delete_version_after', async () => {
    await live.vault('kv', 'metadata', 'put', '-delete-version-after=2h', 'secret/expiring');
    await live.put('secret/expiring', { v: 'one' });
    const provider = open();
    const outcome = await read(provider, 'secret/expiring');
    const metadata = givenBy(outcome)?.metadata;
    const lifetime = Number(metadata?.expiresAt) - Number(metadata?.createdAt);
    expect(Math.abs(lifetime - 2 * 3_600_000)).toBeLessThan(2_000);
    expect(await look(provider, 'secret/expiring')).toEqual({ ok: true, value: metadata });
  });

  it('describes without reading a value: every version, the same as reading', async () => {
    await live.put('secret/described', { v: 'canary-one' });
    await live.put('secret/described', { v: 'canary-two' });
    const provider = open();
    for (const params of [{}, { version: '1' }]) {
      const outcome = await read(provider, 'secret/described', params);
      front.seen.length = 0;
      expect(await look(provider, 'secret/described', params)).toEqual({
        ok: true,
        value: givenBy(outcome)?.metadata,
      });
      expect(front.calls()).toEqual(['GET /v1/secret/metadata/described']);
    }
    expect(await look(provider, 'secret/none')).toMatchObject({ ok: false, code: 'NotFound' });
    expect(await look(provider, 'secret/described', { version: '9' })).toMatchObject({ code: 'NotFound' });
  });

  it.each([
    'with blank',
    'ha#sh',
    'ques?tion',
    'per%cent',
    'per%2Fcent',
    'ünï/日本',
    'q\'uo"te<&x2F;>',
    'a+b=c',
  ])('reads the name %j', async (name) => {
    await live.put(`secret/names/${name}`, { name });
    await live.put(`one/names/${name}`, { name });
    const provider = open();
    for (const mount of ['secret', 'one']) {
      expect(await read(provider, `${mount}/names/${name}`)).toMatchObject({
        ok: true,
        value: { value: { name } },
      });
    }
    expect(await look(provider, `secret/names/${name}`)).toMatchObject({ ok: true });
  });

  it('reads unicode, empty, 64 KiB and nested values unchanged', async () => {
    const fields = {
      unicode: 'ünïcødé 日本 \u{1F511} \u2028 "quotes" \\ \n\t',
      empty: '',
      large: 'é'.repeat(32 * 1024),
      nested: { a: [1, true, null, { b: 'c' }] },
    };
    await live.put('secret/values', fields);
    const outcome = await read(open(), 'secret/values');
    expect(givenBy(outcome)?.value).toEqual(fields);
  });

  it('reads a number that JavaScript cannot hold as the text that was stored (KV version 2 rounds it itself)', async () => {
    const numbers = '{"account":12345678901234567890,"small":42,"price":0.10}';
    const put = async (path: string, body: string) =>
      await fetch(`${live.address}/v1/${path}`, {
        method: 'POST',
        headers: { 'X-Vault-Token': live.token },
        body,
      });
    expect((await put('one/numbers', numbers)).ok).toBe(true);
    expect((await put('secret/data/numbers', `{"data":${numbers}}`)).ok).toBe(true);
    const provider = open();
    const accounts = [];
    for (const mount of ['one', 'secret']) {
      const outcome = await read(provider, `${mount}/numbers`);
      const fields = givenBy(outcome)?.value;
      expect(fields).toMatchObject({ small: 42, price: 0.1 });
      accounts.push(fields);
    }
    expect(accounts).toMatchObject([
      { account: '12345678901234567890' },
      { account: '12345678901234567000' },
    ]);
  });

  it('500 reads in parallel: one question for the mount, one call each, on few connections', async () => {
    await live.put('secret/many', { v: 'canary' });
    const provider = open();
    const before = front.connections();
    const outcomes = await Promise.all(Array.from({ length: 500 }, () => read(provider, 'secret/many')));
    expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['ok']));
    expect(front.count(/mounts/)).toBe(1);
    expect(front.seen.length).toBe(501);
    expect(front.connections() - before).toBeLessThanOrEqual(provider.concurrency ?? 0);
  });

  describe('where the KV version is pinned', () => {
    it('asks nothing', async () => {
      await live.put('secret/app', { v: 'canary' });
      await live.put('one/app', { v: 'canary' });
      await live.put('team/two/app', { v: 'canary' });
      for (const [options, path] of [
        [{ kv: 2 }, 'secret/app'],
        [{ kv: 1 }, 'one/app'],
        [{ kv: 2, mount: 'team/two' }, 'team/two/app'],
      ] as const) {
        expect(await read(open(options), path)).toMatchObject({ ok: true });
      }
      expect(front.count(/mounts/)).toBe(0);
    });

    it('says when the pin is wrong', async () => {
      const provider = open({ kv: 1 });
      expect(await read(provider)).toMatchObject({
        code: 'Misconfigured',
        message: 'the mount "secret/" is KV version 2: correct the option `kv`',
      });
    });
  });

  it('notices that a mount has become version 2 meanwhile', async () => {
    await live.vault('secrets', 'enable', '-path=upgraded', '-version=1', 'kv');
    await live.put('upgraded/app', { v: 'canary' });
    const provider = open();
    expect(await read(provider, 'upgraded/app')).toMatchObject({ ok: true });
    await live.vault('kv', 'enable-versioning', 'upgraded');
    await expect.poll(async () => codeOf(await read(open(), 'upgraded/app'))).toBe('ok');
    expect(await read(provider, 'upgraded/app')).toMatchObject({ code: 'Unavailable' });
    expect(await read(provider, 'upgraded/app')).toMatchObject({ ok: true });
  });

  it('refuses what is no KV secret, and says so', async () => {
    const provider = open();
    expect(await read(provider, 'transit/keys')).toEqual({
      ok: false,
      code: 'InvalidReference',
      message: 'the mount "transit/" is no KV engine: only KV is read',
    });
    expect(await read(provider, 'team/two')).toEqual({
      ok: false,
      code: 'InvalidReference',
      message: 'the path names the mount itself: write "team/two/<path>"',
    });
    expect(await read(provider, 'nowhere/app')).toEqual({
      ok: false,
      code: 'AccessDenied',
      message: 'there is no such mount, or no policy of this token grants anything under it',
    });
  });
});
