import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  as,
  createResolver,
  firstOf,
  type MemoryProvider,
  memory,
  type Provider,
  type Resolver,
  type ResolverOptions,
  type WatchOptions,
} from '../src/index.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { held } from './support/held.ts';
import { snapshotBox } from './support/snapshot-box.ts';
import { told } from './support/told.ts';

stopClocks();
beforeEach(() => {
  // No jitter, and no wait before a retry, unless a test says otherwise.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

const MINUTE = 60_000;

function resolverOf(providers: ResolverOptions['providers'], options: Partial<ResolverOptions> = {}) {
  return createResolver({ onWarning: () => {}, ...options, providers });
}

/** A provider that is asked once each time. */
function once(values: Parameters<typeof memory>[0], options?: Parameters<typeof memory>[1]): MemoryProvider {
  return { ...memory(values, options), retries: 'own' };
}

/** Time passes, and all that it sets off happens. */
async function later(milliseconds: number): Promise<void> {
  await settle();
  pass(milliseconds);
  await settle();
}

describe('resolve', () => {
  const common = { type: 'resolve', provider: 'app', kind: 'memory', durationMs: 0 };

  it('one for each name: from the store, then from the cache', async () => {
    const app = memory({ y: 'vy' });
    app.set('x', 'vx', { version: '7' });
    const resolver = resolverOf({ app });
    const events = told(resolver, 'resolve');
    const manifest = { X: 'app://x', Y: 'app://y' };
    await resolver.resolve(manifest);
    const X = { ...common, name: 'X', reference: 'app://x', version: '7' };
    const Y = { ...common, name: 'Y', reference: 'app://y' };
    expect(events.splice(0)).toEqual([
      { ...X, source: 'store' },
      { ...Y, source: 'store' },
    ]);
    // By the short cut, and by the long way.
    for (const read of [() => resolver.resolve(manifest), () => resolver.resolve({ ...manifest })]) {
      await read();
      expect(events.splice(0)).toEqual([
        { ...X, source: 'cache' },
        { ...Y, source: 'cache' },
      ]);
    }
  });

  it.each([
    ['resolve', (resolver: Resolver, reference: string) => resolver.resolve(reference)],
    [
      'resolveWithMetadata',
      (resolver: Resolver, reference: string) => resolver.resolveWithMetadata(reference),
    ],
  ] as const)('%s of a bare reference has it for its name', async (_how, read) => {
    const resolver = resolverOf({ app: memory({ 'a b': '{"f":"v"}' }) });
    const events = told(resolver, 'resolve');
    await read(resolver, 'app://a%20b#f');
    await read(resolver, 'app://a%20b#f');
    const name = 'app://a b#f';
    expect(events).toEqual([
      { ...common, name, reference: name, source: 'store' },
      { ...common, name, reference: name, source: 'cache' },
    ]);
  });

  it('of a failure its code, also where only the value is wrong', async () => {
    const app = once({ n: 'x' });
    app.fail('down', 'Unavailable');
    const resolver = resolverOf({ app });
    const events = told(resolver, 'resolve');
    await resolver.resolveSettled({
      GONE: 'app://gone',
      DOWN: 'app://down',
      N: { ref: 'app://n', as: as.integer() },
    });
    expect(events).toEqual([
      { ...common, name: 'GONE', reference: 'app://gone', code: 'NotFound' },
      { ...common, name: 'DOWN', reference: 'app://down', code: 'Unavailable' },
      { ...common, name: 'N', reference: 'app://n', code: 'InvalidValue' },
    ]);
  });

  it('what stood in for an absent one', async () => {
    const resolver = resolverOf({ app: memory() });
    const events = told(resolver, 'resolve');
    await resolver.resolve({
      D: { ref: 'app://d', default: 1, sensitive: false, as: as.integer() },
      O: { ref: 'app://o', optional: true },
    });
    expect(events).toEqual([
      { ...common, name: 'D', reference: 'app://d', source: 'default' },
      { ...common, name: 'O', reference: 'app://o', source: 'absent' },
    ]);
  });

  it('of a wrong reference neither its text nor a provider', async () => {
    const resolver = resolverOf({ app: memory() });
    const events = told(resolver);
    await resolver.resolveSettled({ X: 'app://x', URL: 'postgres://me:canary@db' });
    await expect(resolver.resolve('app://')).rejects.toThrow('InvalidReference');
    const wrong = { type: 'resolve', code: 'InvalidReference', durationMs: 0 };
    expect(events).toEqual([
      { ...wrong, name: 'URL', reference: 'postgres://…' },
      { ...wrong, name: 'app://…', reference: 'app://…' },
    ]);
  });

  it('the leg that answered, and what the resolve took', async () => {
    const first: Provider = { ...memory({}, { latency: 20 }), kind: 'first' };
    const resolver = resolverOf({ app: firstOf(first, memory({ x: 'v' }, { latency: 10 })) });
    const events = told(resolver);
    void resolver.resolve('app://x');
    await later(20);
    await later(10);
    const fetched = { type: 'fetch', paths: ['x'] };
    expect(events).toEqual([
      { ...fetched, provider: 'app', kind: 'first', failed: 1, code: 'NotFound', durationMs: 20 },
      { ...fetched, provider: 'app/2', kind: 'memory', failed: 0, durationMs: 10 },
      { ...common, name: 'app://x', reference: 'app://x', source: 'store', durationMs: 30 },
    ]);
  });

  it('what follows a secret resolves it', async () => {
    const resolver = resolverOf({ app: memory({ x: 'v' }) });
    const events = told(resolver, 'resolve');
    await resolver.handle('app://x', (secret) => secret);
    await resolver.withSecret('app://x', (secret) => secret, { isRejected: () => false });
    await resolver.watch('app://x')[Symbol.asyncIterator]().next();
    const one = { ...common, name: 'app://x', reference: 'app://x' };
    expect(events).toEqual([
      { ...one, source: 'store' },
      { ...one, source: 'cache' },
      { ...one, source: 'cache' },
    ]);
    await resolver.close();
  });
});

describe('fetch', () => {
  const common = { type: 'fetch', provider: 'app', kind: 'memory', durationMs: 0 };

  it('one for each call, however many wait for it', async () => {
    const resolver = resolverOf({ app: memory({ a: '1', b: '2', c: '3' }, { batchSize: 2, latency: 5 }) });
    const events = told(resolver, 'fetch');
    const manifest = { A: 'app://a', B: 'app://b', C: 'app://c' };
    void resolver.resolve(manifest);
    void resolver.resolve(manifest);
    await later(5);
    expect(events).toEqual([
      { ...common, paths: ['a', 'b'], failed: 0, durationMs: 5 },
      { ...common, paths: ['c'], failed: 0, durationMs: 5 },
    ]);
    await resolver.resolve(manifest);
    expect(events).toHaveLength(2);
  });

  it('how many items failed, and a code that says more than NotFound', async () => {
    const app = once({ a: '1', b: '2' });
    app.fail('b', 'Disabled');
    const resolver = resolverOf({ app });
    const events = told(resolver, 'fetch');
    await resolver.resolveSettled({ A: 'app://a', GONE: 'app://gone', B: 'app://b' });
    await resolver.resolveSettled({ GONE: { ref: 'app://gone', cache: false } });
    expect(events).toEqual([
      { ...common, paths: ['a', 'gone', 'b'], failed: 2, code: 'Disabled' },
      { ...common, paths: ['gone'], failed: 1, code: 'NotFound' },
    ]);
  });

  it('a call that failed as a whole, and those that isolate its spoiler', async () => {
    const app = once({ a: '1', b: '2' });
    app.spoil('b', 'AccessDenied');
    const resolver = resolverOf({ app });
    const events = told(resolver, 'fetch');
    await resolver.resolveSettled({ A: 'app://a', B: 'app://b' });
    expect(events).toEqual([
      { ...common, paths: ['a', 'b'], failed: 2, code: 'AccessDenied' },
      { ...common, paths: ['a'], failed: 0 },
      { ...common, paths: ['b'], failed: 1, code: 'AccessDenied' },
    ]);
  });

  it('a call that got no answer: by its timeout, by the deadline, by the close', async () => {
    const resolver = resolverOf({ app: held() });
    const events = told(resolver, 'fetch');
    void resolver.resolveSettled({ X: 'app://x' }, { timeout: 100 });
    await later(100);
    void resolver.resolveSettled({ X: 'app://x' }, { deadline: 70 });
    await later(70);
    void resolver.resolveSettled({ X: 'app://x' });
    await later(30);
    await resolver.close();
    const silent = { ...common, kind: 'held', paths: ['x'], failed: 1, code: 'Unavailable' };
    expect(events).toEqual([
      { ...silent, durationMs: 100 },
      { ...silent, durationMs: 70 },
      { ...silent, durationMs: 30 },
    ]);
  });

  it('a call that its callers aborted, and no resolve', async () => {
    const resolver = resolverOf({ app: held() });
    const events = told(resolver);
    const caller = new AbortController();
    const work = resolver.resolve('app://x', { signal: caller.signal });
    await later(10);
    caller.abort('left');
    await expect(work).rejects.toBe('left');
    await settle();
    expect(events).toEqual([
      { ...common, kind: 'held', paths: ['x'], failed: 1, aborted: true, durationMs: 10 },
    ]);
  });
});

describe('retry', () => {
  const common = { provider: 'app', kind: 'memory', paths: ['x'] };

  it('one before each further attempt, for what failed', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const app = memory({ x: 'vx', y: 'vy' });
    app.fail('x', 'Unavailable', 2);
    const resolver = resolverOf({ app });
    const events = told(resolver);
    const work = resolver.resolve({ X: 'app://x', Y: 'app://y' });
    await later(50);
    await later(100);
    await work;
    const again = { ...common, type: 'retry', code: 'Unavailable' };
    const failing = { ...common, type: 'fetch', failed: 1, code: 'Unavailable', durationMs: 0 };
    expect(events.slice(0, 5)).toEqual([
      { ...failing, paths: ['x', 'y'] },
      { ...again, attempt: 2, delayMs: 50 },
      failing,
      { ...again, attempt: 3, delayMs: 100 },
      { ...common, type: 'fetch', failed: 0, durationMs: 0 },
    ]);
    expect(events.slice(5)).toMatchObject([
      { type: 'resolve', name: 'X', durationMs: 150 },
      { type: 'resolve', name: 'Y', durationMs: 150 },
    ]);
  });

  it('its code is Throttled where that is one of several', async () => {
    const app = memory({ x: 'vx', y: 'vy' });
    app.fail('x', 'Unavailable', 1);
    app.fail('y', 'Throttled', 1);
    const resolver = resolverOf({ app });
    const events = told(resolver, 'retry');
    const work = resolver.resolve({ X: 'app://x', Y: 'app://y' });
    await later(0);
    await work;
    expect(events).toEqual([
      { ...common, type: 'retry', paths: ['x', 'y'], code: 'Throttled', attempt: 2, delayMs: 0 },
    ]);
  });

  it('a retry that the budget refuses', async () => {
    const app = memory();
    app.fail('x', 'Unavailable');
    const resolver = resolverOf({ app }, { retry: { budget: 1 } });
    const events = told(resolver);
    const work = resolver.resolveSettled({ X: 'app://x' });
    await later(0);
    await work;
    expect(events.filter(({ type }) => type.startsWith('retry'))).toEqual([
      { ...common, type: 'retry', code: 'Unavailable', attempt: 2, delayMs: 0 },
      { ...common, type: 'retryRefused', code: 'Unavailable', attempts: 2, reason: 'budget' },
    ]);
  });

  it('a retry that would come after the deadline', async () => {
    const app = memory();
    app.fail('x', { code: 'Throttled', retryAfterMs: MINUTE });
    const resolver = resolverOf({ app });
    const events = told(resolver, 'retryRefused');
    await resolver.resolveSettled({ X: 'app://x' });
    expect(events).toEqual([
      { ...common, type: 'retryRefused', code: 'Throttled', attempts: 1, reason: 'deadline' },
    ]);
  });

  it('nothing where nothing may be retried', async () => {
    const app = memory();
    app.fail('x', 'Unavailable');
    const resolver = resolverOf({ app, own: { ...app, retries: 'own' } }, { retry: false });
    const events = told(resolver);
    await resolver.resolveSettled({ X: 'app://x', Y: 'own://x' });
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['fetch', 'resolve']));
  });
});

describe('stale', () => {
  const common = { type: 'stale', provider: 'app', kind: 'memory', path: 'x', source: 'stale' };

  it('an old value while it is read anew; once for a read, however many names share it', async () => {
    const resolver = resolverOf({ app: memory({ x: '{"a":"1","b":"2"}' }) });
    const events = told(resolver, 'stale');
    const manifest = { A: 'app://x#a', B: 'app://x#b' };
    await resolver.resolve(manifest);
    pass(5 * MINUTE);
    await resolver.resolve(manifest);
    expect(events).toEqual([{ ...common, ageMs: 5 * MINUTE }]);
    await settle();
    await resolver.resolve(manifest);
    expect(events).toHaveLength(1);
  });

  it('in an outage, with what the store failed with: at first, and in the pause', async () => {
    const app = once({ x: 'v' });
    const resolver = resolverOf({ app });
    const events = told(resolver, 'stale');
    await resolver.resolve('app://x');
    app.fail('*', 'Throttled');
    pass(10 * MINUTE);
    await resolver.resolve('app://x');
    pass(1_000);
    await resolver.resolve('app://x');
    expect(events).toEqual([
      { ...common, ageMs: 10 * MINUTE, code: 'Throttled' },
      { ...common, ageMs: 10 * MINUTE + 1_000, code: 'Throttled' },
    ]);
  });

  it('not for an old value that the next leg makes needless', async () => {
    const first = once({ x: 'v' });
    const second = once({ x: 'w' });
    const resolver = resolverOf({ app: firstOf(first, second, { on: ['Unavailable'] }) });
    const events = told(resolver, 'stale');
    await resolver.resolve('app://x');
    first.fail('*', 'Unavailable');
    pass(10 * MINUTE);
    await resolver.resolve('app://x');
    expect(events).toEqual([]);
    second.fail('*', 'Unavailable');
    resolver.invalidate({ provider: 'app' });
    first.mend();
    await resolver.resolve('app://x');
    first.fail('*', 'Unavailable');
    pass(10 * MINUTE);
    await resolver.resolve('app://x');
    expect(events).toEqual([{ ...common, ageMs: 10 * MINUTE, code: 'Unavailable' }]);
  });

  it('a value of the snapshot', async () => {
    const app = once({});
    app.fail('*', 'Unavailable');
    const savedAt = new Date(Date.now() - MINUTE);
    const saved = { provider: 'app', kind: 'memory', key: '=x', value: 'v', savedAt };
    const resolver = resolverOf({ app }, { snapshot: snapshotBox([saved]) });
    const events = told(resolver);
    await resolver.resolve('app://x');
    expect(events.slice(1)).toEqual([
      { ...common, source: 'snapshot', ageMs: MINUTE, code: 'Unavailable' },
      expect.objectContaining({ type: 'resolve', source: 'snapshot' }),
    ]);
    await resolver.close();
  });
});

describe('rotated', () => {
  const common = { type: 'rotated', provider: 'app', kind: 'memory', path: 'x' };
  const bytes = (text: string) => new TextEncoder().encode(text);

  it('when a read in the background finds another value', async () => {
    const app = memory();
    app.set('x', 'v1', { version: '1' });
    const resolver = resolverOf({ app });
    const events = told(resolver, 'rotated');
    await resolver.resolve('app://x');
    app.set('x', 'v2', { version: '2' });
    pass(5 * MINUTE);
    await resolver.resolve('app://x');
    await settle();
    expect(events).toEqual([{ ...common, version: '2' }]);
  });

  it.each([
    ['text', 'a', 'b'],
    ['bytes', bytes('a'), bytes('b')],
    ['fields', { a: 1 }, { a: 2 }],
    ['another form', 'a', bytes('a')],
  ])('not while it is the same: %s', async (_form, before, after) => {
    const app = memory({ x: before });
    const resolver = resolverOf({ app });
    const events = told(resolver, 'rotated');
    await resolver.resolveSettled({ X: 'app://x' }, { fresh: true });
    app.set('x', structuredClone(before), { version: '2' });
    await resolver.resolveSettled({ X: 'app://x' }, { fresh: true });
    expect(events).toEqual([]);
    app.set('x', after);
    await resolver.resolveSettled({ X: 'app://x' }, { fresh: true });
    expect(events).toEqual([common]);
  });

  it('not for what appears, goes away, was forgotten or cannot be compared', async () => {
    const app = memory();
    const resolver = resolverOf({ app });
    const events = told(resolver, 'rotated');
    const read = () => resolver.resolveSettled({ X: 'app://x' }, { fresh: true });
    await read();
    app.set('x', 'v1');
    await read();
    resolver.invalidate();
    app.set('x', 'v2');
    await read();
    app.delete('x');
    await read();
    app.set('x', { big: 1n });
    await read();
    app.set('x', { big: 2n });
    const { failures } = await read();
    expect(failures.map(({ code }) => code)).toEqual(['InvalidValue']);
    expect(events).toEqual([]);
  });

  const stores: [string, Partial<Provider>, Partial<ResolverOptions>, WatchOptions][] = [
    ['what the cache keeps', {}, {}, {}],
    ['cache: false', {}, { cache: false }, {}],
    ["an entry's cache: false", {}, {}, { cache: false }],
    ['a local provider', { local: true }, {}, {}],
  ];
  it.each(stores)('by a watch, once: %s', async (_what, traits, options, watchOptions) => {
    const app: MemoryProvider = { ...memory({ x: 'v1' }), ...traits };
    const resolver = resolverOf({ app }, options);
    const events = told(resolver, 'rotated');
    const versions = resolver.watch('app://x', watchOptions)[Symbol.asyncIterator]();
    await versions.next();
    const next = versions.next();
    await later(MINUTE);
    expect(events).toEqual([]);
    app.set('x', 'v2', { version: '2' });
    await later(MINUTE);
    await next;
    expect(events).toEqual([{ ...common, version: '2' }]);
    await resolver.close();
  });

  it('by a handle, once, though its client does not build', async () => {
    const app = memory({ x: 'v1' });
    const resolver = resolverOf({ app }, { cache: false });
    const events = told(resolver, 'rotated');
    const handle = await resolver.handle('app://x', (secret) => {
      if (secret.reveal() === 'v2') throw new Error('no client');
      return secret;
    });
    app.set('x', 'v2', { version: '2' });
    await handle.refresh();
    await handle.refresh();
    app.set('x', 'v1', { version: '3' });
    await handle.refresh();
    expect(events).toEqual([
      { ...common, version: '2' },
      { ...common, version: '3' },
    ]);
    await resolver.close();
  });
});
