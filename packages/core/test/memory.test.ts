import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { memory } from '../src/memory.ts';
import type { Locator, Provider } from '../src/provider.ts';

const at = (path: string, params: Record<string, string> = {}): Locator => ({ path, params });
const options = (signal = new AbortController().signal) => ({ signal, warn: () => {} });

async function rejection(provider: Provider, paths: readonly string[]) {
  const error = await provider
    .fetch(
      paths.map((path) => at(path)),
      options(),
    )
    .then(
      () => expect.unreachable('the call was answered'),
      (caught: unknown) => caught,
    );
  return provider.classify(error);
}

describe('memory', () => {
  it('answers item by item, in order, with text, bytes and fields as they were given', async () => {
    const bytes = Uint8Array.of(0, 255);
    const provider = memory({ b: 'text', a: '', bytes, fields: { user: 'app', port: 5432 } });
    const outcomes = await provider.fetch(
      ['b', 'nope', 'a', 'fields', 'bytes'].map((path) => at(path)),
      options(),
    );
    expect(outcomes).toEqual([
      { ok: true, value: { value: 'text' } },
      { ok: false, code: 'NotFound' },
      { ok: true, value: { value: '' } },
      { ok: true, value: { value: { user: 'app', port: 5432 } } },
      { ok: true, value: { value: bytes } },
    ]);
  });

  it('takes a name that every object inherits for absent', async () => {
    expect(await memory().fetch([at('constructor'), at('__proto__')], options())).toEqual([
      { ok: false, code: 'NotFound' },
      { ok: false, code: 'NotFound' },
    ]);
  });

  it('says what it is, and takes its limits from the options', () => {
    expect(memory()).toMatchObject({ contract: 1, kind: 'memory', batchSize: Infinity, params: [] });
    expect(memory()).not.toHaveProperty('concurrency');
    expect(memory()).not.toHaveProperty('local');
    expect(memory({}, { batchSize: 2, concurrency: 3, params: ['version'] })).toMatchObject({
      batchSize: 2,
      concurrency: 3,
      params: ['version'],
    });
  });

  it('reads the latest value, or the version that is asked for', async () => {
    const provider = memory({}, { params: ['version'] });
    provider.set('key', 'old', { version: '1' });
    provider.set('key', 'new', { version: '2' });
    const asked = [at('key'), at('key', { version: '1' }), at('key', { version: '3' })];
    expect(await provider.fetch(asked, options())).toEqual([
      { ok: true, value: { value: 'new', metadata: { version: '2' } } },
      { ok: true, value: { value: 'old', metadata: { version: '1' } } },
      { ok: false, code: 'NotFound' },
    ]);
    provider.delete('key');
    expect(await provider.fetch([at('key'), at('key', { version: '1' })], options())).toEqual([
      { ok: false, code: 'NotFound' },
      { ok: false, code: 'NotFound' },
    ]);
  });

  it('describes the metadata without the value', async () => {
    const provider = memory({ plain: 'canary-7f' });
    const createdAt = new Date('2026-01-02T03:04:05Z');
    provider.set('dated', 'canary-7f', { createdAt });
    expect(await provider.describe?.([at('dated'), at('plain'), at('nope')], options())).toEqual([
      { ok: true, value: { createdAt } },
      { ok: true, value: {} },
      { ok: false, code: 'NotFound' },
    ]);
  });

  it('logs every call', async () => {
    const provider = memory({ a: '1' });
    await provider.fetch([at('a'), at('b')], options());
    await provider.describe?.([at('a')], options());
    expect(provider.calls).toEqual([
      { method: 'fetch', paths: ['a', 'b'] },
      { method: 'describe', paths: ['a'] },
    ]);
  });

  it('fails one item as often as it was told, beside good ones', async () => {
    const provider = memory({ a: '1', b: '2' });
    provider.fail('a', { code: 'Throttled', message: 'slow down', retryAfterMs: 20 }, 1);
    const both = [at('a'), at('b')];
    expect(await provider.fetch(both, options())).toEqual([
      { ok: false, code: 'Throttled', message: 'slow down', retryAfterMs: 20 },
      { ok: true, value: { value: '2' } },
    ]);
    expect(await provider.fetch(both, options())).toEqual([
      { ok: true, value: { value: '1' } },
      { ok: true, value: { value: '2' } },
    ]);
  });

  it('rejects every call in an outage, until it is mended', async () => {
    const provider = memory({ a: '1' });
    provider.fail('*', { code: 'Unavailable', retryAfterMs: 5 });
    expect(await rejection(provider, ['a'])).toEqual({ code: 'Unavailable', retryAfterMs: 5 });
    expect(await rejection(provider, ['b'])).toEqual({ code: 'Unavailable', retryAfterMs: 5 });
    provider.mend();
    expect(await provider.fetch([at('a')], options())).toEqual([{ ok: true, value: { value: '1' } }]);
  });

  it('ends the faults of items too when it is mended', async () => {
    const provider = memory({ a: '1' });
    provider.fail('a', 'Disabled');
    expect(await provider.fetch([at('a')], options())).toEqual([{ ok: false, code: 'Disabled' }]);
    provider.mend();
    expect(await provider.fetch([at('a')], options())).toEqual([{ ok: true, value: { value: '1' } }]);
  });

  it('uses up no fault of an item in a call that rejects', async () => {
    const provider = memory({ a: '1' });
    provider.fail('a', 'Throttled', 1);
    provider.fail('*', 'Unavailable', 1);
    expect(await rejection(provider, ['a'])).toEqual({ code: 'Unavailable' });
    expect(await provider.fetch([at('a')], options())).toEqual([{ ok: false, code: 'Throttled' }]);
  });

  it('rejects only the calls that carry a spoiled path, and counts only those', async () => {
    const provider = memory({ a: '1', b: '2' });
    provider.spoil('b', 'AccessDenied', 2);
    expect(await rejection(provider, ['a', 'b'])).toEqual({ code: 'AccessDenied' });
    expect(await provider.fetch([at('a')], options())).toEqual([{ ok: true, value: { value: '1' } }]);
    expect(await rejection(provider, ['b'])).toEqual({ code: 'AccessDenied' });
    expect(await provider.fetch([at('b')], options())).toEqual([{ ok: true, value: { value: '2' } }]);
  });

  it.each([
    ['an item hangs', (provider: ReturnType<typeof memory>) => provider.fail('a', 'hang')],
    ['every call hangs', (provider: ReturnType<typeof memory>) => provider.fail('*', 'hang')],
  ])('answers nothing until it is aborted when %s', async (_, arm) => {
    const provider = memory({ a: '1', b: '2' });
    arm(provider);
    const controller = new AbortController();
    const states: string[] = [];
    const call = provider.fetch([at('b'), at('a')], options(controller.signal)).catch((error: unknown) => {
      states.push('settled');
      return error;
    });
    await new Promise((done) => setImmediate(done));
    states.push('waited');
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await call).toBe(reason);
    expect(states).toEqual(['waited', 'settled']);
  });

  it('clears the timer of its latency on an abort', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    const provider = memory({ a: '1' }, { latency: 60_000 });
    const controller = new AbortController();
    const before = timers();
    const call = provider.fetch([at('a')], options(controller.signal));
    expect(timers()).toBe(before + 1);
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(timers()).toBe(before);
  });

  it('answers after its latency, and leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const provider = memory({ a: '1' }, { latency: 1 });
    expect(await provider.fetch([at('a')], options(signal))).toEqual([{ ok: true, value: { value: '1' } }]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects with the reason of a signal that is aborted already', async () => {
    const reason = new Error('never mind');
    await expect(memory({ a: '1' }).fetch([at('a')], options(AbortSignal.abort(reason)))).rejects.toBe(
      reason,
    );
  });

  it('classifies its own errors only', () => {
    expect([new RangeError('x'), undefined, null, 'text'].map(memory().classify)).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });
});
