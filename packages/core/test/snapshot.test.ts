import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ConfigError,
  createResolver,
  type ErrorCode,
  firstOf,
  type MemoryProvider,
  memory,
  type Provider,
  ResolveError,
  type Resolver,
  type ResolverOptions,
  type SnapshotOutcome,
  type Warning,
} from '../src/index.ts';
import { jump, pass, settle, stopClocks } from './support/clocks.ts';
import { contents, type SnapshotBox, snapshotBox } from './support/snapshot-box.ts';

stopClocks();

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

let warnings: Warning[] = [];
beforeEach(() => {
  warnings = [];
  // No jitter.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

/** A store that answers each call once. */
function storeOf(values: Readonly<Record<string, string>> = { x: 'v1' }): MemoryProvider {
  return { ...memory(values), retries: 'own' };
}

function open(
  snapshot: SnapshotBox,
  store: Provider = storeOf(),
  options: Partial<ResolverOptions> = {},
): Resolver {
  const onWarning = (warning: Warning) => void warnings.push(warning);
  return createResolver({ providers: { app: store }, environment: 'test', onWarning, snapshot, ...options });
}

/** What a resolve gives: `value source`, or the code it fails with. */
async function ask(resolver: Resolver, reference = 'app://x', options = {}): Promise<string> {
  try {
    const { value, source } = await resolver.resolveWithMetadata(reference, options);
    return `${value.reveal()} ${source}`;
  } catch (error) {
    return error instanceof ResolveError ? error.failures.map(({ code }) => code).join() : String(error);
  }
}

/** A snapshot of an app that has run and ended: `app://x` was `v1`. */
async function boxOfLastRun(values?: Readonly<Record<string, string>>): Promise<SnapshotBox> {
  const box = snapshotBox();
  const store = storeOf(values);
  const resolver = open(box, store);
  await resolver.resolve(
    Object.fromEntries(Object.keys(values ?? { x: '' }).map((key) => [key, `app://${key}`])),
  );
  await resolver.close();
  return box;
}

function downStore(code: ErrorCode = 'Unavailable'): MemoryProvider {
  const store = storeOf();
  store.fail('*', code);
  return store;
}

describe('after a start without its store', () => {
  it.each(['Unavailable', 'Throttled'] as const)(
    '%s: the last good value is served, with one warning',
    async (code) => {
      const box = await boxOfLastRun({ x: 'v1', y: 'v2' });
      const resolver = open(box, downStore(code));
      expect(await ask(resolver)).toBe('v1 snapshot');
      expect(await ask(resolver, 'app://y')).toBe('v2 snapshot');
      expect(warnings).toEqual([
        { kind: 'memory', message: `${code}: values of the snapshot are served until it answers again` },
      ]);
      expect(box.loads).toBe(2);
    },
  );

  it('the store is left alone for 10 s, then asked in the background until it answers', async () => {
    const box = await boxOfLastRun();
    const store = downStore();
    const resolver = open(box, store);
    await ask(resolver);
    pass(10 * SECOND - 1);
    expect(await ask(resolver)).toBe('v1 snapshot');
    expect(store.calls).toHaveLength(1);
    pass(1);
    expect(await ask(resolver)).toBe('v1 snapshot');
    await settle();
    expect(store.calls).toHaveLength(2);
    store.mend();
    store.set('x', 'v2');
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('v1 snapshot');
    await settle();
    expect(await ask(resolver)).toBe('v2 cache');
    await resolver.close();
    expect(contents(box)).toBe('x=v2');
    expect(warnings).toHaveLength(1);
  });

  it('the store is left alone for as long as it says', async () => {
    const box = await boxOfLastRun();
    const store = storeOf();
    store.fail('x', { code: 'Throttled', retryAfterMs: 60 * SECOND });
    const resolver = open(box, store);
    await ask(resolver);
    pass(60 * SECOND - 1);
    await ask(resolver);
    await settle();
    expect(store.calls).toHaveLength(1);
    pass(1);
    await ask(resolver);
    await settle();
    expect(store.calls).toHaveLength(2);
  });

  it('it is served up to its bound, which counts from its own read', async () => {
    const box = await boxOfLastRun();
    pass(23 * HOUR);
    const resolver = open(box, downStore());
    expect(await ask(resolver)).toBe('v1 snapshot');
    pass(HOUR - 1);
    expect(await ask(resolver)).toBe('v1 snapshot');
    await settle();
    pass(1);
    expect(await ask(resolver)).toBe('Unavailable');
    expect(await ask(open(box, downStore()))).toBe('Unavailable');
  });

  it.each([-10 * HOUR, 2 * HOUR])('a clock that is set by %d ms does not stretch the bound', async (by) => {
    const box = await boxOfLastRun();
    pass(23 * HOUR);
    const resolver = open(box, downStore());
    expect(await ask(resolver)).toBe('v1 snapshot');
    jump(by);
    pass(HOUR);
    expect(await ask(resolver)).toBe('Unavailable');
  });

  it('it is served at any age below, also one at which the cache would call it fresh', async () => {
    const box = await boxOfLastRun();
    expect(await ask(open(box, downStore()))).toBe('v1 snapshot');
  });

  it.each(['AccessDenied', 'Unauthenticated', 'Disabled', 'NotFound', 'Unknown'] as const)(
    '%s: nothing is served, neither now nor after, and it goes from the snapshot',
    async (code) => {
      const box = await boxOfLastRun({ x: 'v1', y: 'v2' });
      const store = storeOf();
      store.fail('x', code);
      const resolver = open(box, store);
      expect(await ask(resolver)).toBe(code);
      await settle();
      expect(contents(box)).toBe('y=v2');
      store.fail('*', 'Unavailable');
      pass(HOUR);
      expect(await ask(resolver)).toBe('Unavailable');
      expect(await ask(resolver, 'app://y')).toBe('v2 snapshot');
    },
  );

  it('a verdict in the background ends it too', async () => {
    const box = await boxOfLastRun();
    const store = downStore();
    const resolver = open(box, store);
    await ask(resolver);
    store.mend();
    store.fail('x', 'AccessDenied');
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('v1 snapshot');
    await settle();
    expect(await ask(resolver)).toBe('AccessDenied');
    expect(contents(box)).toBe('');
    store.fail('*', 'Unavailable');
    expect(await ask(resolver)).toBe('Unavailable');
  });

  it('is warned of once in each outage', async () => {
    const box = await boxOfLastRun();
    const store = downStore();
    const resolver = open(box, store, { cache: { staleIfError: 1 } });
    await ask(resolver);
    store.mend();
    pass(10 * SECOND);
    await ask(resolver);
    await settle();
    expect(await ask(resolver)).toBe('v1 cache');
    store.fail('*', 'Unavailable');
    pass(HOUR);
    expect([await ask(resolver), await ask(resolver)]).toEqual(['v1 snapshot', 'v1 snapshot']);
    expect(warnings).toHaveLength(2);
  });

  it('never past expiresAt', async () => {
    const box = snapshotBox();
    const store = storeOf();
    store.set('x', 'v1', { version: '7', expiresAt: new Date(Date.now() + 2 * HOUR) });
    await ask(open(box, store));
    await settle();
    store.fail('*', 'Unavailable');
    const resolver = open(box, store);
    pass(2 * HOUR - 1);
    expect(await resolver.resolveWithMetadata('app://x')).toMatchObject({ version: '7', source: 'snapshot' });
    pass(1);
    expect(await ask(resolver)).toBe('Unavailable');
    expect(await ask(open(box, store))).toBe('Unavailable');
  });

  it('only what was asked of the same kind of store is served', async () => {
    const box = await boxOfLastRun();
    const other: Provider = { ...downStore(), kind: 'other' };
    expect(await ask(open(box, other))).toBe('Unavailable');
  });

  it('many callers load it once, and all are served', async () => {
    const box = await boxOfLastRun();
    const store = downStore();
    const resolver = open(box, store);
    const all = await Promise.all(Array.from({ length: 50 }, () => ask(resolver)));
    expect(new Set(all)).toEqual(new Set(['v1 snapshot']));
    expect([box.loads, store.calls.length, warnings.length]).toEqual([2, 1, 1]);
  });

  it('each leg of firstOf() has its own value', async () => {
    const box = snapshotBox();
    const first = storeOf({ x: 'f1' });
    const second = storeOf({ y: 's1' });
    const app = firstOf(first, second, { on: ['NotFound', 'Unavailable'] });
    const run = () => open(box, first, { providers: { app } });
    expect([await ask(run()), await ask(run(), 'app://y')]).toEqual(['f1 store', 's1 store']);
    await settle();
    expect(box.owners.at(-1)).toEqual({ environment: 'test', providers: ['app', 'app/2'] });
    expect(contents(box)).toBe('x=f1 app/2:y=s1');
    first.fail('*', 'Unavailable');
    second.fail('*', 'Unavailable');
    expect([await ask(run()), await ask(run(), 'app://y')]).toEqual(['f1 snapshot', 's1 snapshot']);
  });
});

describe('while the app runs', () => {
  it('the cache comes first, and after its bound the snapshot', async () => {
    const box = snapshotBox();
    const store = storeOf();
    const resolver = open(box, store);
    await ask(resolver);
    store.fail('*', 'Unavailable');
    pass(HOUR);
    expect(await ask(resolver)).toBe('v1 stale');
    pass(HOUR);
    expect(await ask(resolver)).toBe('v1 snapshot');
    pass(22 * HOUR);
    expect(await ask(resolver)).toBe('Unavailable');
    expect(warnings.map(({ message }) => message)).toEqual([
      'Unavailable: cached values are served past their ttl until it answers again',
      'Unavailable: values of the snapshot are served until it answers again',
    ]);
  });

  it('what may not be old is not served: fresh, cache: false, staleIfError: 0', async () => {
    const box = await boxOfLastRun();
    const resolver = open(box, downStore());
    expect(await ask(resolver, 'app://x', { fresh: true })).toBe('Unavailable');
    expect(await ask(resolver, 'app://x', { cache: false })).toBe('Unavailable');
    expect(await ask(resolver, 'app://x', { cache: { staleIfError: 0 } })).toBe('Unavailable');
    expect(await ask(resolver)).toBe('v1 snapshot');
  });

  it('what may not be kept, and what is local, is not saved; what was read fresh is', async () => {
    const box = snapshotBox();
    const local: Provider = { ...memory({ x: 'l1' }), kind: 'env', local: true };
    const resolver = open(box, storeOf({ x: 'v1', y: 'v2' }), {
      providers: { local, app: storeOf({ x: 'v1', y: 'v2' }) },
    });
    await ask(resolver, 'app://x', { cache: false });
    await ask(resolver, 'local://x');
    await ask(resolver, 'app://y', { fresh: true });
    await resolver.close();
    expect(contents(box)).toBe('y=v2');
    expect(box.owners.at(-1)).toEqual({ environment: 'test', providers: ['app'] });
  });

  it('what was invalidated goes from it', async () => {
    const box = snapshotBox();
    const store = storeOf({ x: 'v1', y: 'v2', z: 'v3' });
    const resolver = open(box, store);
    await resolver.resolve({ x: 'app://x', y: 'app://y', z: 'app://z' });
    resolver.invalidate('app://x#field');
    await settle();
    expect(contents(box)).toBe('y=v2 z=v3');
    store.fail('*', 'Unavailable');
    expect(await ask(resolver)).toBe('Unavailable');
    resolver.invalidate({ provider: 'app' });
    await settle();
    expect(contents(box)).toBe('');
  });

  it('what is of one provider goes from it alone', async () => {
    const box = snapshotBox();
    const providers = { app: storeOf(), other: storeOf({ x: 'o1' }) };
    const resolver = open(box, undefined, { providers });
    await resolver.resolve({ a: 'app://x', b: 'other://x' });
    resolver.invalidate({ provider: 'app' });
    await settle();
    expect(contents(box)).toBe('other:x=o1');
    resolver.invalidate();
    await settle();
    expect(contents(box)).toBe('');
  });

  it('what is invalidated before it was loaded is not brought back', async () => {
    const box = await boxOfLastRun({ x: 'v1', y: 'v2' });
    const resolver = open(box, downStore());
    resolver.invalidate('app://x');
    expect(await ask(resolver)).toBe('Unavailable');
    expect(await ask(resolver, 'app://y')).toBe('v2 snapshot');
    await resolver.close();
    expect(contents(box)).toBe('y=v2');
  });

  it('nothing is served by a resolver that is closed', async () => {
    const box = await boxOfLastRun();
    const store = storeOf();
    store.fail('x', 'hang');
    const resolver = open(box, store);
    const asked = ask(resolver);
    await settle();
    await resolver.close();
    expect(await asked).toBe('Unavailable');
  });

  it('no more than maxEntries are kept, the last read ones', async () => {
    const box = await boxOfLastRun({ a: '1', b: '2', c: '3' });
    const store = storeOf({ a: '4', d: '5' });
    const resolver = open(box, store, { cache: { maxEntries: 3 } });
    await ask(resolver, 'app://a');
    await ask(resolver, 'app://d');
    await resolver.close();
    expect(contents(box)).toBe('c=3 a=4 d=5');
  });
});

describe('saving', () => {
  it('what one boot has read is one write; what did not change is none', async () => {
    const box = snapshotBox();
    const resolver = open(box, storeOf({ x: 'v1', y: 'v2' }));
    await resolver.resolve({ x: 'app://x', y: 'app://y' });
    await resolver.resolve({ x: 'app://x', y: 'app://y' });
    expect(await ask(resolver, 'app://absent')).toBe('NotFound');
    await resolver.close();
    expect([box.loads, box.saves, contents(box)]).toEqual([1, 1, 'x=v1 y=v2']);
  });

  it('keeps what was not read in this run, with its own age', async () => {
    const box = await boxOfLastRun({ x: 'v1', y: 'v2' });
    const start = Date.now();
    pass(20 * HOUR);
    const resolver = open(box, storeOf({ x: 'v3' }));
    await ask(resolver);
    await resolver.close();
    expect(contents(box)).toBe('y=v2 x=v3');
    expect(box.entries.map(({ savedAt }) => savedAt.getTime() - start)).toEqual([0, 20 * HOUR]);
    pass(5 * HOUR);
    const later = open(box, downStore());
    expect([await ask(later), await ask(later, 'app://y')]).toEqual(['v3 snapshot', 'Unavailable']);
  });

  it('a value is as old as the begin of its read', async () => {
    const box = snapshotBox();
    const begin = Date.now();
    const resolver = open(box, { ...memory({ x: 'v1' }, { latency: 2 * SECOND }), retries: 'own' });
    const asked = ask(resolver);
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    expect(await asked).toBe('v1 store');
    await resolver.close();
    expect(box.entries.map(({ savedAt }) => savedAt.getTime() - begin)).toEqual([0]);
  });

  it('is waited for by close() though the load has not ended', async () => {
    const box = await boxOfLastRun({ y: 'v2' });
    let end = () => {};
    box.onLoad = () =>
      new Promise((resolve) => {
        end = () => resolve({ ok: true, value: undefined });
      });
    const resolver = open(box, storeOf());
    expect(await ask(resolver)).toBe('v1 store');
    const closing = resolver.close();
    end();
    await closing;
    expect(contents(box)).toBe('y=v2 x=v1');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has one write in flight, and the newest values in the next', async () => {
    const box = snapshotBox();
    const ends: (() => void)[] = [];
    box.onSave = () => new Promise((resolve) => ends.push(() => resolve({ ok: true, value: undefined })));
    const store = storeOf();
    const resolver = open(box, store);
    for (const value of ['v1', 'v2', 'v3', 'v4']) {
      store.set('x', value);
      await ask(resolver, 'app://x', { fresh: true });
      await settle();
    }
    expect(box.saves).toBe(1);
    ends.shift()?.();
    await settle();
    expect([box.saves, contents(box)]).toEqual([2, 'x=v1']);
    const closing = resolver.close();
    ends.shift()?.();
    await closing;
    expect([box.saves, contents(box)]).toEqual([2, 'x=v4']);
  });

  it('is waited for by close(), no longer than the deadline', async () => {
    const box = snapshotBox();
    box.onSave = () => new Promise(() => {});
    const resolver = open(box, storeOf());
    await ask(resolver);
    let closed = false;
    const closing = resolver.close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(warnings).toEqual([
      { kind: 'snapshot', message: 'the snapshot could not be saved within 10000 ms' },
    ]);
  });

  it('goes on once a write that took too long has ended', async () => {
    const box = snapshotBox();
    let end = () => {};
    box.onSave = () =>
      new Promise((resolve) => {
        end = () => resolve({ ok: true, value: undefined });
      });
    const store = storeOf();
    const resolver = open(box, store);
    await ask(resolver);
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    store.set('x', 'v2');
    await ask(resolver, 'app://x', { fresh: true });
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(box.saves).toBe(1);
    end();
    await settle();
    end();
    await resolver.close();
    expect([box.saves, contents(box), warnings.length]).toEqual([2, 'x=v2', 1]);
  });
});

describe('a snapshot that fails', () => {
  const failed: SnapshotOutcome<void> = {
    ok: false,
    reason: 'damaged',
    message: 'the snapshot /a is damaged',
  };

  it('to load is one warning, and no resolve that fails for it', async () => {
    const box = await boxOfLastRun();
    box.onLoad = async () => failed;
    const store = storeOf();
    store.fail('x', 'Unavailable', 2);
    const resolver = open(box, store);
    expect([await ask(resolver), await ask(resolver), await ask(resolver)]).toEqual([
      'Unavailable',
      'Unavailable',
      'v1 store',
    ]);
    expect(warnings).toEqual([{ kind: 'snapshot', message: 'the snapshot /a is damaged' }]);
    await resolver.close();
    expect(contents(box)).toBe('x=v1');
    expect(box.loads).toBe(2);
  });

  it('to save is one warning, and tried again with the next value', async () => {
    const box = snapshotBox();
    box.onSave = async () => ({ ok: false, reason: 'file', message: 'the disk is full' });
    const resolver = open(box, storeOf());
    for (let time = 0; time < 3; time++) {
      expect(await ask(resolver, 'app://x', { fresh: true })).toBe('v1 store');
      await settle();
    }
    await resolver.close();
    expect(box.saves).toBe(3);
    expect(warnings).toEqual([{ kind: 'snapshot', message: 'the disk is full' }]);
  });

  it.each(['rejects', 'throws'])('in a way of its own (%s) shows nothing of what it says', async (way) => {
    const fault = (): Promise<never> => {
      if (way === 'throws') throw new Error('canary');
      return Promise.reject(new Error('canary'));
    };
    const box: SnapshotBox = { ...snapshotBox(), load: fault, save: fault };
    const resolver = open(box, storeOf());
    expect(await ask(resolver)).toBe('v1 store');
    await resolver.close();
    expect(warnings.map(({ message }) => message)).toEqual([
      'the snapshot could not be loaded',
      'the snapshot could not be saved',
    ]);
  });

  it('is no end of the process where the app throws on warnings', async () => {
    const box = snapshotBox();
    box.onLoad = async () => failed;
    box.onSave = async () => failed;
    const onWarning = () => {
      throw new Error('no warnings, please');
    };
    const resolver = open(box, storeOf(), { onWarning });
    expect(await ask(resolver)).toBe('v1 store');
    await resolver.close();
    expect([box.loads, box.saves]).toEqual([1, 1]);
  });

  it('to answer holds up no resolve past its deadline', async () => {
    const box = await boxOfLastRun();
    box.onLoad = () => new Promise(() => {});
    const store = downStore();
    const resolver = open(box, store);
    const asked = ask(resolver, 'app://x', { deadline: '2s' });
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    expect(await asked).toBe('Unavailable');
    const abort = new AbortController();
    const aborted = ask(resolver, 'app://x', { signal: abort.signal });
    await settle();
    abort.abort('left');
    expect(await aborted).toBe('left');
    await vi.advanceTimersByTimeAsync(8 * SECOND);
    store.mend();
    expect(await ask(resolver)).toBe('v1 store');
    await resolver.close();
    expect(contents(box)).toBe('x=v1');
    expect(warnings).toEqual([
      { kind: 'snapshot', message: 'the snapshot could not be loaded within 10000 ms' },
    ]);
  });

  it('of a deadline that the store has used up is served where it was loaded meanwhile', async () => {
    const box = await boxOfLastRun();
    const store = storeOf();
    store.fail('x', 'hang');
    const asked = ask(open(box, store), 'app://x', { deadline: '2s' });
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    expect(await asked).toBe('v1 snapshot');
  });
});

describe('the snapshot option', () => {
  function problems(options: object): readonly string[] {
    try {
      createResolver({ providers: { app: storeOf() }, ...options });
    } catch (error) {
      if (error instanceof ConfigError)
        return error.problems.map(({ place, message }) => `${place}: ${message}`);
      throw error;
    }
    return [];
  }

  it.each([undefined, false, snapshotBox()])('takes %o', (snapshot) => {
    expect(problems({ snapshot })).toEqual([]);
  });

  it.each([
    null,
    true,
    'canary',
    {},
    { file: 'canary' },
    { ...snapshotBox(), load: undefined },
    { ...snapshotBox(), save: 1 },
    { ...snapshotBox(), maxAgeMs: Number.NaN },
    { ...snapshotBox(), maxAgeMs: 0 },
  ])('is no %o', (snapshot) => {
    expect(problems({ snapshot, deadline: -1 })).toEqual([
      'deadline: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
      'snapshot: is no snapshot: write snapshot({ file, key }) of the package keyturn, or false',
    ]);
  });

  it('contradicts a cache that keeps nothing, or nothing for an outage', () => {
    expect(problems({ snapshot: snapshotBox(), cache: false })).toEqual([
      'snapshot: contradicts `cache: false`: only what is kept can be saved and stand in',
    ]);
    expect(problems({ snapshot: snapshotBox(), cache: { staleIfError: '0s' } })).toEqual([
      'snapshot: contradicts `staleIfError: 0`, by which no old value stands in for a store that fails',
    ]);
    expect(problems({ snapshot: false, cache: false })).toEqual([]);
    expect(problems({ snapshot: snapshotBox(), cache: {} })).toEqual([]);
  });

  it('is not touched before the first read', async () => {
    const box = snapshotBox();
    const resolver = open(box, storeOf());
    resolver.plan({ x: 'app://x' });
    await resolver.close();
    expect([box.loads, box.saves]).toEqual([0, 0]);
  });
});
