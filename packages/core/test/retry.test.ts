import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import {
  createResolver,
  type ErrorCode,
  firstOf,
  type MemoryProvider,
  memory,
  type Provider,
  ResolveError,
  type ResolverOptions,
} from '../src/index.ts';

// What a wait is drawn to is said by each test; half of what it may be where nothing is said.
let random: MockInstance<typeof Math.random>;

beforeEach(() => {
  vi.useFakeTimers();
  random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A resolver without a cache over one provider named `app`. */
function resolverOf(app: ResolverOptions['providers'][string], options: Partial<ResolverOptions> = {}) {
  return createResolver({ providers: { app }, cache: false, ...options });
}

/** What came of some work, and how many milliseconds it took. */
async function ended(work: Promise<unknown>): Promise<{ result: unknown; after: number }> {
  const start = performance.now();
  const result = work
    .catch((error: unknown) => {
      if (!(error instanceof ResolveError)) return error;
      return error.failures.map(({ name, code, message }) => `${name} ${code}: ${message}`);
    })
    .then((value) => ({ result: value, after: Math.round(performance.now() - start) }));
  await vi.runAllTimersAsync();
  return result;
}

const paths = ({ calls }: MemoryProvider) => calls.map((call) => call.paths.join(''));

/** A manifest of plain values with a name for each letter. */
const letters = (text: string) =>
  Object.fromEntries([...text].map((name) => [name, { ref: `app://${name}`, sensitive: false as const }]));

describe('what is tried again', () => {
  const codes: readonly [ErrorCode, boolean][] = [
    ['Throttled', true],
    ['Unavailable', true],
    ['NotFound', false],
    ['AccessDenied', false],
    ['Unauthenticated', false],
    ['InvalidReference', false],
    ['InvalidValue', false],
    ['Disabled', false],
    ['Misconfigured', false],
    ['Refused', false],
    ['Unknown', false],
  ];

  it.each(codes)('an item that is %s: %s', async (code, again) => {
    const app = memory({ a: '1' });
    app.fail('a', code, 2);
    const { result } = await ended(resolverOf(app).resolve(letters('a')));
    expect(app.calls).toHaveLength(again ? 3 : 1);
    if (again) expect(result).toEqual({ a: '1' });
    else expect(result).toEqual([expect.stringMatching(new RegExp(`^a ${code}: [^;]+$`))]);
  });

  it.each(codes)('a call that is %s: %s', async (code, again) => {
    const app = memory({ a: '1' });
    app.fail('*', code, 2);
    const { result } = await ended(resolverOf(app).resolve(letters('a')));
    expect(app.calls).toHaveLength(again ? 3 : 1);
    if (again) expect(result).toEqual({ a: '1' });
  });

  it('of a batch, the items that failed and no others', async () => {
    const app = memory({ a: '1', b: '2', c: '3', d: '4', e: '5' }, { batchSize: 3 });
    app.fail('a', 'Throttled', 2);
    app.fail('c', 'Unavailable', 1);
    app.fail('d', 'AccessDenied');
    const { result } = await ended(resolverOf(app).resolve(letters('abcde')));
    expect(result).toEqual(['d AccessDenied: the store denies access in app (memory)']);
    expect(paths(app)).toEqual(['abc', 'de', 'ac', 'a']);
  });

  it('the calls that isolate a spoiler, each by itself', async () => {
    const app = memory({ a: '1', b: '2', c: '3', d: '4' }, { batchSize: 4 });
    app.fail('*', 'Throttled', 1);
    app.spoil('d', 'AccessDenied');
    app.fail('b', 'Throttled', 1);
    app.fail('c', 'Throttled', 1);
    const { result, after } = await ended(resolverOf(app).resolve(letters('abcd')));
    expect(result).toEqual(['d AccessDenied: the store denies access in app (memory)']);
    expect(paths(app)).toEqual(['abcd', 'abcd', 'ab', 'cd', 'c', 'd', 'b', 'c']);
    // Half of 1 s for the first attempt and half of 2 s for the second: isolation is none.
    expect(after).toBe(500 + 1_000);
  });

  it('a call that timed out, within the deadline', async () => {
    const app = memory({ a: '1' });
    app.fail('a', 'hang', 2);
    const { result, after } = await ended(resolverOf(app, { timeout: '3s' }).resolve(letters('a')));
    expect({ result, after }).toEqual({ result: { a: '1' }, after: 3_000 + 50 + 3_000 + 100 });
  });

  it('nothing, where the client retries by itself', async () => {
    const store = memory();
    store.fail('*', 'Unavailable');
    const app: Provider = { ...store, retries: 'own' };
    const { result } = await ended(resolverOf(app).resolve(letters('a')));
    expect(result).toEqual(['a Unavailable: no valid answer could be had in app (memory)']);
    expect(store.calls).toHaveLength(1);
  });

  it('nothing, where retries are off', async () => {
    const app = memory();
    app.fail('*', 'Throttled');
    const { result } = await ended(resolverOf(app, { retry: false }).resolve(letters('a')));
    expect(result).toEqual(['a Throttled: the store asked us to slow down in app (memory)']);
    expect(app.calls).toHaveLength(1);
  });

  it('not what passes to the next leg of firstOf(), but that leg', async () => {
    const first = memory();
    const second = memory({ a: '2' });
    first.fail('*', 'Unavailable');
    second.fail('*', 'Unavailable', 1);
    const app = firstOf(first, second, { on: ['NotFound', 'Unavailable'] });
    expect(await ended(resolverOf(app).resolve(letters('a')))).toEqual({ result: { a: '2' }, after: 50 });
    expect([first.calls.length, second.calls.length]).toEqual([1, 2]);
    first.fail('*', 'Throttled', 1);
    await ended(resolverOf(app).resolve(letters('b')));
    expect([first.calls.length, second.calls.length]).toEqual([3, 3]);
  });
});

describe('when', () => {
  it('the wait doubles, and what the deadline cuts short is the last', async () => {
    const app = memory();
    const at: number[] = [];
    const start = performance.now();
    const store: Provider = {
      ...app,
      fetch: (...args) => {
        at.push(performance.now() - start);
        return app.fetch(...args);
      },
    };
    app.fail('*', { code: 'Unavailable', message: 'refused' });
    const { result, after } = await ended(resolverOf(store, { deadline: '1s' }).resolve(letters('a')));
    // Half of 100, 200 and 400 ms, then half of the 650 ms that are left.
    expect(at).toEqual([0, 50, 150, 350, 675]);
    expect({ result, after }).toEqual({ result: ['a Unavailable: refused; 5 attempts'], after: 675 });
  });

  it('later for Throttled, at most maxDelay', async () => {
    const app = memory({ a: '1' });
    app.fail('*', 'Throttled', 4);
    const retry = { baseDelay: 10, throttledBaseDelay: '2s', maxDelay: '5s', budget: 10 };
    const { after } = await ended(resolverOf(app, { deadline: '60s', retry }).resolve(letters('a')));
    expect(after).toBe(1_000 + 2_000 + 2_500 + 2_500);
  });

  it("never before the store's Retry-After, of which the longest counts", async () => {
    const app = memory({ a: '1', b: '2' });
    app.fail('a', { code: 'Unavailable', retryAfterMs: 4_000 }, 1);
    app.fail('b', { code: 'Unavailable', retryAfterMs: 2_000 }, 1);
    const { after } = await ended(resolverOf(app).resolve(letters('ab')));
    expect(after).toBe(4_000 + 50);
    random.mockReturnValue(0);
    app.fail('*', { code: 'Throttled', retryAfterMs: 4_000 }, 1);
    expect((await ended(resolverOf(app).resolve(letters('a')))).after).toBe(4_000);
  });

  it('at once not at all, where the Retry-After lies beyond the deadline', async () => {
    const app = memory();
    app.fail('*', { code: 'Throttled', message: 'the quota is used up', retryAfterMs: 60_000 });
    expect(await ended(resolverOf(app).resolve(letters('a')))).toEqual({
      result: [
        'a Throttled: the quota is used up; not tried again: the store says to wait 60000 ms, and the deadline is before that',
      ],
      after: 0,
    });
    expect(app.calls).toHaveLength(1);
  });

  it('without holding a place that another call could use', async () => {
    const app = memory({ a: '1', b: '2' }, { concurrency: 1 });
    app.fail('a', { code: 'Throttled', retryAfterMs: 5_000 }, 1);
    const resolver = resolverOf(app);
    const slow = resolver.resolve(letters('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await ended(resolver.resolve(letters('b')))).toEqual({ result: { b: '2' }, after: 0 });
    expect(await slow).toEqual({ a: '1' });
  });
});

describe('how it ends', () => {
  it("with the store's own last word, though the deadline cut the attempt after it", async () => {
    const app = memory({ b: '2' });
    app.fail('a', { code: 'Throttled', message: 'rate exceeded' }, 1);
    const options = { deadline: '2s', timeout: '10s' };
    const work = resolverOf(app, options).resolve(letters('ab'));
    await vi.advanceTimersByTimeAsync(0);
    app.fail('a', 'hang');
    expect(await ended(work)).toEqual({ result: ['a Throttled: rate exceeded; 2 attempts'], after: 2_000 });
  });

  it('with the default words of a code that was tried more than once', async () => {
    const app = memory();
    app.fail('*', 'Unavailable');
    const { result } = await ended(resolverOf(app, { deadline: 40 }).resolve(letters('a')));
    expect(result).toEqual(['a Unavailable: no valid answer could be had; 2 attempts']);
  });

  it('without a word of attempts for another code', async () => {
    const app = memory();
    app.fail('*', 'Throttled', 1);
    const { result } = await ended(resolverOf(app).resolve(letters('a')));
    expect(result).toEqual(['a NotFound: not found in app (memory)']);
  });

  it("at once at a caller's abort, with nothing left open", async () => {
    const app = memory({}, { batchSize: 1 });
    app.fail('*', 'Throttled');
    const controller = new AbortController();
    const work = resolverOf(app).resolve(letters('abc'), { signal: controller.signal });
    await vi.advanceTimersByTimeAsync(100);
    expect(app.calls).toHaveLength(3);
    const reason = new Error('mine');
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(app.calls).toHaveLength(3);
  });

  it('at once when the resolver is closed, and nothing is called after that', async () => {
    const app = memory();
    app.fail('*', 'Throttled');
    const resolver = resolverOf(app);
    const work = resolver.resolveSettled(letters('a'));
    await vi.advanceTimersByTimeAsync(100);
    expect(app.calls).toHaveLength(1);
    const closed = resolver.close();
    expect((await work).failures).toMatchObject([{ code: 'Throttled' }]);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    expect(app.calls).toHaveLength(1);
  });
});

describe('the budget', () => {
  it('empties, and comes back by one a second', async () => {
    const app = memory();
    app.fail('*', { code: 'Unavailable', message: 'refused' });
    const resolver = resolverOf(app, { retry: { budget: 3 } });
    const refused = (attempts: string) =>
      `a Unavailable: refused; ${attempts}not tried again: the retry budget of 3 is used up`;
    expect(await ended(resolver.resolve(letters('a')))).toEqual({
      result: [refused('4 attempts; ')],
      after: 50 + 100 + 200,
    });
    expect(await ended(resolver.resolve(letters('a')))).toEqual({ result: [refused('')], after: 0 });
    // 350 ms of the first second have passed.
    await vi.advanceTimersByTimeAsync(649);
    expect((await ended(resolver.resolve(letters('a')))).result).toEqual([refused('')]);
    await vi.advanceTimersByTimeAsync(1_000 + 1);
    expect((await ended(resolver.resolve(letters('a')))).result).toEqual([refused('3 attempts; ')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await ended(resolver.resolve(letters('a')))).result).toEqual([refused('4 attempts; ')]);
  });

  it('is of one provider in one resolver', async () => {
    const stores = { app: memory(), other: memory() };
    for (const store of Object.values(stores)) store.fail('*', 'Unavailable');
    const make = () => createResolver({ providers: stores, cache: false, retry: { budget: 1 } });
    const resolver = make();
    await ended(resolver.resolve({ a: 'app://a', b: 'other://b' }));
    expect([stores.app.calls.length, stores.other.calls.length]).toEqual([2, 2]);
    await ended(make().resolve({ a: 'app://a' }));
    expect(stores.app.calls).toHaveLength(4);
  });

  it('keeps an outage of 1,000 resolves to their own calls, the budget and one a second', async () => {
    random.mockRestore();
    const app = memory({}, { latency: 5 });
    app.fail('*', 'Unavailable');
    const resolver = resolverOf(app, { deadline: '10s' });
    const start = performance.now();
    const { result } = await ended(
      Promise.all(
        Array.from({ length: 1_000 }, async (_, index) => {
          // Spread over a minute, and the first hundred at once.
          await new Promise((done) => setTimeout(done, Math.max(0, index - 100) * 66));
          return resolver.resolveSettled(letters('a'));
        }),
      ),
    );
    const seconds = (performance.now() - start) / 1_000;
    expect(result).toHaveLength(1_000);
    expect(seconds).toBeGreaterThan(59);
    expect(app.calls.length).toBeLessThanOrEqual(1_000 + 100 + seconds);
    expect(app.calls.length).toBeGreaterThan(1_000 + 100 + 50);
  });
});
