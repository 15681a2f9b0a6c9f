import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, createResolver, memory } from '../src/index.ts';
import { createRetrier } from '../src/retry.ts';

afterEach(() => vi.restoreAllMocks());

describe('the wait before a retry', () => {
  const delay = fc.integer({ min: 1, max: 100_000 });
  const scenario = fc.record({
    baseDelayMs: delay,
    throttledBaseDelayMs: delay,
    maxDelayMs: delay,
    tries: fc.integer({ min: 1, max: 2_000 }),
    leftMs: fc.double({ min: 0.1, max: 1e9, noNaN: true }),
    causes: fc.array(
      fc.record(
        {
          code: fc.constantFrom('Throttled' as const, 'Unavailable' as const),
          retryAfterMs: fc.integer({ min: 0, max: 200_000 }),
        },
        { requiredKeys: ['code'] },
      ),
      { minLength: 1, maxLength: 5 },
    ),
  });

  it('is anything from the Retry-After to the doubled delay more, before the deadline', () => {
    fc.assert(
      fc.property(scenario, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (given, drawn) => {
        const { causes, tries, leftMs, ...settings } = given;
        vi.spyOn(Math, 'random').mockReturnValue(drawn);
        const verdict = createRetrier({ ...settings, budget: 1 }).next(causes, tries, leftMs);
        const least = Math.max(...causes.map(({ retryAfterMs = 0 }) => retryAfterMs));
        const throttled = causes.some(({ code }) => code === 'Throttled');
        const base = throttled ? settings.throttledBaseDelayMs : settings.baseDelayMs;
        const most = Math.min(settings.maxDelayMs, base * 2 ** (tries - 1));
        if ('refusal' in verdict) {
          expect(least).toBeGreaterThanOrEqual(leftMs);
          return;
        }
        expect(verdict.delayMs).toBeGreaterThanOrEqual(least);
        expect(verdict.delayMs).toBeLessThanOrEqual(leftMs);
        expect(verdict.last).toBe(least + most > leftMs);
        // Full jitter: the draw decides over the whole range.
        expect(verdict.delayMs - least).toBeCloseTo(drawn * Math.min(most, leftMs - least), 3);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([Number.NaN, -1_000])('takes a Retry-After of %d for none', (retryAfterMs) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const retrier = createRetrier({
      baseDelayMs: 100,
      throttledBaseDelayMs: 100,
      maxDelayMs: 100,
      budget: 1,
    });
    const verdict = retrier.next([{ code: 'Throttled', retryAfterMs }], 1, 60_000);
    expect(verdict).toEqual({ delayMs: 50, last: false });
  });

  it('is drawn anew for each', () => {
    const settings = { baseDelayMs: 1_000, throttledBaseDelayMs: 1_000, maxDelayMs: 1_000, budget: 1_000 };
    const retrier = createRetrier(settings);
    const drawn = Array.from({ length: 1_000 }, () => retrier.next([{ code: 'Throttled' }], 1, 60_000));
    const delays = drawn.map((verdict) => ('delayMs' in verdict ? verdict.delayMs : Number.NaN));
    for (const tenth of Array.from({ length: 10 }, (_, index) => index * 100)) {
      const there = delays.filter((ms) => ms >= tenth && ms < tenth + 100);
      // 100 are expected; 50 and 150 are five standard deviations away.
      expect(there.length).toBeGreaterThan(50);
      expect(there.length).toBeLessThan(150);
    }
  });
});

describe('wrong options', () => {
  function problemsOf(retry: unknown): string[] {
    try {
      createResolver({ providers: { app: memory() }, retry: retry as never });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map(({ place, message }) => `${place}: ${message}`);
    }
    return [];
  }
  const form =
    'is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"';
  const count = 'retry.budget: is no whole number of 1 or more; `retry: false` turns retries off';

  it.each<[unknown, string[]]>([
    [true, ['retry: is neither false nor an object such as { maxDelay: "10s" }']],
    [null, ['retry: is neither false nor an object such as { maxDelay: "10s" }']],
    [3, ['retry: is neither false nor an object such as { maxDelay: "10s" }']],
    [[], ['retry: is neither false nor an object such as { maxDelay: "10s" }']],
    [{ baseDelay: -1 }, [`retry.baseDelay: ${form}`]],
    [{ throttledBaseDelay: '5 minuts' }, [`retry.throttledBaseDelay: ${form}`]],
    [{ maxDelay: Number.NaN }, [`retry.maxDelay: ${form}`]],
    [{ maxDelay: null }, [`retry.maxDelay: ${form}`]],
    [{ baseDelay: 0 }, ['retry.baseDelay: has to be more than 0; `retry: false` turns retries off']],
    [{ baseDelay: '2s', maxDelay: '1s' }, ['retry.baseDelay: is longer than maxDelay, which is 1000 ms']],
    [{ throttledBaseDelay: '20s' }, ['retry.throttledBaseDelay: is longer than maxDelay, which is 10000 ms']],
    [{ budget: 0 }, [count]],
    [{ budget: -1 }, [count]],
    [{ budget: 1.5 }, [count]],
    [{ budget: Number.NaN }, [count]],
    [{ budget: Infinity }, [count]],
    [{ budget: '100' }, [count]],
    [
      { budgte: 1, attempts: 3, baseDelay: '-1s', maxDelay: 0 },
      [
        'retry.budgte: unknown key (did you mean "budget"?)',
        'retry.attempts: unknown key (known: baseDelay, throttledBaseDelay, maxDelay, budget)',
        `retry.baseDelay: ${form}`,
        'retry.maxDelay: has to be more than 0; `retry: false` turns retries off',
      ],
    ],
  ])('%j', (retry, expected) => {
    expect(problemsOf(retry)).toEqual(expected);
  });

  it.each([
    undefined,
    false,
    {},
    { budget: undefined, baseDelay: undefined },
    { maxDelay: '50ms' },
    { baseDelay: '1s', throttledBaseDelay: 1, maxDelay: '1s', budget: 1 },
  ])('none in %j', (retry) => {
    expect(problemsOf(retry)).toEqual([]);
  });
});
