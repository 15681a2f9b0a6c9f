import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  as,
  createResolver,
  firstOf,
  type MemoryProvider,
  memory,
  type Provider,
  type Resolver,
  type ResolverEvent,
} from '../src/index.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { snapshotBox } from './support/snapshot-box.ts';
import { told } from './support/told.ts';
import { warned } from './support/warnings.ts';

stopClocks();
afterEach(() => {
  expect(channel('keyturn').hasSubscribers).toBe(false);
});

const MINUTE = 60_000;
const FAILED = 'events: a listener of its events failed; this is told once, and changes nothing';

/** What goes over the channel while `work` runs. */
async function published(work: () => Promise<unknown>): Promise<unknown[]> {
  const messages: unknown[] = [];
  const listener = (message: unknown) => void messages.push(message);
  subscribe('keyturn', listener);
  try {
    await work();
  } finally {
    unsubscribe('keyturn', listener);
  }
  return messages;
}

describe('a listener', () => {
  it('hears from its subscription to its end', async () => {
    const { resolver } = warned({ app: memory({ x: 'v' }) });
    const heard: string[] = [];
    await resolver.resolve('app://x');
    const listener = ({ type }: ResolverEvent) => void heard.push(type);
    const end = resolver.subscribe(listener);
    const endOther = resolver.subscribe(listener);
    await resolver.resolve('app://x');
    expect(heard).toEqual(['resolve', 'resolve']);
    end();
    end();
    await resolver.resolve('app://x', { fresh: true });
    expect(heard).toEqual(['resolve', 'resolve', 'fetch', 'resolve']);
    endOther();
    await resolver.resolve('app://x', { fresh: true });
    expect(heard).toHaveLength(4);
  });

  it('may end and begin subscriptions while it is told', async () => {
    const { resolver } = warned({ app: memory({ x: 'v' }) });
    const heard: string[] = [];
    const end = resolver.subscribe(({ type }) => {
      heard.push(`a ${type}`);
      end();
      resolver.subscribe((later) => void heard.push(`b ${later.type}`));
    });
    await resolver.resolve('app://x');
    expect(heard).toEqual(['a fetch', 'b resolve']);
  });

  it.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('canary');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('canary');
      },
    ],
  ])('that %s changes nothing, is told of once, and hides nothing from others', async (_how, listener) => {
    const { resolver, warnings } = warned({ app: memory({ x: 'v' }) });
    resolver.subscribe(listener);
    const heard = told(resolver);
    expect((await resolver.resolve('app://x')).reveal()).toBe('v');
    expect((await resolver.resolve('app://x')).reveal()).toBe('v');
    await settle();
    expect(warnings).toEqual([FAILED]);
    expect(heard).toHaveLength(3);
  });

  it('changes nothing even where onWarning throws', async () => {
    const resolver = createResolver({
      providers: { app: memory({ x: 'v' }) },
      onWarning() {
        throw new Error('no warnings please');
      },
    });
    resolver.subscribe(() => {
      throw new Error('canary');
    });
    expect((await resolver.resolve('app://x')).reveal()).toBe('v');
  });

  it('is not waited for', async () => {
    const { resolver } = warned({ app: memory({ x: 'v' }) });
    resolver.subscribe(() => new Promise(() => {}));
    expect((await resolver.resolve('app://x')).reveal()).toBe('v');
  });

  it('has to be a function', () => {
    const { resolver } = warned({ app: memory() });
    expect(() => resolver.subscribe('log' as never)).toThrow('listener: is no function: (event) => {}');
  });

  it('hears of its own resolver only; on the channel an id tells them apart', async () => {
    const one = warned({ app: memory({ x: 'v' }) }).resolver;
    const two = warned({ app: memory({ x: 'v' }) }).resolver;
    const ids: [string, string][] = [];
    one.subscribe((event) => void ids.push(['one', event.resolver]));
    two.subscribe((event) => void ids.push(['two', event.resolver]));
    const messages = await published(async () => {
      await one.resolve('app://x');
      await two.resolve('app://x');
    });
    const [[, first] = ['', ''], , [, second] = ['', '']] = ids;
    expect(first).not.toBe(second);
    expect(ids).toEqual([
      ['one', first],
      ['one', first],
      ['two', second],
      ['two', second],
    ]);
    expect(messages).toMatchObject([first, first, second, second].map((resolver) => ({ resolver })));
  });

  it('is told the time of day', async () => {
    const { resolver } = warned({ app: memory({ x: 'v' }, { latency: 5 }) });
    const times: number[] = [];
    resolver.subscribe(({ at }) => void times.push(at));
    const begin = Date.now();
    const work = resolver.resolve('app://x');
    await settle();
    pass(5);
    await work;
    expect(times).toEqual([begin + 5, begin + 5]);
  });
});

describe('diagnostics_channel', () => {
  it('gets the same events, with and without other listeners', async () => {
    const { resolver } = warned({ app: memory({ x: 'v' }) });
    const heard: ResolverEvent[] = [];
    const alone = await published(() => resolver.resolve('app://x'));
    expect(alone).toMatchObject([{ type: 'fetch' }, { type: 'resolve', source: 'store' }]);
    resolver.subscribe((event) => void heard.push(event));
    const both = await published(() => resolver.resolve('app://x'));
    expect(both).toMatchObject([{ type: 'resolve', source: 'cache' }]);
    expect(both[0]).toBe(heard[0]);
  });

  it.each([
    ['Node without it', () => undefined],
    ['a runtime that cannot be asked', undefined],
  ])('%s: listeners hear all the same', async (_what, getBuiltinModule) => {
    vi.stubGlobal('process', { ...process, getBuiltinModule });
    try {
      const { resolver } = warned({ app: memory({ x: 'v' }) });
      const heard = told(resolver);
      const messages = await published(() => resolver.resolve('app://x'));
      expect([heard.length, messages]).toEqual([2, []]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('nothing is made while nobody listens', async () => {
    // The first event that is made draws the id.
    const id = vi.spyOn(crypto, 'randomUUID');
    const app = memory({ x: 'v' });
    const { resolver } = warned({ app });
    const end = resolver.subscribe(() => {});
    end();
    await eventful(resolver, app);
    expect(id).not.toHaveBeenCalled();
    await published(() => resolver.resolve('app://x'));
    expect(id).toHaveBeenCalledOnce();
  });
});

/** Brings about every type of event. */
async function eventful(resolver: Resolver, app: MemoryProvider): Promise<void> {
  const ask = async () => {
    const asked = resolver.resolveSettled({ X: 'app://x', GONE: 'app://gone' });
    await settle();
    pass(10_000);
    await asked;
  };
  await ask();
  app.set('x', `${CANARY} 2`, { version: '2' });
  await resolver.resolveSettled({ X: 'app://x', WRONG: `postgres://me:${CANARY}@host` });
  await resolver.resolveSettled({ X: 'app://x' }, { fresh: true });
  app.fail('*', 'Throttled');
  pass(10 * MINUTE);
  await ask();
  pass(10 * 60 * MINUTE);
  await ask();
  app.mend();
  await ask();
}

const CANARY = 'canary-7f3a';

it('no event and no metric holds a value, in any situation', async () => {
  const encoder = new TextEncoder();
  const bad: Provider = {
    contract: 1,
    kind: 'bad',
    batchSize: 1,
    params: [],
    classify: () => undefined,
    async fetch() {
      throw new Error(`the store says ${CANARY}`, { cause: CANARY });
    },
  };
  const app = memory({
    x: CANARY,
    json: `{"a":"${CANARY}"}`,
    bytes: encoder.encode(CANARY),
    fields: { a: CANARY },
  });
  const savedAt = new Date(Date.now() - MINUTE);
  const box = snapshotBox([{ provider: 'down', kind: 'memory', key: '=x', value: CANARY, savedAt }]);
  const down = memory();
  down.fail('*', { code: 'Unavailable', message: `not shown: ${CANARY}` });
  const { resolver } = warned(
    { app, bad, down, both: firstOf(bad, app, { on: ['Unknown'] }) },
    {
      retry: { budget: 2 },
      snapshot: box,
      allowDefaults: true,
    },
  );
  const heard: ResolverEvent[] = [];
  resolver.subscribe((event) => void heard.push(event));
  await eventful(resolver, app);
  app.fail('later', { code: 'Throttled', retryAfterMs: MINUTE });
  const all = {
    JSON: 'app://json#a',
    BYTES: 'app://bytes',
    FIELD: 'app://fields#a',
    FIELDS: { ref: 'app://fields', as: as.json() },
    NUMBER: { ref: 'app://x', as: as.integer() },
    NO_FIELD: 'app://json#b',
    DEFAULT: { ref: 'app://none', default: CANARY },
    BAD: 'bad://x',
    BOTH: 'both://x',
    DOWN: 'down://x',
    LATER: 'app://later',
    UNKNOWN: `nowhere://${CANARY}`,
  };
  for (const options of [{}, { fresh: true }]) {
    const asked = resolver.resolveSettled(all, options);
    const { UNKNOWN: _unknown, ...known } = all;
    const others = resolver.resolveSettled(known, options);
    for (let turn = 0; turn < 20; turn++) {
      await settle();
      pass(1_000);
    }
    await Promise.all([asked, others]);
  }
  await expect(resolver.resolve(CANARY)).rejects.toThrow('InvalidReference');
  await expect(resolver.resolve(`app:/${CANARY}`)).rejects.toThrow('InvalidReference');
  for (const value of [`${CANARY} 3`, `${CANARY} 4`]) {
    const handle = await resolver.handle('app://x', (secret) => secret, {});
    app.set('x', value);
    await handle.refresh();
    await handle.close();
  }
  expect(new Set(heard.map(({ type }) => type))).toEqual(
    new Set(['resolve', 'fetch', 'retry', 'retryRefused', 'stale', 'rotated']),
  );
  expect(new Set(heard.flatMap((event) => ('source' in event ? [event.source] : [])))).toEqual(
    new Set(['store', 'cache', 'stale', 'snapshot', 'default']),
  );
  const shown = [heard, resolver.metrics()].flatMap((each) => [
    JSON.stringify(each),
    inspect(each, { depth: Infinity, showHidden: true, maxArrayLength: Infinity, maxStringLength: Infinity }),
  ]);
  for (const text of shown) {
    expect(text).toContain('memory');
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(btoa(CANARY).slice(0, 12));
  }
  expect(JSON.parse(JSON.stringify(heard))).toEqual(heard);
  await resolver.close();
});
