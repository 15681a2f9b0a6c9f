import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createResolver,
  type MemoryProvider,
  memory,
  ResolveError,
  type Resolver,
  type Warning,
} from '../src/index.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';

stopClocks();
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const NO_STALE = { cache: { staleIfError: 0, staleWhileRevalidate: 0 } };

const warnings: Warning[] = [];
beforeEach(() => void warnings.splice(0));

/** A resolver that has read `x` from its store an hour ago. */
async function setUp(): Promise<{ store: MemoryProvider; resolver: Resolver }> {
  const store = memory({ x: 'v1' });
  const onWarning = (warning: Warning) => void warnings.push(warning);
  const resolver = createResolver({ providers: { app: store }, onWarning });
  await resolver.resolve('app://x');
  pass(HOUR);
  return { store, resolver };
}

/** What a resolve gives: `value source`, or the code and message that it fails with. */
async function ask(resolver: Resolver, options = {}): Promise<string> {
  try {
    const { value, source } = await resolver.resolveWithMetadata('app://x', options);
    return `${value.reveal()} ${source}`;
  } catch (error) {
    if (!(error instanceof ResolveError)) return String(error);
    return error.failures.map(({ code, message }) => `${code}: ${message}`).join();
  }
}

/** Time passes in small steps, in which all that waits for it happens. */
async function passInSteps(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 10) {
    pass(10);
    await settle();
  }
}

describe('a read that callers wait for while the store fails', () => {
  it.each(['Unavailable', 'Throttled'] as const)('%s once, where an old value can stand in', async (code) => {
    const { store, resolver } = await setUp();
    store.fail('*', code);
    expect(await ask(resolver)).toBe('v1 stale');
    expect(store.calls).toHaveLength(2);
    expect(warnings).toHaveLength(1);
    pass(10 * SECOND);
    expect(await ask(resolver)).toBe('v1 stale');
    await settle();
    expect(store.calls).toHaveLength(3);
  });

  it('again and again, where none is usable', async () => {
    const { store, resolver } = await setUp();
    store.fail('*', 'Unavailable');
    const asked = ask(resolver, NO_STALE);
    await passInSteps(10 * SECOND);
    expect(await asked).toMatch(/^Unavailable: no valid answer could be had; \d+ attempts$/);
    expect(store.calls.length).toBeGreaterThan(5);
  });

  it('again and again for fresh: true', async () => {
    const { store, resolver } = await setUp();
    store.fail('x', 'Unavailable', 2);
    const asked = ask(resolver, { fresh: true });
    await passInSteps(SECOND);
    expect(await asked).toBe('v1 store');
    expect(store.calls).toHaveLength(4);
  });

  it('of a batch, again for those without an old value', async () => {
    const { store, resolver } = await setUp();
    store.set('y', 'y1');
    store.fail('*', 'Unavailable', 1);
    const asked = resolver.resolveSettled({ x: 'app://x', y: 'app://y' });
    await passInSteps(SECOND);
    const { values } = await asked;
    expect([values.x?.source, values.y?.source]).toEqual(['stale', 'store']);
    expect(store.calls.map(({ paths }) => paths)).toEqual([['x'], ['x', 'y'], ['y']]);
  });

  it('for as long as one of them has no old value', async () => {
    const { store, resolver } = await setUp();
    store.fail('x', 'Unavailable', 3);
    const bridged = ask(resolver);
    const other = ask(resolver, NO_STALE);
    await passInSteps(2 * SECOND);
    expect([await bridged, await other]).toEqual(['v1 store', 'v1 store']);
    expect(store.calls).toHaveLength(5);
  });

  it('no more, once those without an old value have left', async () => {
    const { store, resolver } = await setUp();
    store.fail('*', 'Unavailable');
    const abort = new AbortController();
    const bridged = ask(resolver);
    const other = ask(resolver, { ...NO_STALE, signal: abort.signal });
    await settle();
    abort.abort('enough');
    expect(await other).toBe('enough');
    await passInSteps(SECOND);
    expect(await bridged).toBe('v1 stale');
    expect(store.calls).toHaveLength(3);
  });
});

describe('a read in the background while the store fails', () => {
  it('is tried again, as nobody waits', async () => {
    const store = memory({ x: 'v1' });
    const resolver = createResolver({ providers: { app: store }, cache: { ttl: '1m' } });
    await resolver.resolve('app://x');
    pass(60 * SECOND);
    store.fail('x', 'Unavailable', 2);
    store.set('x', 'v2');
    expect(await ask(resolver)).toBe('v1 stale');
    await passInSteps(SECOND);
    expect(await ask(resolver)).toBe('v2 cache');
    expect(store.calls).toHaveLength(4);
  });

  it('is tried no more, once all who wait for it have an old value', async () => {
    const store = memory({ x: 'v1' });
    const onWarning = () => {};
    const cache = { ttl: '1m', staleWhileRevalidate: '1s' };
    const resolver = createResolver({
      providers: { app: store },
      cache,
      onWarning,
      retry: { baseDelay: '4s' },
    });
    await resolver.resolve('app://x');
    pass(60 * SECOND);
    store.fail('*', 'Unavailable');
    expect(await ask(resolver)).toBe('v1 stale');
    await settle();
    pass(1 * SECOND);
    const waiting = ask(resolver);
    await passInSteps(SECOND);
    expect(await waiting).toBe('v1 stale');
    expect(store.calls).toHaveLength(3);
  });
});
