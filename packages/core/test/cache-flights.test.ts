import { describe, expect, it } from 'vitest';
import { createResolver, firstOf, memory, ResolveError, type Resolver } from '../src/index.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { held } from './support/held.ts';

stopClocks();

const HOUR = 3_600_000;

/** `value source`, or what it fails with. */
async function ask(resolver: Resolver, options = {}, reference = 'app://x'): Promise<string> {
  try {
    const { value, source } = await resolver.resolveWithMetadata(reference, options);
    return `${value.reveal()} ${source}`;
  } catch (error) {
    if (!(error instanceof ResolveError)) return String(error);
    return error.failures.map(({ code, message }) => `${code}: ${message}`).join();
  }
}

describe('one read for many callers', () => {
  it('10,000 callers of a cold secret are one call', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const callers = Array.from({ length: 10_000 }, () => resolver.resolve('app://x'));
    await settle();
    expect(app.calls).toHaveLength(1);
    app.calls[0]?.answer('v1');
    const values = new Set((await Promise.all(callers)).map((value) => value.reveal()));
    expect([...values]).toEqual(['v1']);
  });

  it('a manifest waits for what is in flight, and asks for the rest', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const one = resolver.resolve({ x: 'app://x', y: 'app://y' });
    const other = resolver.resolve({ y: 'app://y', z: 'app://z' });
    await settle();
    expect(app.calls.map(({ paths }) => paths)).toEqual([['x', 'y'], ['z']]);
    app.calls[0]?.answer('first');
    app.calls[1]?.answer('second');
    expect([(await one).y.reveal(), (await other).y.reveal(), (await other).z.reveal()]).toEqual([
      'first',
      'first',
      'second',
    ]);
  });

  it('an abort leaves the others waiting; the last one ends the call', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const [one, two] = [new AbortController(), new AbortController()];
    const asked = [one, two].map(({ signal }) => ask(resolver, { signal }));
    await settle();
    one.abort('one');
    expect(await asked[0]).toBe('one');
    expect(app.calls[0]?.signal.aborted).toBe(false);
    two.abort('two');
    expect(await asked[1]).toBe('two');
    expect(app.calls[0]?.signal.aborted).toBe(true);
    expect(app.calls).toHaveLength(1);
  });

  it('a caller who comes while the last one leaves is not drawn along', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const app = held();
      const resolver = createResolver({ providers: { app } });
      const abort = new AbortController();
      const left = ask(resolver, { signal: abort.signal });
      await settle();
      abort.abort('left');
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const next = ask(resolver);
      expect(await left).toBe('left');
      await settle();
      app.calls.at(-1)?.answer('v1');
      expect(await next).toBe('v1 store');
    }
  });

  it("one caller's deadline leaves the others waiting, and the read lives as long as the longest", async () => {
    const app = held();
    const resolver = createResolver({ providers: { app }, timeout: '1m' });
    const short = ask(resolver, { deadline: '1s' });
    const long = ask(resolver, { deadline: '5s' });
    await settle();
    pass(1_000);
    expect(await short).toBe('Unavailable: no answer within the deadline of 1000 ms');
    pass(3_999);
    app.calls[0]?.answer('v1');
    expect(await long).toBe('v1 store');
    expect(app.calls).toHaveLength(1);
  });

  it('retries go on for as long as anybody waits', async () => {
    const app = memory({ x: 'v1' });
    app.fail('x', { code: 'Throttled', retryAfterMs: 2_000 }, 1);
    const resolver = createResolver({ providers: { app }, retry: { maxDelay: 1 } });
    const short = ask(resolver, { deadline: '1s' });
    const long = ask(resolver, { deadline: '5s' });
    await settle();
    pass(1_000);
    expect(await short).toBe('Throttled: the store asked us to slow down in app (memory)');
    pass(1_001);
    expect(await long).toBe('v1 store');
  });

  it('who leaves at its deadline has what was answered by then, be it a value or a failure', async () => {
    const app = { ...held(), batchSize: 1 };
    const resolver = createResolver({ providers: { app }, timeout: '1m' });
    const manifest = { x: 'app://x', y: 'app://y', z: 'app://z' };
    const short = resolver.resolveSettled(manifest, { deadline: '1s' });
    const long = resolver.resolveSettled(manifest, { deadline: '5s' });
    await settle();
    app.calls[0]?.answer('v1');
    app.calls[1]?.answer('', { y: 'AccessDenied' });
    await settle();
    pass(1_000);
    const { values, failures } = await short;
    expect(values.x).toMatchObject({ source: 'store' });
    expect(failures.map(({ name, code, message }) => `${name} ${code}: ${message}`)).toEqual([
      'y AccessDenied: the store denies access in app (held)',
      'z Unavailable: no answer within the deadline of 1000 ms',
    ]);
    app.calls[2]?.answer('v3');
    expect(Object.keys((await long).values)).toEqual(['x', 'z']);
  });

  it('no call begins once the deadline has passed', async () => {
    const [first, second] = [held(), held()];
    const app = firstOf(first, second, { on: ['Unavailable'] });
    const resolver = createResolver({ providers: { app }, deadline: '1s' });
    const asked = ask(resolver);
    await settle();
    pass(1_000);
    expect(await asked).toMatch(/^Unavailable: /);
    expect([first.calls.length, second.calls.length]).toEqual([1, 0]);
  });

  it('what was answered by the deadline of the last one is served and kept', async () => {
    const app = { ...held(), batchSize: 1 };
    const resolver = createResolver({ providers: { app }, timeout: '1m', deadline: '1s' });
    const settled = resolver.resolveSettled({ x: 'app://x', y: 'app://y' });
    await settle();
    app.calls[0]?.answer('v1');
    await settle();
    pass(1_000);
    const { values, failures } = await settled;
    expect([Object.keys(values), failures.map(({ name }) => name)]).toEqual([['x'], ['y']]);
    expect(await ask(resolver)).toBe('v1 cache');
  });

  it('a failure is for all who waited, and for nobody after', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const asked = [ask(resolver), ask(resolver)];
    await settle();
    app.calls[0]?.answer('', { x: 'AccessDenied' });
    const denied = 'AccessDenied: the store denies access in app (held)';
    expect(await Promise.all(asked)).toEqual([denied, denied]);
    void ask(resolver);
    await settle();
    expect(app.calls).toHaveLength(2);
    await resolver.close();
  });

  it('each gets its own way of caching: an old value where its bound allows', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app }, onWarning: () => {} });
    const cold = ask(resolver);
    await settle();
    app.calls[0]?.answer('v1');
    await cold;
    pass(HOUR);
    const asked = [ask(resolver), ask(resolver, { cache: { staleIfError: '30m' } })];
    await settle();
    app.calls[1]?.answer('', { x: 'Unavailable' });
    expect(await Promise.all(asked)).toEqual([
      'v1 stale',
      'Unavailable: no valid answer could be had in app (held)',
    ]);
    expect(app.calls).toHaveLength(2);
  });
});

describe('a read in flight', () => {
  it.each([
    ['a reference', 'app://x'],
    ['a provider', { provider: 'app' }],
    ['everything', undefined],
  ])('that began before %s was invalidated does not bring the value back', async (_, target) => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const before = resolver.resolve('app://x');
    await settle();
    resolver.invalidate(target);
    const after = ask(resolver);
    await settle();
    app.calls[1]?.answer('new');
    expect(await after).toBe('new store');
    app.calls[0]?.answer('old');
    expect((await before).reveal()).toBe('old');
    expect((await resolver.resolve('app://x')).reveal()).toBe('new');
    expect(await ask(resolver)).toBe('new cache');
    expect(app.calls).toHaveLength(2);
  });

  it('of another provider or secret is kept through an invalidation', async () => {
    const [app, other] = [held(), held()];
    const resolver = createResolver({ providers: { app, other } });
    const reads = ['app://x', 'app://y', 'other://x'].map((reference) => ask(resolver, {}, reference));
    await settle();
    resolver.invalidate('app://y');
    for (const call of [...app.calls, ...other.calls]) call.answer('v1');
    await Promise.all(reads);
    expect([await ask(resolver), await ask(resolver, {}, 'other://x')]).toEqual(['v1 cache', 'v1 cache']);

    const again = ['app://x', 'other://x'].map((reference) => ask(resolver, { fresh: true }, reference));
    await settle();
    resolver.invalidate({ provider: 'app' });
    for (const call of [...app.calls, ...other.calls]) call.answer('v2');
    await Promise.all(again);
    expect(await ask(resolver, {}, 'other://x')).toBe('v2 cache');
  });

  it('that was invalidated and comes back alone is not kept', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const before = resolver.resolve('app://x');
    await settle();
    resolver.invalidate('app://x');
    app.calls[0]?.answer('old');
    expect((await before).reveal()).toBe('old');
    void ask(resolver);
    await settle();
    expect(app.calls).toHaveLength(2);
    await resolver.close();
  });

  it('is not joined by fresh: true, whose newer answer stays', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const before = ask(resolver);
    await settle();
    const fresh = [ask(resolver, { fresh: true }), ask(resolver, { fresh: true })];
    const joining = ask(resolver);
    await settle();
    expect(app.calls).toHaveLength(3);
    app.calls[2]?.answer('newest');
    expect([await fresh[1], await joining]).toEqual(['newest store', 'newest store']);
    app.calls[0]?.answer('older');
    app.calls[1]?.answer('old');
    expect([await before, await fresh[0]]).toEqual(['older store', 'old store']);
    expect(await ask(resolver)).toBe('newest cache');
  });

  it('in the background is joined by who may not have the old value', async () => {
    const app = held();
    const resolver = createResolver({ providers: { app } });
    const cold = ask(resolver);
    await settle();
    app.calls[0]?.answer('v1');
    await cold;
    pass(5 * 60_000);
    expect(await ask(resolver)).toBe('v1 stale');
    const abort = new AbortController();
    const strict = { cache: { staleWhileRevalidate: 0 } };
    const asked = [ask(resolver, strict), ask(resolver, { ...strict, signal: abort.signal })];
    await settle();
    expect(app.calls).toHaveLength(2);
    abort.abort('left');
    expect(await asked[1]).toBe('left');
    app.calls[1]?.answer('v2');
    expect(await asked[0]).toBe('v2 store');
  });

  it('ends when the resolver is closed: for all who wait, in the background, and with no old value', async () => {
    const app = held();
    const warnings: string[] = [];
    let disposed = 0;
    const resolver = createResolver({
      deadline: '2h',
      timeout: '2h',
      providers: {
        app: {
          ...app,
          async [Symbol.asyncDispose]() {
            disposed = app.calls.filter(({ signal }) => signal.aborted).length;
          },
        },
      },
      onWarning: ({ message }) => void warnings.push(message),
    });
    const both = [ask(resolver), ask(resolver, {}, 'app://y')];
    await settle();
    for (const call of app.calls) call.answer('v1');
    await Promise.all(both);
    pass(5 * 60_000);
    expect(await ask(resolver, {}, 'app://y')).toBe('v1 stale');
    pass(HOUR / 2);
    const waiting = [ask(resolver), ask(resolver)];
    await settle();
    expect(app.calls).toHaveLength(4);
    await resolver.close();
    const closed = 'Unavailable: the resolver was closed';
    expect(await Promise.all(waiting)).toEqual([closed, closed]);
    expect([disposed, warnings]).toEqual([2, []]);
  });
});
