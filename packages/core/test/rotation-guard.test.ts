import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createResolver,
  firstOf,
  type MemoryProvider,
  memory,
  type Provider,
  type ResolverOptions,
  type RotationOptions,
  Secret,
  type Warning,
} from '../src/index.ts';
import { jump, settle, stopClocks } from './support/clocks.ts';
import { told } from './support/told.ts';

stopClocks();
const NOW = new Date('2026-08-01T12:00:00Z');
beforeEach(() => void vi.setSystemTime(NOW));

const DAY = 86_400_000;
const at = (days: number) => new Date(NOW.getTime() + days * DAY);
const REFUSE: RotationOptions = { maxAge: '90d', warnAt: '80d', onOverdue: 'refuse' };
const WARN: RotationOptions = { ...REFUSE, onOverdue: 'warn' };

/** A store with one secret of this age in days. */
function aged(days: number): MemoryProvider {
  const store = memory();
  store.set('key', 'canary', { version: 'v1', createdAt: at(-days) });
  return store;
}

/** As Google does: a read brings the version along, and only `describe` dates it. */
function datedByDescribe(store: MemoryProvider): Provider {
  return {
    ...store,
    async fetch(locators, options) {
      const outcomes = await store.fetch(locators, options);
      return outcomes.map((outcome) => {
        if (!outcome.ok || outcome.value.metadata?.version === undefined) return outcome;
        return {
          ok: true,
          value: { ...outcome.value, metadata: { version: outcome.value.metadata.version } },
        };
      });
    },
  };
}

function open(app: Provider, rotation: RotationOptions | undefined, options: Partial<ResolverOptions> = {}) {
  const warnings: string[] = [];
  const onWarning = ({ kind, message }: Warning) => void warnings.push(`${kind}: ${message}`);
  const resolver = createResolver({ providers: { app }, rotation, onWarning, ...options });
  return { resolver, warnings };
}

const OVERDUE = 'created 2026-04-23; its maxAge ended on 2026-07-22';

describe('what is overdue', () => {
  it('is refused under `refuse`, with the others still told of', async () => {
    const app = aged(100);
    const { resolver, warnings } = open(app, REFUSE);
    const error = await resolver.resolve({ KEY: 'app://key', NONE: 'app://none' }).catch((reason) => reason);
    expect(error.failures).toEqual([
      {
        name: 'KEY',
        reference: 'app://key',
        code: 'Refused',
        message: `is overdue for rotation: ${OVERDUE}`,
        hint: 'Rotate it; or exempt it for a time, with a reason and an end date, in the `rotation` of the config.',
      },
      expect.objectContaining({ name: 'NONE', code: 'NotFound' }),
    ]);
    await expect(resolver.resolve('app://key')).rejects.toThrow(`app://key: Refused: is overdue`);
    await expect(resolver.resolveWithMetadata('app://key')).rejects.toThrow('Refused');
    const { failures } = await resolver.resolveSettled({ KEY: 'app://key' });
    expect(failures.map(({ code }) => code)).toEqual(['Refused']);
    expect([warnings, app.calls]).toEqual([[], [{ method: 'fetch', paths: ['key', 'none'] }]]);
  });

  it('is served with one warning under `warn`, hit or miss', async () => {
    const app = aged(100);
    const { resolver, warnings } = open(app, WARN);
    for (let round = 0; round < 3; round += 1) {
      const { KEY } = await resolver.resolve({ KEY: 'app://key' }, {});
      expect(KEY).toBeInstanceOf(Secret);
    }
    expect(warnings).toEqual([`memory: app://key is overdue for rotation: ${OVERDUE}`]);
    expect(app.calls).toEqual([{ method: 'fetch', paths: ['key'] }]);
  });

  it('becomes so while the app runs', async () => {
    const { resolver, warnings } = open(aged(89), REFUSE, { cache: { ttl: '1h' } });
    await resolver.resolve('app://key');
    expect(warnings).toEqual([
      'memory: app://key is due for rotation: created 2026-05-04; its maxAge ends on 2026-08-02',
    ]);
    jump(DAY);
    await expect(resolver.resolve('app://key')).rejects.toThrow('Refused: is overdue for rotation');
  });

  it('by a rule of its own, or not by an exemption', async () => {
    const { resolver } = open(aged(100), undefined);
    const KEY = { ref: 'app://key', rotation: { maxAge: '90d', onOverdue: 'refuse' } } as const;
    await expect(resolver.resolve({ KEY })).rejects.toThrow('Refused');
    const exempt = { reason: 'next quarter', until: '2026-12-31' };
    const kept = await resolver.resolve({ KEY: { ...KEY, rotation: { ...KEY.rotation, exempt } } });
    expect(kept.KEY.reveal()).toBe('canary');
  });

  it('is no matter for what is no secret, nor for a default or absence', async () => {
    const { resolver, warnings } = open(aged(100), REFUSE, { allowDefaults: true });
    expect(
      await resolver.resolve({
        LEVEL: { ref: 'app://key', sensitive: false },
        DEFAULTED: { ref: 'app://none', default: 'x', sensitive: false, rotation: REFUSE },
        OPTIONAL: { ref: 'app://none', optional: true },
      }),
    ).toEqual({ LEVEL: 'canary', DEFAULTED: 'x', OPTIONAL: undefined });
    expect(warnings).toEqual([]);
  });

  it('nor is the age of an empty value that counts as absent', async () => {
    const app = memory();
    app.set('empty', '', { createdAt: at(-100) });
    const { resolver } = open(app, REFUSE);
    expect(await resolver.resolve('app://empty', { optional: true })).toBeUndefined();
    await expect(resolver.resolve('app://empty', { allowEmpty: true })).rejects.toThrow('Refused');
  });
});

describe('an age that nobody tells', () => {
  const app = () => memory({ key: 'canary' });

  it('warns once under `refuse`, and is served', async () => {
    const { resolver, warnings } = open(app(), REFUSE);
    await resolver.resolve({ KEY: 'app://key' }, {});
    await resolver.resolve({ KEY: 'app://key' }, { fresh: true });
    expect(warnings).toEqual([
      'memory: the age of app://key is unknown, so it is not refused: its store tells no date of the value',
    ]);
  });

  it('is not worth a word under `warn`', async () => {
    const { resolver, warnings } = open(app(), WARN);
    await resolver.resolve('app://key');
    expect(warnings).toEqual([]);
  });
});

describe('a date that a read does not bring along', () => {
  it('is asked for once, beside the first read', async () => {
    const store = aged(100);
    const { resolver } = open(datedByDescribe(store), REFUSE);
    for (let round = 0; round < 3; round += 1) {
      await expect(resolver.resolve({ A: 'app://key', B: 'app://key#x' }, {})).rejects.toThrow('Refused');
    }
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch', 'describe']);
  });

  it('is remembered while the version is the same, also without a cache', async () => {
    const store = aged(10);
    const { resolver } = open(datedByDescribe(store), REFUSE, { cache: false });
    await resolver.resolve('app://key');
    await resolver.resolve('app://key');
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch', 'describe', 'fetch']);
    store.set('key', 'canary-2', { version: 'v2', createdAt: at(-100) });
    await expect(resolver.resolve('app://key')).rejects.toThrow('Refused');
    expect(store.calls.map(({ method }) => method).slice(3)).toEqual(['fetch', 'describe']);
  });

  it('is not asked for where a rule gives it, or none needs it', async () => {
    const store = aged(100);
    const { resolver } = open(datedByDescribe(store), { onOverdue: 'refuse' });
    await resolver.resolve('app://key', { rotation: { maxAge: '90d', rotatedAt: '2026-07-31' } });
    await resolver.resolve('app://key', { fresh: true });
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch', 'fetch']);
  });

  it('never holds up a hit: what was read anew in the background is judged by the next but one', async () => {
    const store = aged(10);
    const { resolver } = open(datedByDescribe(store), REFUSE, {
      cache: { ttl: '1m', jitter: 0, staleWhileRevalidate: '1h' },
    });
    await resolver.resolve('app://key', {});
    store.set('key', 'canary-2', { version: 'v2', createdAt: at(-100) });
    jump(90_000);
    expect((await resolver.resolve('app://key', {})).reveal()).toBe('canary');
    await settle();
    store.fail('key', 'hang', 1);
    expect((await resolver.resolve('app://key', {})).reveal()).toBe('canary-2');
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch', 'describe', 'fetch', 'describe']);
    await resolver.close();
  });

  it('that cannot be had makes the age unknown, after one attempt', async () => {
    const store = aged(100);
    const app: Provider = {
      ...datedByDescribe(store),
      async describe(locators, options) {
        store.fail('key', { code: 'Unavailable', message: 'no route' });
        return (await store.describe?.(locators, options)) ?? [];
      },
    };
    const { resolver, warnings } = open(app, REFUSE);
    expect((await resolver.resolve('app://key')).reveal()).toBe('canary');
    expect(warnings).toEqual([
      'memory: the age of app://key is unknown, so it is not refused: Unavailable: no route',
    ]);
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch', 'describe']);
  });
});

it('without a policy nothing is described and nothing said', async () => {
  const store = aged(10_000);
  const { resolver, warnings } = open(datedByDescribe(store), undefined);
  await resolver.resolve({ KEY: 'app://key' });
  expect([store.calls.map(({ method }) => method), warnings]).toEqual([['fetch'], []]);
});

describe('each verdict', () => {
  const DUE_AT = (days: number) => at(days).getTime();
  const common = { type: 'rotation', provider: 'app', kind: 'memory', path: 'key' };

  it('is an event and is counted: of what is given, what is refused, and what nobody dates', async () => {
    const store = aged(100);
    store.set('file', 'canary', { createdBefore: at(-10) });
    store.set('none', 'canary');
    const { resolver } = open(store, REFUSE);
    const events = told(resolver, 'rotation');
    await resolver.resolveSettled({ KEY: 'app://key', FILE: 'app://file', NONE: 'app://none' });
    expect(events).toEqual([
      { ...common, version: 'v1', verdict: 'overdue', ageMs: 100 * DAY, dueAt: DUE_AT(-10) },
      { ...common, path: 'file', verdict: 'unknown', ageMs: 10 * DAY, atLeast: true, dueAt: DUE_AT(80) },
      { ...common, path: 'none', verdict: 'unknown' },
    ]);
    const ages = { fresh: 0, due: 0, overdue: 1, unknown: 2, exempt: 0 };
    expect(resolver.metrics().app?.ages).toEqual(ages);
  });

  it('is of the provider that gave the value', async () => {
    const first = memory();
    const second: Provider = { ...aged(85), check: ({ params }) => ({ locator: { path: 'key', params } }) };
    const { resolver } = open(second, WARN, { providers: { app: firstOf(first, second) } });
    const events = told(resolver, 'rotation');
    await resolver.resolve('app://KEY');
    expect(events).toMatchObject([{ provider: 'app/2', path: 'key', verdict: 'due' }]);
    const metrics = resolver.metrics();
    expect([metrics.app?.ages.due, metrics['app/2']?.ages.due]).toEqual([0, 1]);
  });

  it('is of no one without a policy, and is as it was when it was asked for', async () => {
    const { resolver } = open(aged(10), undefined);
    const events = told(resolver, 'rotation');
    const before = resolver.metrics().app?.ages;
    await resolver.resolve('app://key');
    expect([events, resolver.metrics().app?.ages]).toEqual([[], before]);
    await resolver.resolve('app://key', { rotation: { maxAge: '90d' } });
    expect([before?.fresh, resolver.metrics().app?.ages.fresh]).toEqual([0, 1]);
  });
});
