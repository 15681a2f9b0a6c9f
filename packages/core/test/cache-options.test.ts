import { describe, expect, it } from 'vitest';
import { ConfigError, createResolver, memory } from '../src/index.ts';

const FORM = 'a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"';
const OFF = '`cache: false` turns caching off';

/** The problems of a resolver with this `cache`, a line each; empty when there are none. */
function problemsOf(cache: unknown): string[] {
  try {
    createResolver({ providers: { app: memory() }, cache: cache as never });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
}

/** As `problemsOf`, for an entry's `cache`. */
async function entryProblemsOf(cache: unknown): Promise<string[]> {
  const resolver = createResolver({ providers: { app: memory({ x: 'v' }) } });
  const error = await resolver.resolve({ X: { ref: 'app://x', cache: cache as never } }).catch((it) => it);
  return error instanceof ConfigError
    ? error.problems.map(({ place, message }) => `${place}: ${message}`)
    : [];
}

describe('the cache option', () => {
  it.each([
    undefined,
    false,
    {},
    { ttl: undefined },
    { ttl: 1, staleWhileRevalidate: 0, staleIfError: 0, negativeTtl: 0, jitter: 0, maxEntries: 1 },
    { ttl: '10s', staleWhileRevalidate: '1m', staleIfError: '60s', negativeTtl: '10s' },
    { jitter: 1, maxEntries: Infinity },
    { staleWhileRevalidate: '5m', staleIfError: 0 },
  ])('takes %o', (cache) => {
    expect(problemsOf(cache)).toEqual([]);
  });

  it('names every mistake at once', () => {
    expect(
      problemsOf({
        ttl: -1,
        staleWhileRevalidate: '5 minuts',
        staleIfError: Number.NaN,
        negativeTtl: Infinity,
      }),
    ).toEqual([
      `cache.ttl: is no duration: ${FORM}`,
      `cache.staleWhileRevalidate: is no duration: ${FORM}`,
      `cache.staleIfError: is no duration: ${FORM}`,
      `cache.negativeTtl: is no duration: ${FORM}`,
    ]);
    expect(problemsOf({ tll: 1, jitter: 2, maxEntries: 0 })).toEqual([
      'cache.tll: unknown key (did you mean "ttl"?)',
      'cache.jitter: is no number from 0 to 1',
      `cache.maxEntries: is no whole number of 1 or more; ${OFF}`,
    ]);
  });

  it.each([0, '0s'])('a ttl of %s is an error that says what to do', (ttl) => {
    expect(problemsOf({ ttl })).toEqual([`cache.ttl: has to be more than 0; ${OFF}`]);
  });

  it.each([-0.1, Number.NaN, '0.1', null])('refuses jitter %s', (jitter) => {
    expect(problemsOf({ jitter })).toEqual(['cache.jitter: is no number from 0 to 1']);
  });

  it.each([1.5, -1, Number.NaN, '10'])('refuses maxEntries %s', (maxEntries) => {
    expect(problemsOf({ maxEntries })).toEqual([`cache.maxEntries: is no whole number of 1 or more; ${OFF}`]);
  });

  it.each([true, null, '5m', 300, []])('refuses %o', (cache) => {
    expect(problemsOf(cache)).toEqual(['cache: is neither false nor an object such as { ttl: "5m" }']);
  });

  it('refuses bounds that contradict one another', () => {
    expect(problemsOf({ ttl: '5s', negativeTtl: '6s' })).toEqual([
      'cache.negativeTtl: is longer than ttl: what is absent would be kept for longer than what is there',
    ]);
    expect(problemsOf({ staleWhileRevalidate: '2m', staleIfError: '1m' })).toEqual([
      'cache.staleIfError: is shorter than staleWhileRevalidate: a store that fails would be bridged for less long than one that answers',
    ]);
  });
});

describe('the cache option of an entry', () => {
  it('is checked as the one of a resolver, and has no jitter and no maxEntries', async () => {
    expect(await entryProblemsOf({ ttl: 0, negativeTtl: 'soon', jitter: 0, maxEntries: 5 })).toEqual([
      'X.cache.jitter: unknown key (known: ttl, staleWhileRevalidate, staleIfError, negativeTtl)',
      'X.cache.maxEntries: unknown key (known: ttl, staleWhileRevalidate, staleIfError, negativeTtl)',
      `X.cache.negativeTtl: is no duration: ${FORM}`,
      `X.cache.ttl: has to be more than 0; ${OFF}`,
    ]);
    expect(await entryProblemsOf('5m')).toEqual([
      'X.cache: is neither false nor an object such as { ttl: "5m" }',
    ]);
    for (const cache of [undefined, false, {}, { ttl: '1s' }])
      expect(await entryProblemsOf(cache)).toEqual([]);
  });
});

describe('fresh', () => {
  it('is true or false', async () => {
    const resolver = createResolver({ providers: { app: memory({ x: 'v' }) } });
    await expect(resolver.resolve('app://x', { fresh: 'yes' as never })).rejects.toThrow(
      'fresh: is neither true nor false',
    );
  });
});
