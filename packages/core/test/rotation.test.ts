import { afterEach, describe, expect, it, vi } from 'vitest';
import { createResolver, firstOf, type MemoryProvider, memory, type Provider } from '../src/index.ts';

const DAY = 86_400_000;
const NOW = new Date('2026-08-01T12:00:00Z');
const at = (days: number) => new Date(NOW.getTime() + days * DAY);
const rotation = { maxAge: '90d', warnAt: '80d' };

/** A store of these ages in days. */
function aged(
  ages: Readonly<Record<string, number>>,
  options: Parameters<typeof memory>[1] = {},
): MemoryProvider {
  const store = memory({}, options);
  for (const [path, days] of Object.entries(ages)) {
    store.set(path, `canary-${path}`, { version: 'v1', createdAt: at(-days) });
  }
  return store;
}

function withoutDescribe({ describe: _, ...provider }: Provider): Provider {
  return provider;
}

/** Each name with its verdict and reason. */
async function verdicts(
  resolver: ReturnType<typeof createResolver>,
  manifest: Parameters<typeof resolver.rotation>[0],
): Promise<Record<string, string>> {
  const statuses = await resolver.rotation(manifest, { now: NOW });
  return Object.fromEntries(
    statuses.map(({ name, verdict, reason }) => [
      name,
      reason === undefined ? verdict : `${verdict}: ${reason}`,
    ]),
  );
}

afterEach(() => void vi.useRealTimers());

describe('rotation()', () => {
  it('gives metadata, age and verdict in the order of the manifest, by describing alone', async () => {
    const app = aged({ old: 100, new: 1 });
    const resolver = createResolver({ providers: { app }, rotation });
    expect(await resolver.rotation({ OLD: 'app://old', NEW: 'app://new#field' }, { now: NOW })).toEqual([
      {
        name: 'OLD',
        reference: 'app://old',
        provider: 'app',
        kind: 'memory',
        source: 'describe',
        version: 'v1',
        createdAt: at(-100),
        verdict: 'overdue',
        reason: 'created 2026-04-23; its maxAge ended on 2026-07-22',
        ageMs: 100 * DAY,
        dueAt: at(-10),
        dated: 'store',
      },
      {
        name: 'NEW',
        reference: 'app://new#field',
        provider: 'app',
        kind: 'memory',
        source: 'describe',
        version: 'v1',
        createdAt: at(-1),
        verdict: 'fresh',
        ageMs: DAY,
        dueAt: at(89),
        dated: 'store',
      },
    ]);
    expect(app.calls).toEqual([{ method: 'describe', paths: ['old', 'new'] }]);
  });

  it('judges by the present unless told otherwise', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    const resolver = createResolver({ providers: { app: aged({ key: 89 }) }, rotation });
    expect((await resolver.rotation({ KEY: 'app://key' }))[0]?.verdict).toBe('due');
    vi.setSystemTime(at(1));
    expect((await resolver.rotation({ KEY: 'app://key' }))[0]?.verdict).toBe('overdue');
  });

  it('describes in batches, one document once, and past the cache', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `s${index}`);
    const app = aged(Object.fromEntries(names.map((name) => [name, 1])), { batchSize: 10 });
    const resolver = createResolver({ providers: { app }, rotation });
    const manifest = Object.fromEntries([...names, 's0#a', 's0#b'].map((path) => [path, `app://${path}`]));
    await resolver.rotation(manifest, { now: NOW });
    await resolver.rotation(manifest, { now: NOW });
    expect(app.calls.map(({ method, paths }) => `${method} ${paths.length}`)).toEqual([
      'describe 10',
      'describe 10',
      'describe 5',
      'describe 10',
      'describe 10',
      'describe 5',
    ]);
  });

  it('keeps to the concurrency of the store', async () => {
    let inFlight = 0;
    let most = 0;
    const store = aged(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`s${index}`, 1])));
    const app: Provider = {
      ...store,
      batchSize: 1,
      concurrency: 3,
      async describe(locators, options) {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight -= 1;
        return (await store.describe?.(locators, options)) ?? [];
      },
    };
    const manifest = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`S${index}`, `app://s${index}`]),
    );
    const statuses = await createResolver({ providers: { app }, rotation }).rotation(manifest, { now: NOW });
    expect([most, statuses.map(({ verdict }) => verdict)]).toEqual([3, Array(9).fill('fresh')]);
  });

  it('says where it read the value, since the store has no other way', async () => {
    const store = aged({ key: 100 });
    const resolver = createResolver({ providers: { app: withoutDescribe(store) }, rotation });
    const [status] = await resolver.rotation({ KEY: 'app://key' }, { now: NOW });
    expect([status?.source, status?.verdict]).toEqual(['fetch', 'overdue']);
    expect(JSON.stringify(status)).not.toContain('canary');
    expect(store.calls).toEqual([{ method: 'fetch', paths: ['key'] }]);
  });

  it('a right to describe that is missing is unknown, and not a failure', async () => {
    const app = aged({ a: 100, b: 100, c: 100 });
    for (const path of ['a', 'b', 'c']) {
      app.fail(path, { code: 'AccessDenied', message: 'no policy grants it' });
    }
    const resolver = createResolver({ providers: { app }, rotation });
    const exempt = { reason: 'next quarter', until: '2026-12-31' };
    const manifest = {
      A: 'app://a',
      B: { ref: 'app://b', rotation: { rotatedAt: '2026-07-31' } },
      C: { ref: 'app://c', rotation: { exempt } },
    };
    expect(await verdicts(resolver, manifest)).toEqual({
      A: 'unknown: AccessDenied: no policy grants it',
      B: 'fresh',
      C: 'exempt: until 2026-12-31: next quarter',
    });
    const statuses = await resolver.rotation(manifest, { now: NOW });
    expect(statuses.some((status) => 'failure' in status)).toBe(false);
  });

  it('any other failure is told of its item alone, and of no other leg', async () => {
    const first = aged({ key: 100, deep: 100 }, { batchSize: 1 });
    const second = aged({ key: 1, deep: 1, only: 1 });
    first.fail('key', { code: 'Unavailable', message: 'no route' });
    first.fail('denied', 'AccessDenied');
    const on = ['NotFound', 'Unavailable', 'AccessDenied'] as const;
    const app = firstOf(first, second, { on });
    const resolver = createResolver({ providers: { app }, rotation, retry: false });
    const statuses = await resolver.rotation(
      {
        KEY: 'app://key',
        DEEP: 'app://deep',
        ONLY: 'app://only',
        NONE: 'app://none',
        DENIED: 'app://denied',
      },
      { now: NOW },
    );
    expect(statuses.map(({ name, verdict, failure }) => [name, verdict, failure?.code])).toEqual([
      ['KEY', 'unknown', 'Unavailable'],
      ['DEEP', 'overdue', undefined],
      ['ONLY', 'fresh', undefined],
      ['NONE', 'unknown', 'NotFound'],
      ['DENIED', 'unknown', undefined],
    ]);
    expect(statuses[0]?.failure).toEqual({
      name: 'KEY',
      reference: 'app://key',
      code: 'Unavailable',
      message: 'no route',
      hint: 'Check that the store is up and reachable, then try again.',
    });
  });

  it('tries again what may recover, and isolates what spoiled a batch', async () => {
    const app = aged({ a: 1, b: 1, c: 1 });
    app.fail('a', 'Unavailable', 1);
    app.spoil('b', 'AccessDenied');
    const resolver = createResolver({ providers: { app }, rotation });
    expect(await verdicts(resolver, { A: 'app://a', B: 'app://b', C: 'app://c' })).toEqual({
      A: 'fresh',
      B: 'unknown: AccessDenied: the store denies access',
      C: 'fresh',
    });
    expect(app.calls.every(({ method }) => method === 'describe')).toBe(true);
  });

  it('absence is no failure where the entry allows it', async () => {
    const resolver = createResolver({ providers: { app: memory() }, rotation, allowDefaults: true });
    expect(
      await verdicts(resolver, {
        OPTIONAL: { ref: 'app://optional', optional: true },
        DEFAULTED: { ref: 'app://defaulted', default: 'x' },
      }),
    ).toEqual({
      OPTIONAL: 'unknown: it is absent, which its entry allows',
      DEFAULTED: 'unknown: it is absent, which its entry allows',
    });
  });

  it('leaves out what is no secret, unless it has a rule of its own', async () => {
    const app = aged({ level: 100, port: 100 });
    const resolver = createResolver({ providers: { app }, rotation });
    expect(
      await verdicts(resolver, {
        LEVEL: { ref: 'app://level', sensitive: false },
        PORT: { ref: 'app://port', sensitive: false, rotation: { maxAge: '90d' } },
      }),
    ).toEqual({ PORT: 'overdue: created 2026-04-23; its maxAge ended on 2026-07-22' });
    expect(app.calls).toEqual([{ method: 'describe', paths: ['port'] }]);
  });

  it('refuses wrong references, manifests and options before any call', async () => {
    const app = memory();
    const resolver = createResolver({ providers: { app }, rotation });
    await expect(resolver.rotation({ A: 'app://a', B: 'nope://b', C: 'c' })).rejects.toMatchObject({
      failures: [{ name: 'B' }, { name: 'C' }],
    });
    await expect(resolver.rotation({})).rejects.toThrow('the manifest is empty');
    await expect(
      resolver.rotation({ A: 'app://a' }, { now: new Date('nonsense'), deadline: '1s' }),
    ).rejects.toThrow('now: is no valid Date');
    await expect(resolver.rotation({ A: 'app://a' }, { timeout: 'soon' })).rejects.toThrow(
      'timeout: is no duration',
    );
    expect(app.calls).toEqual([]);
    await resolver.close();
    await expect(resolver.rotation({ A: 'app://a' })).rejects.toThrow('the resolver is closed');
  });

  it('ends at the deadline with unknown, and at an abort or close at once', async () => {
    const app = memory({ a: 'canary' });
    app.fail('a', 'hang');
    const resolver = createResolver({ providers: { app }, rotation });
    const [status] = await resolver.rotation({ A: 'app://a' }, { deadline: 20 });
    expect(status?.failure).toMatchObject({
      code: 'Unavailable',
      message: 'no answer within the deadline of 20 ms',
    });

    const controller = new AbortController();
    const aborted = resolver.rotation({ A: 'app://a' }, { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);

    const ended = resolver.rotation({ A: 'app://a' });
    await resolver.close();
    expect((await ended)[0]?.reason).toBe('Unavailable: the resolver was closed');
  });
});
