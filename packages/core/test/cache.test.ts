import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  as,
  createResolver,
  type ErrorCode,
  firstOf,
  type MemoryProvider,
  memory,
  type Provider,
  ResolveError,
  type Resolver,
  type ResolverOptions,
  type SecretMetadata,
  type Warning,
} from '../src/index.ts';
import { jump, pass, settle, stopClocks } from './support/clocks.ts';

stopClocks();

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let warnings: Warning[] = [];
beforeEach(() => {
  warnings = [];
  // No jitter, unless a test says otherwise.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

/** A store whose secret is `v1`, and a resolver before it that asks once each time. */
function setUp(
  options: Partial<ResolverOptions> = {},
  metadata?: SecretMetadata,
): { store: MemoryProvider; resolver: Resolver } {
  const store: MemoryProvider = { ...memory(), retries: 'own' };
  store.set('x', 'v1', metadata);
  const onWarning = (warning: Warning) => void warnings.push(warning);
  return { store, resolver: createResolver({ providers: { app: store }, onWarning, ...options }) };
}

/** What a resolve gives: `value source`, or the code it fails with. */
async function ask(resolver: Resolver, options = {}, reference = 'app://x'): Promise<string> {
  try {
    const { value, source } = await resolver.resolveWithMetadata(reference, options);
    return `${value.reveal()} ${source}`;
  } catch (error) {
    return error instanceof ResolveError ? error.failures.map(({ code }) => code).join() : String(error);
  }
}

describe('fresh', () => {
  it('a value is served without a call until its ttl is over', async () => {
    const { store, resolver } = setUp({ cache: { staleWhileRevalidate: 0 } });
    expect(await ask(resolver)).toBe('v1 store');
    store.set('x', 'v2');
    pass(5 * MINUTE - 1);
    expect(await ask(resolver)).toBe('v1 cache');
    pass(1);
    expect(await ask(resolver)).toBe('v2 store');
    expect(store.calls).toHaveLength(2);
  });

  it('the ttl is shortened by at most the jitter, once for all that one call read', async () => {
    const { store, resolver } = setUp({ cache: { jitter: 0.2, staleWhileRevalidate: 0 } });
    store.set('y', 'y1');
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    await resolver.resolve({ x: 'app://x', y: 'app://y' });
    expect(random).toHaveBeenCalledTimes(1);
    pass(4.5 * MINUTE - 1);
    expect([await ask(resolver), await ask(resolver, {}, 'app://y')]).toEqual(['v1 cache', 'y1 cache']);
    pass(1);
    expect([await ask(resolver), await ask(resolver, {}, 'app://y')]).toEqual(['v1 store', 'y1 store']);
  });

  it('a value is as old as the begin of the call that read it', async () => {
    const store: MemoryProvider = { ...memory({ x: 'v1' }, { latency: 2 * SECOND }), retries: 'own' };
    const resolver = createResolver({
      providers: { app: store },
      cache: { ttl: '3s', staleWhileRevalidate: 0 },
    });
    const first = ask(resolver);
    await settle();
    pass(2 * SECOND);
    expect(await first).toBe('v1 store');
    pass(SECOND - 1);
    expect(await ask(resolver)).toBe('v1 cache');
    pass(1);
    const second = ask(resolver);
    await settle();
    pass(2 * SECOND);
    expect(await second).toBe('v1 store');
  });

  it.each(['expiresAt', 'rotatesAt'] as const)('ends at %s where that lies ahead', async (date) => {
    const { store, resolver } = setUp({}, { [date]: new Date(Date.now() + MINUTE) });
    await ask(resolver);
    store.set('x', 'v2', { [date]: new Date(Date.now() - 1) });
    pass(MINUTE - 1);
    expect(await ask(resolver)).toBe('v1 cache');
    pass(1);
    expect(await ask(resolver)).toBe('v2 store');
    // A date that has passed says nothing.
    pass(5 * MINUTE - 1);
    expect(await ask(resolver)).toBe('v2 cache');
  });

  it('an invalid date caps nothing', async () => {
    const { resolver } = setUp({}, { expiresAt: new Date(Number.NaN) });
    await ask(resolver);
    pass(5 * MINUTE - 1);
    expect(await ask(resolver)).toBe('v1 cache');
  });

  it('age is right after sleep, and after a clock was set back or forward', async () => {
    const { resolver } = setUp({ cache: { staleWhileRevalidate: 0 } });
    await ask(resolver);
    jump(-3 * HOUR);
    expect(await ask(resolver)).toBe('v1 cache');
    pass(5 * MINUTE);
    expect(await ask(resolver)).toBe('v1 store');
    pass(4 * MINUTE);
    jump(MINUTE);
    expect(await ask(resolver)).toBe('v1 store');
  });

  it('expiresAt is reached in time though the clock was set back', async () => {
    const { resolver } = setUp({}, { expiresAt: new Date(Date.now() + MINUTE) });
    await ask(resolver);
    jump(-HOUR);
    pass(MINUTE);
    expect(await ask(resolver)).toBe('v1 store');
  });
});

describe('stale while it is read anew', () => {
  it('up to its bound, with one call in the background', async () => {
    const { store, resolver } = setUp();
    await ask(resolver);
    store.set('x', 'v2');
    pass(6 * MINUTE - 1);
    expect(await Promise.all([ask(resolver), ask(resolver)])).toEqual(['v1 stale', 'v1 stale']);
    await settle();
    expect(store.calls).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
    expect(await ask(resolver)).toBe('v2 cache');
    expect(warnings).toEqual([]);
    pass(6 * MINUTE);
    expect(await ask(resolver)).toBe('v2 store');
  });

  it('reads all names of a manifest in one call again', async () => {
    const { store, resolver } = setUp();
    store.set('y', 'y1');
    await resolver.resolve({ x: 'app://x', y: 'app://y' });
    pass(5 * MINUTE);
    await resolver.resolve({ x: 'app://x', y: 'app://y' });
    expect(store.calls.map(({ paths }) => paths)).toEqual([
      ['x', 'y'],
      ['x', 'y'],
    ]);
  });

  it.each(['expiresAt', 'rotatesAt'] as const)('never past %s', async (date) => {
    const { resolver } = setUp({}, { [date]: new Date(Date.now() + 5.5 * MINUTE) });
    await ask(resolver);
    pass(5.5 * MINUTE);
    expect(await ask(resolver)).toBe('v1 store');
  });

  it('a background read that hangs ends at the deadline, and no timer is left', async () => {
    const { store, resolver } = setUp({ deadline: '2s' });
    await ask(resolver);
    store.fail('x', 'hang');
    pass(5 * MINUTE);
    expect(await ask(resolver)).toBe('v1 stale');
    await settle();
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    pass(2 * SECOND);
    await settle();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('stale while the store fails', () => {
  it.each(['Unavailable', 'Throttled'] as const)('%s: up to its bound, and said', async (code) => {
    const { store, resolver } = setUp();
    await ask(resolver);
    store.fail('*', code);
    pass(HOUR + 5 * MINUTE - 1);
    expect(await ask(resolver)).toBe('v1 stale');
    expect(warnings).toEqual([
      {
        kind: 'memory',
        message: `${code}: cached values are served past their ttl until it answers again`,
      },
    ]);
    pass(1);
    expect(await ask(resolver)).toBe(code);
  });

  it.each([
    'AccessDenied',
    'Unauthenticated',
    'Disabled',
    'InvalidValue',
    'Misconfigured',
    'Unknown',
  ] as const)('%s: the old value is dropped at once', async (code) => {
    const { store, resolver } = setUp();
    await ask(resolver);
    store.fail('x', code, 1);
    pass(5 * MINUTE);
    expect(await ask(resolver)).toBe('v1 stale');
    await settle();
    // The background read has dropped it, so that even an outage has no old value now.
    store.fail('x', 'Unavailable', 1);
    expect(await ask(resolver)).toBe('Unavailable');

    await ask(resolver);
    pass(HOUR);
    store.fail('x', code, 1);
    expect(await ask(resolver)).toBe(code);
    store.fail('x', 'Unavailable', 1);
    expect(await ask(resolver)).toBe('Unavailable');
  });

  it('NotFound: the old value is replaced by the absence', async () => {
    const { store, resolver } = setUp();
    await ask(resolver);
    store.delete('x');
    pass(HOUR);
    expect(await ask(resolver)).toBe('NotFound');
    store.fail('x', 'Unavailable');
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('Unavailable');
  });

  it('never past expiresAt, but past rotatesAt', async () => {
    const { store, resolver } = setUp(
      {},
      {
        rotatesAt: new Date(Date.now() + MINUTE),
        expiresAt: new Date(Date.now() + 10 * MINUTE),
      },
    );
    await ask(resolver);
    store.fail('*', 'Unavailable');
    pass(10 * MINUTE - 1);
    expect(await ask(resolver)).toBe('v1 stale');
    pass(1);
    expect(await ask(resolver)).toBe('Unavailable');
  });

  it('0 turns it off', async () => {
    const { store, resolver } = setUp({ cache: { staleIfError: 0, jitter: 1 } });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    await ask(resolver);
    store.fail('*', 'Unavailable');
    pass(4 * MINUTE);
    expect(await ask(resolver)).toBe('v1 stale');
    await settle();
    expect(await ask(resolver)).toBe('Unavailable');
    expect(warnings).toEqual([]);
  });

  it('leaves the store alone for 10 s, then asks in the background, until it answers', async () => {
    const { store, resolver } = setUp();
    await ask(resolver);
    store.fail('*', 'Unavailable');
    pass(HOUR);
    await ask(resolver);
    expect(store.calls).toHaveLength(2);
    pass(10 * SECOND - 1);
    expect(await ask(resolver)).toBe('v1 stale');
    expect(store.calls).toHaveLength(2);
    pass(1);
    expect(await ask(resolver)).toBe('v1 stale');
    await settle();
    expect(store.calls).toHaveLength(3);
    store.mend();
    store.set('x', 'v2');
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('v1 stale');
    await settle();
    expect(await ask(resolver)).toBe('v2 cache');
    expect(warnings).toHaveLength(1);
  });

  it('leaves the store alone for as long as it says', async () => {
    const { store, resolver } = setUp();
    await ask(resolver);
    store.fail('x', { code: 'Throttled', retryAfterMs: MINUTE });
    pass(HOUR);
    await ask(resolver);
    pass(MINUTE - 1);
    await ask(resolver);
    await settle();
    expect(store.calls).toHaveLength(2);
    pass(1);
    await ask(resolver);
    await settle();
    expect(store.calls).toHaveLength(3);
  });

  it('warns once for each outage and provider', async () => {
    const other: MemoryProvider = { ...memory({ x: 'o1', y: 'o2' }), kind: 'other', retries: 'own' };
    const { store } = setUp();
    const onWarning = (warning: Warning) => void warnings.push(warning);
    const resolver = createResolver({ providers: { app: store, other }, onWarning });
    const everything = ['app://x', 'other://x', 'other://y'];
    const askAll = () => Promise.all(everything.map((reference) => ask(resolver, {}, reference)));
    const outage = async () => {
      store.fail('*', 'Unavailable');
      other.fail('*', 'Throttled');
      pass(HOUR);
      expect(await askAll()).toEqual(['v1 stale', 'o1 stale', 'o2 stale']);
      pass(20 * SECOND);
      await askAll();
    };
    await askAll();
    await outage();
    expect(warnings.map(({ kind }) => kind).sort()).toEqual(['memory', 'other']);
    store.mend();
    other.mend();
    pass(20 * SECOND);
    await askAll();
    await settle();
    expect(await askAll()).toEqual(['v1 cache', 'o1 cache', 'o2 cache']);
    await outage();
    expect(warnings).toHaveLength(4);
  });

  it('the next leg comes before an old value, where the failure passes to it', async () => {
    const { store: first } = setUp();
    const second: MemoryProvider = { ...memory(), kind: 'second', retries: 'own' };
    const onWarning = (warning: Warning) => void warnings.push(warning);
    const providers = { app: firstOf(first, second, { on: ['NotFound', 'Unavailable'] }) };
    const resolver = createResolver({ providers, onWarning });
    await ask(resolver);
    first.fail('*', 'Unavailable');
    second.set('x', 'v2');
    pass(HOUR);
    expect(await ask(resolver)).toBe('v2 store');
    // The first leg is left alone for its pause.
    expect(await ask(resolver)).toBe('v2 cache');
    expect([first.calls.length, second.calls.length, warnings.length]).toEqual([2, 1, 0]);

    second.delete('x');
    resolver.invalidate({ provider: 'app' });
    first.mend();
    await ask(resolver);
    first.fail('*', 'Unavailable');
    pass(HOUR);
    expect(await ask(resolver)).toBe('v1 stale');
    expect(await ask(resolver)).toBe('v1 stale');
    expect(warnings.map(({ kind }) => kind)).toEqual(['memory']);
    second.fail('x', 'AccessDenied');
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('AccessDenied');
  });

  it("a caller's deadline is an outage for it, its abort is not", async () => {
    const { store, resolver } = setUp({ deadline: '1s', timeout: '5s' });
    await ask(resolver);
    store.fail('x', 'hang');
    pass(HOUR);
    const abort = new AbortController();
    const aborted = ask(resolver, { signal: abort.signal });
    abort.abort('enough');
    expect(await aborted).toBe('enough');
    const late = ask(resolver);
    await settle();
    pass(SECOND);
    expect(await late).toBe('v1 stale');
  });
});

describe('absent', () => {
  it('is remembered for 10 s, and never beyond', async () => {
    const { store, resolver } = setUp();
    store.delete('x');
    expect(await ask(resolver)).toBe('NotFound');
    store.set('x', 'v2');
    pass(10 * SECOND - 1);
    expect(await ask(resolver)).toBe('NotFound');
    expect(store.calls).toHaveLength(1);
    pass(1);
    expect(await ask(resolver)).toBe('v2 store');
  });

  it('is not confused with unavailable', async () => {
    const { store, resolver } = setUp();
    store.delete('x');
    await ask(resolver);
    store.fail('*', 'Unavailable');
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('Unavailable');
  });

  it('for no longer than ttl, and 0 not at all', async () => {
    const { store, resolver } = setUp({ cache: { ttl: '4s' } });
    store.delete('x');
    await ask(resolver);
    pass(4 * SECOND);
    await ask(resolver);
    expect(store.calls).toHaveLength(2);
    const cache = { negativeTtl: 0 };
    await ask(resolver, { cache });
    await ask(resolver, { cache });
    expect(store.calls).toHaveLength(4);
  });

  it('in each leg of firstOf by itself', async () => {
    const { store: second } = setUp();
    const first: MemoryProvider = { ...memory(), retries: 'own' };
    const resolver = createResolver({ providers: { app: firstOf(first, second) } });
    expect([await ask(resolver), await ask(resolver)]).toEqual(['v1 store', 'v1 cache']);
    first.set('x', 'f1');
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('f1 store');
    expect([first.calls.length, second.calls.length]).toEqual([2, 1]);
  });

  it('is the default of an entry, or undefined, without a call', async () => {
    const { store, resolver } = setUp({ allowDefaults: true });
    store.delete('x');
    const manifest = { X: { ref: 'app://x', default: 'd' }, Y: { ref: 'app://x', optional: true } } as const;
    await resolver.resolve(manifest);
    const { X, Y } = await resolver.resolveWithMetadata(manifest);
    expect([X.source, Y.source]).toEqual(['default', 'absent']);
    expect(store.calls).toHaveLength(1);
  });
});

describe('what is not kept', () => {
  it.each(['Unavailable', 'AccessDenied', 'Unknown'] as ErrorCode[])('a failure such as %s', async (code) => {
    const { store, resolver } = setUp();
    store.fail('x', code, 1);
    expect([await ask(resolver), await ask(resolver)]).toEqual([code, 'v1 store']);
  });

  it('what a local provider gives', async () => {
    const store: Provider & MemoryProvider = { ...memory({ x: 'v1' }), local: true };
    const resolver = createResolver({ providers: { app: store } });
    expect([await ask(resolver), await ask(resolver)]).toEqual(['v1 store', 'v1 store']);
    await resolver.resolve('app://x');
    await resolver.resolve('app://x');
    expect(store.calls).toHaveLength(4);
  });

  it('anything with cache: false', async () => {
    const { store, resolver } = setUp({ cache: false });
    expect([await ask(resolver), await ask(resolver)]).toEqual(['v1 store', 'v1 store']);
    await resolver.resolve('app://x');
    await resolver.resolve('app://x');
    expect(store.calls).toHaveLength(4);
    resolver.invalidate('app://x');
    await resolver.close();
  });

  it('what was not used for longest, beyond maxEntries', async () => {
    const { store, resolver } = setUp({ cache: { maxEntries: 2 } });
    for (const path of ['y', 'z']) store.set(path, path);
    // A bare reference is answered by a path of its own, which has to count as a use too.
    for (const path of ['x', 'y', 'x', 'z']) await resolver.resolve(`app://${path}`);
    await resolver.resolve('app://x');
    expect(store.calls.map(({ paths }) => paths.join())).toEqual(['x', 'y', 'z']);
    await resolver.resolve('app://y');
    expect(store.calls.map(({ paths }) => paths.join())).toEqual(['x', 'y', 'z', 'y']);
    await resolver.resolve('app://x');
    expect(store.calls).toHaveLength(4);
    store.delete('absent');
    await ask(resolver, {}, 'app://absent');
    await resolver.resolve('app://x');
    await resolver.resolve('app://y');
    expect(store.calls).toHaveLength(6);
  });

  it("another resolver's values", async () => {
    const { store, resolver } = setUp();
    await ask(resolver);
    expect(await ask(createResolver({ providers: { app: store } }))).toBe('v1 store');
  });

  it('the same key of another provider', async () => {
    const { store } = setUp();
    const other: MemoryProvider = { ...memory({ x: 'o1' }), retries: 'own' };
    const resolver = createResolver({ providers: { app: store, other, same: store } });
    expect([await ask(resolver), await ask(resolver, {}, 'other://x')]).toEqual(['v1 store', 'o1 store']);
    expect(await ask(resolver, {}, 'same://x')).toBe('v1 cache');
  });
});

describe('settings of one reference', () => {
  it('stand in for those of the resolver, one by one', async () => {
    const { store, resolver } = setUp({ cache: { ttl: '1m', staleWhileRevalidate: 0 } });
    const cache = { ttl: '2m' };
    await ask(resolver, { cache });
    pass(2 * MINUTE - 1);
    expect(await ask(resolver, { cache })).toBe('v1 cache');
    expect(await ask(resolver)).toBe('v1 store');
    pass(2 * MINUTE);
    expect(await ask(resolver, { cache })).toBe('v1 store');
    expect(store.calls).toHaveLength(3);
  });

  it('of two on one read, the stricter of each', async () => {
    const { store, resolver } = setUp();
    const manifest = {
      A: { ref: 'app://x', cache: { ttl: '1m', staleIfError: '1h' } },
      B: { ref: 'app://x', cache: { ttl: '1h', staleWhileRevalidate: 0, staleIfError: '10m' } },
    };
    await resolver.resolve(manifest);
    pass(MINUTE - 1);
    expect((await resolver.resolveWithMetadata(manifest)).B.source).toBe('cache');
    store.fail('x', 'Unavailable');
    pass(1);
    // No stale-while-revalidate for B, so both wait; then an outage of at most ten minutes.
    expect((await resolver.resolveWithMetadata(manifest)).A.source).toBe('stale');
    expect(store.calls).toHaveLength(2);
    pass(10 * MINUTE);
    const { failures } = await resolver.resolveSettled(manifest);
    expect(failures.map(({ name, code }) => `${name} ${code}`)).toEqual(['A Unavailable', 'B Unavailable']);
  });

  it('cache: false reads and keeps nothing, in the one call of the others', async () => {
    const { store, resolver } = setUp();
    store.set('y', 'y1');
    const manifest = { X: { ref: 'app://x', cache: false }, Y: 'app://y' } as const;
    await resolver.resolve(manifest);
    await resolver.resolve(manifest);
    await ask(resolver, { cache: false }, 'app://y');
    expect(await ask(resolver)).toBe('v1 store');
    expect(store.calls.map(({ paths }) => paths.join())).toEqual(['x,y', 'x', 'y', 'x']);
    store.fail('*', 'Unavailable');
    expect(await ask(resolver, { cache: false })).toBe('Unavailable');
  });
});

describe('fresh: true', () => {
  it('asks the store, and what it says is kept', async () => {
    const { store, resolver } = setUp();
    await resolver.resolve('app://x');
    store.set('x', 'v2');
    expect(await ask(resolver, { fresh: true })).toBe('v2 store');
    expect((await resolver.resolve('app://x')).reveal()).toBe('v2');
    expect(store.calls).toHaveLength(2);
    const { X } = await resolver.resolveWithMetadata({ X: 'app://x' }, { fresh: true });
    expect(X.source).toBe('store');
  });

  it('is given no old value', async () => {
    const { store, resolver } = setUp();
    await ask(resolver);
    store.fail('*', 'Unavailable');
    expect(await ask(resolver, { fresh: true })).toBe('Unavailable');
    expect(await ask(resolver)).toBe('v1 cache');
  });
});

describe('invalidate', () => {
  const paths = ['app://x', 'app://y', 'other://x'];
  async function refetched(invalidate: (resolver: Resolver) => void): Promise<string[]> {
    const { store } = setUp();
    const other: MemoryProvider = { ...memory({ x: 'o1' }), retries: 'own' };
    store.set('y', '{"a":"1"}');
    const resolver = createResolver({ providers: { app: store, other } });
    for (const path of paths) await resolver.resolve(path);
    invalidate(resolver);
    const again = [];
    for (const path of paths) {
      if ((await ask(resolver, {}, path)).endsWith('store')) again.push(path);
      await resolver.resolve(path);
    }
    expect(store.calls.length + other.calls.length).toBe(3 + again.length);
    return again;
  }

  it('one reference, with all fields of its document', async () => {
    expect(await refetched((resolver) => resolver.invalidate('app://x'))).toEqual(['app://x']);
    expect(await refetched((resolver) => resolver.invalidate('app://y#a'))).toEqual(['app://y']);
    expect(await refetched((resolver) => resolver.invalidate('app://z'))).toEqual([]);
  });

  it('one provider', async () => {
    expect(await refetched((resolver) => resolver.invalidate({ provider: 'app' }))).toEqual([
      'app://x',
      'app://y',
    ]);
  });

  it('everything', async () => {
    expect(await refetched((resolver) => resolver.invalidate())).toEqual(paths);
  });

  it('each leg of firstOf', async () => {
    const { store } = setUp();
    const first: MemoryProvider = { ...memory(), retries: 'own' };
    const resolver = createResolver({ providers: { app: firstOf(first, store) } });
    for (const target of ['app://x', { provider: 'app' }]) {
      await ask(resolver);
      resolver.invalidate(target);
    }
    await ask(resolver);
    expect([first.calls.length, store.calls.length]).toEqual([3, 3]);
  });

  it('says what is wrong', () => {
    const { resolver } = setUp();
    expect(() => resolver.invalidate('ap://x#canary')).toThrow('there is no provider named "ap"');
    expect(() => resolver.invalidate('canary')).toThrow('there is no "://"');
    expect(() => resolver.invalidate({ provider: 'ap' })).toThrow(
      'invalidate: there is no provider named "ap" (did you mean "app"?)',
    );
    for (const wrong of [null, 3, {}]) {
      expect(() => resolver.invalidate(wrong as never)).toThrow(
        'invalidate: is neither a reference nor { provider: "name" }: leave it out to invalidate everything',
      );
    }
  });
});

describe('a hit', () => {
  it('has no timer and gives what a read gives', async () => {
    const { store, resolver } = setUp();
    store.set('doc', '{"a":"1","b":2}');
    const answers = async () => [
      (await resolver.resolve('app://x')).reveal(),
      (await resolver.resolve('app://doc#a')).reveal(),
      (await resolver.resolve('app://doc#b')).reveal(),
      await resolver.resolve('app://doc#b', { as: as.integer(), sensitive: false }),
      (await resolver.resolve('app://doc')).reveal(),
    ];
    const first = await answers();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    expect(await answers()).toEqual(first);
    expect(first).toEqual(['v1', '1', '2', 2, '{"a":"1","b":2}']);
    expect(timers).not.toHaveBeenCalled();
    expect(store.calls).toHaveLength(2);
  });

  it('of a manifest gives what the manifest says now, and each caller an object of its own', async () => {
    const { store, resolver } = setUp();
    for (const path of ['y', 'z']) store.set(path, path);
    const manifest: Record<string, string> = { X: 'app://x', Y: 'app://y' };
    const answers = async () => {
      const values = await resolver.resolve(manifest);
      const shown = Object.entries(values).map(([name, value]) => `${name} ${value.reveal()}`);
      for (const name of Object.keys(values)) Reflect.deleteProperty(values, name);
      return shown.join();
    };
    expect([await answers(), await answers(), await answers()]).toEqual(Array(3).fill('X v1,Y y'));
    expect(store.calls).toHaveLength(1);
    manifest.Y = 'app://z';
    expect(await answers()).toBe('X v1,Y z');
    const changing = answers();
    manifest.X = 'app://y';
    expect(await changing).toBe('X v1,Y z');
    expect(await answers()).toBe('X y,Y z');
    manifest.X = 'app://x';
    manifest.Z = 'app://z';
    expect(await answers()).toBe('X v1,Y z,Z z');
    Reflect.deleteProperty(manifest, 'X');
    expect(await answers()).toBe('Y z,Z z');
    store.set('z', 'z2');
    resolver.invalidate('app://z');
    expect(await answers()).toBe('Y z2,Z z2');
    manifest.z = 'app://z';
    await expect(answers()).rejects.toThrow('differ only in case');
  });

  it('honours options though the bare reference is cached', async () => {
    const { resolver } = setUp();
    expect((await resolver.resolve('app://x', { as: as.list() })).reveal()).toEqual(['v1']);
    expect((await resolver.resolve('app://x')).reveal()).toBe('v1');
    expect(await resolver.resolve('app://x', { sensitive: false })).toBe('v1');
    await expect(resolver.resolve('app://x', { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    await expect(resolver.resolve('app://x', { as: as.integer() })).rejects.toThrow('is not an integer');
  });

  it('leaves structures of their own to each caller', async () => {
    const { store, resolver } = setUp();
    store.set('map', { a: { b: 1 } });
    const first = await resolver.resolve('app://map#a', { as: as.json(), sensitive: false });
    Object.assign(first as object, { b: 2 });
    expect(await resolver.resolve('app://map#a', { as: as.json(), sensitive: false })).toEqual({ b: 1 });
  });

  it('is refused once the resolver is closed', async () => {
    const { resolver } = setUp();
    await resolver.resolve('app://x');
    await resolver.close();
    await expect(resolver.resolve('app://x')).rejects.toThrow('the resolver is closed: make another');
  });
});
