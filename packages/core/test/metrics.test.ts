import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createResolver, firstOf, type MemoryProvider, memory, type Resolver } from '../src/index.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { held } from './support/held.ts';
import { snapshotBox } from './support/snapshot-box.ts';
import { warned } from './support/warnings.ts';

stopClocks();
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

const MINUTE = 60_000;

/** What was counted of a provider and is not 0, without its latency and its ages. */
function counted(resolver: Resolver, name = 'app') {
  const { latencyMs: _latency, ages: _ages, kind: _kind, ...counts } = resolver.metrics()[name] ?? {};
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

function latencyOf(resolver: Resolver, name = 'app') {
  const found = resolver.metrics()[name]?.latencyMs;
  if (found === undefined) throw new Error(`there is no provider ${name}`);
  const { bounds, counts, ...rest } = found;
  const filled = counts.flatMap((count, at) => (count > 0 ? [[bounds[at] ?? 'beyond', count]] : []));
  return { ...rest, filled: Object.fromEntries(filled) };
}

function once(values: Parameters<typeof memory>[0]): MemoryProvider {
  return { ...memory(values), retries: 'own' };
}

async function later(milliseconds: number): Promise<void> {
  await settle();
  pass(milliseconds);
  await settle();
}

it('every provider is there from the start, by its name and its place', () => {
  const shared = memory();
  const { resolver } = warned({
    app: firstOf(shared, { ...memory(), kind: 'other' }),
    again: shared,
    here: { ...memory(), local: true },
  });
  const ages = { fresh: 0, due: 0, overdue: 0, unknown: 0, exempt: 0 };
  const zero = { hits: 0, misses: 0, stale: 0, calls: 0, failures: 0, retries: 0, ages };
  const latencyMs = {
    count: 0,
    sum: 0,
    max: 0,
    bounds: [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
    counts: Array.from({ length: 13 }, () => 0),
  };
  const metrics = resolver.metrics();
  expect(metrics).toEqual({
    app: { kind: 'memory', ...zero, latencyMs },
    'app/2': { kind: 'other', ...zero, latencyMs },
    here: { kind: 'memory', ...zero, latencyMs },
  });
  expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
});

it('is as it was when it was asked for', async () => {
  const { resolver } = warned({ app: memory({ x: 'v' }) });
  const before = resolver.metrics();
  const text = JSON.stringify(before);
  await resolver.resolve('app://x');
  await resolver.resolve('app://x');
  expect(JSON.stringify(before)).toBe(text);
  expect(counted(resolver)).toEqual({ hits: 1, misses: 1, calls: 1 });
});

describe('hits and misses', () => {
  it('a shared flight is one call, and a miss for each who waits', async () => {
    const app = held();
    const { resolver } = warned({ app });
    const asked = Array.from({ length: 100 }, () => resolver.resolve('app://x'));
    await settle();
    app.calls[0]?.answer('v');
    await Promise.all(asked);
    expect(counted(resolver)).toEqual({ misses: 100, calls: 1 });
  });

  it('counts reads, not names, and the same by the short cut as by the long way', async () => {
    const app = memory({ x: '{"a":"1","b":"2"}', y: 'v' });
    const other = memory({ z: 'v' });
    const { resolver } = warned({ app, other });
    const manifest = { A: 'app://x#a', B: 'app://x#b', Y: 'app://y', Z: 'other://z' };
    await resolver.resolve(manifest);
    expect([counted(resolver), counted(resolver, 'other')]).toEqual([
      { misses: 2, calls: 1 },
      { misses: 1, calls: 1 },
    ]);
    for (let turn = 1; turn <= 3; turn++) {
      await resolver.resolve(manifest);
      await resolver.resolve({ ...manifest });
      await resolver.resolve('app://y');
      await resolver.resolveWithMetadata('app://y');
      expect([counted(resolver), counted(resolver, 'other')]).toEqual([
        { hits: 6 * turn, misses: 2, calls: 1 },
        { hits: 2 * turn, misses: 1, calls: 1 },
      ]);
    }
  });

  it('NotFound that is remembered is a hit', async () => {
    const { resolver } = warned({ app: memory() });
    await resolver.resolveSettled({ X: 'app://x' });
    await resolver.resolveSettled({ X: 'app://x' });
    expect(counted(resolver)).toEqual({ hits: 1, misses: 1, calls: 1 });
  });

  it.each([
    ['fresh: true', {}, {}, {}, { fresh: true }],
    ['cache: false', {}, { cache: false }, {}, {}],
    ["an entry's cache: false", {}, {}, { cache: false }, {}],
    ['a local provider', { local: true }, {}, {}, {}],
  ] as const)('neither, where the cache was not asked: %s', async (_how, traits, options, entry, ask) => {
    const { resolver } = warned({ app: { ...memory({ x: 'v' }), ...traits } }, options);
    await resolver.resolve({ X: { ref: 'app://x', ...entry } }, ask);
    await resolver.resolve({ X: { ref: 'app://x', ...entry } }, ask);
    expect(counted(resolver)).toEqual({ calls: 2 });
  });

  it('each leg for itself', async () => {
    const { resolver } = warned({ app: firstOf(memory(), memory({ x: 'v' })) });
    await resolver.resolve('app://x');
    await resolver.resolve('app://x');
    expect([counted(resolver), counted(resolver, 'app/2')]).toEqual([
      { hits: 1, misses: 1, calls: 1 },
      { hits: 1, misses: 1, calls: 1 },
    ]);
  });
});

describe('stale', () => {
  it('at once while it is read anew, and after a miss when the store fails', async () => {
    const app = once({ x: 'v' });
    const { resolver } = warned({ app });
    await resolver.resolve('app://x');
    pass(5 * MINUTE);
    await resolver.resolve('app://x');
    await settle();
    expect(counted(resolver)).toEqual({ misses: 1, stale: 1, calls: 2 });
    app.fail('*', 'Unavailable');
    pass(10 * MINUTE);
    await resolver.resolve('app://x');
    expect(counted(resolver)).toEqual({ misses: 2, stale: 2, calls: 3, failures: 1 });
    await resolver.resolve('app://x');
    expect(counted(resolver)).toEqual({ misses: 2, stale: 3, calls: 3, failures: 1 });
  });

  it('a value of the snapshot', async () => {
    const app = once({});
    app.fail('*', 'Unavailable');
    const saved = {
      provider: 'app',
      kind: 'memory',
      key: '=x',
      value: 'v',
      savedAt: new Date(Date.now() - 1),
    };
    const { resolver } = warned({ app }, { snapshot: snapshotBox([saved]) });
    await resolver.resolve('app://x');
    expect(counted(resolver)).toEqual({ misses: 1, stale: 1, calls: 1, failures: 1 });
    await resolver.close();
  });
});

describe('calls', () => {
  it('retries are calls, and failures until one goes well', async () => {
    const app = memory({ x: 'v', y: 'v' });
    app.fail('x', 'Throttled', 2);
    const resolver = createResolver({ providers: { app } });
    const work = resolver.resolve({ X: 'app://x', Y: 'app://y' });
    await later(0);
    await later(0);
    await work;
    expect(counted(resolver)).toEqual({ misses: 2, calls: 3, failures: 2, retries: 2 });
  });

  it('a retry that is refused is none', async () => {
    const app = memory();
    app.fail('x', { code: 'Throttled', retryAfterMs: MINUTE });
    const resolver = createResolver({ providers: { app } });
    await resolver.resolveSettled({ X: 'app://x' });
    expect(counted(resolver)).toEqual({ misses: 1, calls: 1, failures: 1 });
  });

  it('NotFound is an answer, of an item as of a call; what is isolated are further calls', async () => {
    const app = once({ x: 'v' });
    app.spoil('gone', 'NotFound');
    const { resolver } = warned({ app });
    await resolver.resolveSettled({ X: 'app://x', NONE: 'app://none' });
    expect(counted(resolver)).toEqual({ misses: 2, calls: 1 });
    await resolver.resolveSettled({ Y: 'app://y', GONE: 'app://gone' });
    expect(counted(resolver)).toEqual({ misses: 4, calls: 4 });
    app.spoil('denied', 'AccessDenied');
    await resolver.resolveSettled({ DENIED: 'app://denied' });
    expect(counted(resolver)).toEqual({ misses: 5, calls: 5, failures: 1 });
  });

  it('a call in flight is counted; one that its callers abort has no latency and is no failure', async () => {
    const { resolver } = warned({ app: held() });
    const caller = new AbortController();
    const work = resolver.resolve('app://x', { signal: caller.signal });
    await later(10);
    expect(counted(resolver)).toEqual({ misses: 1, calls: 1 });
    caller.abort('left');
    await expect(work).rejects.toBe('left');
    await settle();
    expect(counted(resolver)).toEqual({ misses: 1, calls: 1 });
    expect(latencyOf(resolver)).toEqual({ count: 0, sum: 0, max: 0, filled: {} });
  });

  it('a call that is not answered in time is a failure that took as long', async () => {
    const { resolver } = warned({ app: held() }, { deadline: '20s', timeout: '11s' });
    const asked = resolver.resolveSettled({ X: 'app://x' });
    await later(11_000);
    await asked;
    expect(counted(resolver)).toEqual({ misses: 1, calls: 1, failures: 1 });
    expect(latencyOf(resolver)).toEqual({ count: 1, sum: 11_000, max: 11_000, filled: { beyond: 1 } });
  });

  it('latency falls into buckets whose ends are included', async () => {
    const app = held();
    const { resolver } = warned({ app });
    for (const took of [900, 0, 1, 1.5, 5, 25, 26]) {
      const asked = resolver.resolve('app://x', { fresh: true });
      await later(took);
      app.calls.at(-1)?.answer('v');
      await asked;
    }
    expect(latencyOf(resolver)).toEqual({
      count: 7,
      sum: 958.5,
      max: 900,
      filled: { 1: 2, 5: 2, 25: 1, 50: 1, 1000: 1 },
    });
  });

  it('the wait for a place is not part of it', async () => {
    const app = memory({ x: 'v', y: 'v' }, { batchSize: 1, concurrency: 1, latency: 10 });
    const { resolver } = warned({ app });
    const asked = resolver.resolve({ X: 'app://x', Y: 'app://y' });
    await later(10);
    await later(10);
    await asked;
    expect(latencyOf(resolver)).toEqual({ count: 2, sum: 20, max: 10, filled: { 10: 2 } });
  });
});
