import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { as, type Detailed, type EntryOptions, memory, ResolveError, type Secret } from '../src/index.ts';
import { countListeners } from './support/abort-listeners.ts';
import { jump, pass, settle, stopClocks } from './support/clocks.ts';
import { warned } from './support/warnings.ts';

stopClocks();
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

const MINUTE = 60_000;

/** What each `next()` comes to: `value source`, `done` or `rejected: …`; `waits` until then. */
function follow(versions: AsyncIterable<Detailed<Secret<string> | undefined>>) {
  const iterator = versions[Symbol.asyncIterator]();
  const seen: string[] = [];
  return {
    iterator,
    seen,
    next(): void {
      const at = seen.push('waits') - 1;
      iterator.next().then(
        ({ done, value }) => {
          seen[at] = done ? 'done' : `${value.value?.reveal()} ${value.source}`;
        },
        (error: unknown) => {
          seen[at] = `rejected: ${error instanceof ResolveError ? error.failures[0]?.code : error}`;
        },
      );
    },
  };
}

/** Time passes, and all that it sets off happens. */
async function later(milliseconds: number): Promise<void> {
  await settle();
  pass(milliseconds);
  await settle();
}

describe('versions', () => {
  it('gives the current one, then each that is stored anew, once', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    await settle();
    watch.next();
    await later(MINUTE);
    expect([watch.seen, app.calls.length]).toEqual([['v1 store', 'waits'], 2]);
    app.set('x', 'v2');
    await later(MINUTE - 1);
    expect(watch.seen[1]).toBe('waits');
    await later(1);
    watch.next();
    await later(5 * MINUTE);
    expect(watch.seen).toEqual(['v1 store', 'v2 store', 'waits']);
    await resolver.close();
  });

  it('for await, with a conversion', async () => {
    const app = memory({ x: '1' });
    const { resolver } = warned({ app });
    const seen: number[] = [];
    const loop = (async () => {
      for await (const { value } of resolver.watch('app://x', { as: as.integer(), sensitive: false })) {
        seen.push(value);
        if (value === 3) break;
      }
    })();
    for (const text of ['2', '3']) {
      await settle();
      app.set('x', text);
      await later(MINUTE);
    }
    await loop;
    expect(seen).toEqual([1, 2, 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('checks after the interval, up to a tenth earlier', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    vi.mocked(Math.random).mockReturnValue(0.5);
    const watch = follow(resolver.watch('app://x', { interval: '10s' }));
    watch.next();
    await settle();
    watch.next();
    await later(9_499);
    expect(app.calls).toHaveLength(1);
    await later(1);
    expect(app.calls).toHaveLength(2);
    await resolver.close();
  });

  it('a slow consumer gets the newest, at once, and nothing runs meanwhile', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    await settle();
    for (const value of ['v2', 'v3', 'v4']) {
      app.set('x', value);
      await later(MINUTE);
    }
    expect([app.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
    watch.next();
    await settle();
    expect(watch.seen).toEqual(['v1 store', 'v4 store']);
  });

  it('after a sleep of the machine the next check is at once', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    await settle();
    app.set('x', 'v2');
    jump(MINUTE);
    watch.next();
    await settle();
    expect(watch.seen).toEqual(['v1 store', 'v2 store']);
  });

  it('calls of next() that do not wait for one another get a version each', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    watch.next();
    watch.next();
    await settle();
    app.set('x', 'v2');
    await later(MINUTE);
    expect(watch.seen).toEqual(['v1 store', 'v2 store', 'waits']);
    await resolver.close();
  });

  it('the first may come from the cache; then the store is asked at once', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://x');
    app.set('x', 'v2');
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    watch.next();
    watch.next();
    await settle();
    expect(watch.seen).toEqual(['v1 cache', 'v2 store', 'waits']);
    expect(app.calls).toHaveLength(2);
    expect((await resolver.resolve('app://x')).reveal()).toBe('v2');
    await resolver.close();
  });

  it('begins while the store is down, with a value that may stand in', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app }, { cache: { jitter: 0 } });
    await resolver.resolve('app://x');
    app.fail('*', 'Unavailable');
    pass(10 * MINUTE);
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    await settle();
    expect(watch.seen).toEqual(['v1 stale']);
  });

  it('a local provider can be watched', async () => {
    const files = { ...memory({ 'mounted/password': 'v1' }), local: true as const };
    const { resolver } = warned({ files });
    const watch = follow(resolver.watch('files://mounted/password'));
    watch.next();
    await settle();
    files.set('mounted/password', 'v2');
    watch.next();
    await later(MINUTE);
    expect(watch.seen).toEqual(['v1 store', 'v2 store']);
  });

  it('each iteration begins with the current version', async () => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    const versions = resolver.watch('app://x', { cache: false });
    for (const value of ['v1', 'v2']) {
      app.set('x', value);
      for await (const detailed of versions) {
        expect(detailed.value.reveal()).toBe(value);
        break;
      }
    }
  });

  it('absence is a version of an optional secret', async () => {
    const app = memory();
    const { resolver } = warned({ app });
    const watch = follow(resolver.watch('app://x', { optional: true }));
    watch.next();
    watch.next();
    await later(MINUTE);
    expect([watch.seen, app.calls.length]).toEqual([['undefined absent', 'waits'], 3]);
    app.set('x', 'v1');
    await later(MINUTE);
    app.delete('x');
    watch.next();
    await later(MINUTE);
    expect(watch.seen).toEqual(['undefined absent', 'v1 store', 'undefined absent']);
    const { length: calls } = app.calls;
    watch.next();
    await later(MINUTE - 1);
    expect(app.calls).toHaveLength(calls);
    await resolver.close();
  });
});

describe('what counts as a change', () => {
  it.each<[EntryOptions, string]>([
    [{ optional: true }, 'undefined absent'],
    [{ default: 'd' }, 'd default'],
  ])('not whether a value is empty or not there, where it may be either: %o', async (options, stand) => {
    const app = memory({ x: '' });
    const { resolver } = warned({ app }, { allowDefaults: true });
    const watch = follow(resolver.watch('app://x', options));
    watch.next();
    watch.next();
    await settle();
    app.delete('x');
    await later(MINUTE);
    expect([watch.seen, app.calls.length]).toEqual([[stand, 'waits'], 3]);
    await resolver.close();
  });

  const bytes = (...values: number[]) => Uint8Array.from(values);
  it.each([
    ['the text', 'app://x', {}, 'a', 'a', 'b'],
    ['the bytes', 'app://x', { as: as.bytes() }, bytes(1, 2), bytes(1, 2), bytes(1, 3)],
    ['bytes in whatever array', 'app://x', { as: as.bytes() }, bytes(1), Buffer.from([1]), Buffer.from([2])],
    ['the number of bytes', 'app://x', { as: as.bytes() }, bytes(1), bytes(1), bytes(1, 2)],
    ['bytes taken as text', 'app://x', {}, bytes(97), 'a', bytes(98)],
    ['the fields', 'app://x', { as: as.json() }, { a: 1 }, { a: 1 }, { a: 2 }],
    ['the field', 'app://x#a', {}, '{"a":"1","b":"1"}', '{"a":"1","b":"2"}', '{"a":"2","b":"2"}'],
    [
      'the object in a field',
      'app://x#a',
      { as: as.json() },
      { a: { b: 1 } },
      { a: { b: 1 }, c: 1 },
      { a: {} },
    ],
    // What it is converted to is the same.
    ['the stored text', 'app://x', { as: as.integer() }, '1', '1', '01'],
  ])('%s', async (_what, reference, options, first, same, other) => {
    const app = memory({ x: first });
    const { resolver } = warned({ app });
    const iterator = resolver.watch(reference, options)[Symbol.asyncIterator]();
    await iterator.next();
    const next = vi.fn();
    const second = iterator.next().then(next);
    app.set('x', same, { version: '2' });
    await later(MINUTE);
    expect([next.mock.calls.length, app.calls.length]).toEqual([0, 2]);
    app.set('x', other);
    await later(MINUTE);
    await second;
    expect(next).toHaveBeenCalledWith({ done: false, value: expect.objectContaining({ source: 'store' }) });
  });

  it('what is seen is a history of the store: no version twice in a row, and the last one at the end', async () => {
    const step = fc.oneof(
      fc.record({ set: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ pass: fc.integer({ min: 1, max: 2 * MINUTE }) }),
      fc.record({
        fail: fc.constantFrom('Unavailable' as const, 'AccessDenied' as const, 'NotFound' as const),
      }),
      fc.constant('mend' as const),
      fc.constant('next' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const app = memory({ x: 'a' });
        const { resolver, warnings } = warned({ app });
        const iterator = resolver.watch('app://x')[Symbol.asyncIterator]();
        const history = ['a'];
        const seen: string[] = [];
        let waiting = false;
        const next = () => {
          if (waiting) return;
          waiting = true;
          void iterator.next().then(({ done, value }) => {
            waiting = false;
            if (!done) seen.push(value.value.reveal());
          });
        };
        next();
        await settle();
        for (const each of steps) {
          if (each === 'next') next();
          else if (each === 'mend') app.mend();
          else if ('set' in each) {
            app.set('x', each.set);
            history.push(each.set);
          } else if ('fail' in each) app.fail('x', each.fail);
          else pass(each.pass);
          await settle();
        }
        app.mend();
        next();
        for (let turn = 0; turn < 2; turn++) await later(MINUTE);
        await resolver.close();

        expect(seen.at(-1)).toBe(history.at(-1));
        let at = -1;
        for (const [index, value] of seen.entries()) {
          expect(value).not.toBe(seen[index - 1]);
          at = history.indexOf(value, at + 1);
          expect(at).toBeGreaterThanOrEqual(0);
        }
        expect(warnings.join()).not.toMatch(/\b[abc]\b/);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('failures', () => {
  it('the first rejects as resolve does, and ends the iteration', async () => {
    const app = memory({ x: 'v1' });
    app.fail('x', 'AccessDenied');
    const { resolver, warnings } = warned({ app });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    watch.next();
    await settle();
    expect([watch.seen, warnings]).toEqual([['rejected: AccessDenied', 'done'], []]);
    await expect(resolver.watch('app://y')[Symbol.asyncIterator]().next()).rejects.toThrow(
      /^1 secret could not be resolved:\n {2}app:\/\/y: NotFound: not found in app \(memory\)\n/,
    );
  });

  it.each([
    'Unavailable',
    'Throttled',
    'AccessDenied',
    'Unauthenticated',
    'NotFound',
    'Disabled',
    'Misconfigured',
    'Unknown',
  ] as const)('later ones keep it going: %s, one warning for each streak', async (code) => {
    const app = memory({ x: 'canary-1' });
    const { resolver, warnings } = warned({ app });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    await settle();
    watch.next();
    const warning = `memory: app://x: ${code}: because; for its watch the last value stands`;
    for (const streak of [1, 2]) {
      app.fail('x', { code, message: 'because' });
      await later(MINUTE);
      await later(MINUTE);
      expect(warnings).toEqual(Array.from({ length: streak }, () => warning));
      app.mend();
      await later(MINUTE);
    }
    expect(watch.seen).toEqual(['canary-1 store', 'waits']);
    app.set('x', 'canary-2');
    await later(MINUTE);
    expect(watch.seen[1]).toBe('canary-2 store');
  });

  it('a value that cannot be converted is one', async () => {
    const app = memory({ x: '1' });
    const { resolver, warnings } = warned({ app });
    const iterator = resolver.watch('app://x', { as: as.integer() })[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    app.set('x', 'canary');
    await later(MINUTE);
    expect(warnings).toEqual([
      'memory: app://x: InvalidValue: is not an integer; for its watch the last value stands',
    ]);
    app.set('x', '2');
    await later(MINUTE);
    const { value } = await next;
    expect(value?.value.reveal()).toBe(2);
  });

  it('a listener of warnings that throws does not end it', async () => {
    const app = memory({ x: 'v1' });
    const onWarning = vi.fn(() => {
      throw new Error('from the listener');
    });
    const { resolver } = warned({ app }, { onWarning });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    watch.next();
    await settle();
    app.fail('x', 'Unavailable', 1);
    await later(MINUTE);
    app.set('x', 'v2');
    await later(MINUTE);
    expect([onWarning.mock.calls.length, watch.seen]).toEqual([1, ['v1 store', 'v2 store']]);
  });
});

describe('the end', () => {
  it('return() ends a next() that waits', async () => {
    const { resolver } = warned({ app: memory({ x: 'v1' }) });
    const watch = follow(resolver.watch('app://x'));
    watch.next();
    watch.next();
    await settle();
    expect(await watch.iterator.return?.()).toEqual({ done: true, value: undefined });
    watch.next();
    await settle();
    expect(watch.seen).toEqual(['v1 store', 'done', 'done']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['while it waits for the next check', 'waits'],
    ['while it reads', 'reads'],
    ['between two calls of next()', 'idle'],
    ['before the first', 'new'],
  ])('an abort rejects with its reason: %s', async (_when, state) => {
    const app = memory({ x: 'v1' });
    const { resolver } = warned({ app });
    const abort = new AbortController();
    const watch = follow(resolver.watch('app://x', { signal: abort.signal, cache: false }));
    if (state !== 'new') watch.next();
    await settle();
    if (state === 'reads') app.fail('x', 'hang');
    if (state === 'reads' || state === 'waits') watch.next();
    await later(state === 'reads' ? MINUTE : 0);
    abort.abort('left');
    await settle();
    if (state === 'idle' || state === 'new') watch.next();
    watch.next();
    await settle();
    expect(watch.seen.slice(-2)).toEqual(['rejected: left', 'done']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['while it waits for the next check', 'waits'],
    ['while it reads', 'reads'],
    ['while it reads the first', 'first'],
    ['between two calls of next()', 'idle'],
  ])('closing the resolver ends it: %s', async (_when, state) => {
    const app = memory({ x: 'v1' });
    const { resolver, warnings } = warned({ app });
    const watch = follow(resolver.watch('app://x'));
    if (state === 'first') app.fail('x', 'hang');
    watch.next();
    await settle();
    if (state === 'reads') app.fail('x', 'hang');
    if (state === 'reads' || state === 'waits') watch.next();
    await later(state === 'reads' ? MINUTE : 0);
    const { length: calls } = app.calls;
    await resolver.close();
    if (state === 'idle') watch.next();
    await settle();
    expect([watch.seen.at(-1), app.calls.length, warnings]).toEqual(['done', calls, []]);
    expect(vi.getTimerCount()).toBe(0);
    expect(() => resolver.watch('app://x')).toThrow('the resolver is closed: make another');
  });

  it('100 watches that were opened and closed leave neither timer nor listener', async () => {
    const { resolver } = warned({ app: memory({ x: 'v1' }) });
    const { signal } = new AbortController();
    const listeners = countListeners();
    const watches = Array.from({ length: 100 }, () => follow(resolver.watch('app://x', { signal })));
    for (const watch of watches) {
      watch.next();
      watch.next();
    }
    await settle();
    expect([vi.getTimerCount(), listeners() > 200]).toEqual([100, true]);
    for (const { iterator } of watches) await iterator.return?.();
    expect([vi.getTimerCount(), listeners()]).toEqual([0, 0]);
  });
});
