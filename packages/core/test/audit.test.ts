import { describe, expect, it, vi } from 'vitest';
import { as, ResolveError } from '../src/index.ts';
import { facts } from './support/audit-box.ts';
import { audited, BARE, common, ok, X, Y } from './support/audited.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { held } from './support/held.ts';
import { told } from './support/told.ts';

stopClocks();

function controller() {
  const made = new AbortController();
  return { signal: made.signal, abort: (reason: string) => made.abort(reason) };
}

describe('every resolve is on the record, one event for each name', () => {
  it('of a manifest: from the store, from the cache, and past it', async () => {
    const { box, resolver } = audited();
    const manifest = { X: 'app://x', Y: 'app://y' };
    for (const source of ['store', 'cache', 'cache']) {
      await resolver.resolve(manifest);
      expect(facts(box.events.splice(0))).toEqual([
        { ...X, source },
        { ...Y, source },
      ]);
    }
    await resolver.resolve(manifest, { fresh: true });
    expect(facts(box.events)).toEqual([
      { ...X, source: 'store' },
      { ...Y, source: 'store' },
    ]);
  });

  it('of a bare reference, with metadata, and settled', async () => {
    const { box, resolver } = audited();
    await resolver.resolve('app://x');
    await resolver.resolve('app://x');
    await resolver.resolveWithMetadata('app://x');
    await resolver.resolveSettled({ X: 'app://x', NONE: 'app://none' });
    expect(facts(box.events)).toEqual([
      { ...BARE, source: 'store' },
      { ...BARE, source: 'cache' },
      { ...BARE, source: 'cache' },
      { ...X, source: 'cache' },
      { ...common, name: 'NONE', reference: 'app://none', outcome: 'NotFound' },
    ]);
  });

  it('has a schema, an id of its own, the time of its end, and how long it took', async () => {
    vi.setSystemTime('2026-08-01T12:00:00Z');
    const app = held();
    const { box, resolver } = audited({ providers: { app }, environment: 'production' });
    const reading = resolver.resolve({ X: 'app://x', Y: 'app://y' });
    pass(1_500);
    app.calls[0]?.answer('canary');
    await reading;
    const [first, second] = box.events;
    expect(first).toMatchObject({
      schema: 1,
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      time: '2026-08-01T12:00:01.500Z',
      durationMs: 1_500,
      environment: 'production',
      process: { pid: process.pid },
    });
    expect(second?.id).not.toBe(first?.id);
  });

  it('of defaults and of what is absent', async () => {
    const { box, resolver } = audited({ allowDefaults: true });
    await resolver.resolve({
      NONE: { ref: 'app://none', optional: true },
      PORT: { ref: 'app://port', default: 80, as: as.port() },
    });
    expect(facts(box.events)).toEqual([
      { ...ok, name: 'NONE', reference: 'app://none', source: 'absent' },
      { ...ok, name: 'PORT', reference: 'app://port', source: 'default' },
    ]);
  });

  it('of an old value that stands in for a store that fails', async () => {
    const { app, box, resolver } = audited({ cache: { ttl: '1m', jitter: 0, staleWhileRevalidate: 0 } });
    await resolver.resolve('app://x');
    pass(61_000);
    app.fail('*', 'Unavailable');
    await resolver.resolve('app://x');
    expect(box.events.map(({ source }) => source)).toEqual(['store', 'stale']);
  });

  it.each([
    ['what no conversion takes', { X: { ref: 'app://x', as: as.integer() } }, 'InvalidValue'],
    [
      'what is overdue',
      { X: { ref: 'app://x', rotation: { maxAge: '90d', onOverdue: 'refuse' } } },
      'Refused',
    ],
  ] as const)('of %s: a failure, without version or source', async (_, manifest, outcome) => {
    const { app, box, resolver } = audited();
    app.set('x', 'canary-x', { version: '7', createdAt: new Date(0) });
    vi.setSystemTime('2026-08-01T12:00:00Z');
    await expect(resolver.resolve(manifest)).rejects.toThrow(ResolveError);
    expect(facts(box.events)).toEqual([{ ...common, name: 'X', reference: 'app://x', outcome }]);
  });

  it('of wrong references, which may be values: neither provider nor kind, and none of what stands beside', async () => {
    const { box, resolver } = audited();
    const url = 'postgres://admin:canary@db/app';
    await expect(resolver.resolve({ X: 'app://x', URL: url })).rejects.toThrow(ResolveError);
    await expect(resolver.resolve(url)).rejects.toThrow(ResolveError);
    await expect(resolver.handle(url, () => 0)).rejects.toThrow(ResolveError);
    expect(() => resolver.watch(url)).toThrow(ResolveError);
    await settle();
    const wrong = {
      action: 'resolve',
      reference: 'postgres://…',
      outcome: 'InvalidReference',
      durationMs: 0,
    };
    const bare = { ...wrong, name: 'postgres://…' };
    expect(facts(box.events)).toEqual([{ ...wrong, name: 'URL' }, bare, bare, bare]);
  });

  it('of watches, handles and withSecret, each read of them', async () => {
    const { app, box, resolver } = audited();
    const context = { actor: 'ann', reason: 'rotation' };
    const versions = resolver.watch('app://x', context)[Symbol.asyncIterator]();
    await versions.next();
    const handle = await resolver.handle('app://x', () => 0, context);
    app.set('x', 'canary-2', { version: '8' });
    await handle.refresh();
    const isRejected = () => true;
    const use = (secret: { reveal(): string }) => {
      if (secret.reveal() === 'canary-2') throw new Error('rejected');
    };
    const done = resolver.withSecret('app://x', use, { ...context, isRejected });
    app.set('x', 'canary-3', { version: '9' });
    await done;
    expect(facts(box.events)).toEqual([
      { ...BARE, ...context, source: 'store' },
      { ...BARE, ...context, source: 'cache' },
      { ...BARE, ...context, source: 'store', version: '8' },
      { ...BARE, ...context, source: 'cache', version: '8' },
      { ...BARE, ...context, source: 'store', version: '9' },
    ]);
    await resolver.close();
  });

  it('but not of what its caller aborted, nor of plan() and rotation(), which hand nothing out', async () => {
    const app = held();
    const { box, resolver } = audited({ providers: { app } });
    const { signal, abort } = controller();
    const reading = resolver.resolve('app://x', { signal });
    abort('enough');
    await expect(reading).rejects.toBe('enough');
    const plain = audited();
    plain.resolver.plan({ X: 'app://x' });
    await plain.resolver.rotation({ X: 'app://x' });
    await Promise.all([resolver.close(), plain.resolver.close()]);
    expect([...box.events, ...plain.box.events]).toEqual([]);
  });

  it('says what the events of the resolver say', async () => {
    const { box, resolver } = audited();
    const mirrored = told(resolver, 'resolve');
    await resolver.resolveSettled({ X: 'app://x', NONE: 'app://none' });
    expect(mirrored).toEqual(
      facts(box.events).map((fact) => {
        const { action: type, outcome, ...same } = fact as { action: string; outcome: string };
        return { type, ...same, ...(outcome !== 'ok' && { code: outcome }) };
      }),
    );
  });

  it('and without a sink nothing is different', async () => {
    const { resolver } = audited({ audit: false });
    const manifest = { X: 'app://x' };
    const first = await resolver.resolve(manifest, { actor: 'ann', reason: 'boot' });
    expect((await resolver.resolve(manifest)).X.reveal()).toBe('canary-x');
    expect(first.X.reveal()).toBe('canary-x');
  });
});
