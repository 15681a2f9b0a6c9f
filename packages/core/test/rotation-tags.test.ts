import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ConfigError,
  createResolver,
  type MemoryProvider,
  memory,
  type Provider,
  type RotationOptions,
  type SecretMetadata,
  type Warning,
} from '../src/index.ts';
import { policyOf } from '../src/rotation-policy.ts';
import { jump, settle, stopClocks } from './support/clocks.ts';

stopClocks();
const NOW = new Date('2026-08-01T12:00:00Z');
beforeEach(() => void vi.setSystemTime(NOW));

const DAY = 86_400_000;
const at = (days: number) => new Date(NOW.getTime() + days * DAY);
const GOLD = { tier: 'gold' };
const BY_TIER: RotationOptions = {
  maxAge: '90d',
  tags: { 'tier=gold': { maxAge: '30d', onOverdue: 'refuse' } },
};
const UNKNOWN =
  'memory: the tags of some secrets are not told, so no rule of `rotation.tags` holds for those: give them a `maxAge` by name';

/** A store with one secret of 40 days. */
function stored(metadata: SecretMetadata = {}): MemoryProvider {
  const store = memory();
  store.set('key', 'canary', { version: 'v1', createdAt: at(-40), ...metadata });
  return store;
}

/** As Secrets Manager and Google do: only `describe` tells tags. */
function tagsByDescribe(store: MemoryProvider): Provider {
  return {
    ...store,
    async fetch(locators, options) {
      const outcomes = await store.fetch(locators, options);
      return outcomes.map((outcome) => {
        if (!outcome.ok) return outcome;
        const { tags: _, ...metadata } = outcome.value.metadata ?? {};
        return { ok: true, value: { ...outcome.value, metadata } };
      });
    },
  };
}

function open(app: Provider, rotation: RotationOptions) {
  const warnings: string[] = [];
  const onWarning = ({ kind, message }: Warning) => void warnings.push(`${kind}: ${message}`);
  return { resolver: createResolver({ providers: { app }, rotation, onWarning }), warnings };
}

describe('a rule by tag', () => {
  const rotation: RotationOptions = {
    maxAge: '90d',
    warnAt: '80d',
    secrets: { NAMED: { maxAge: '10d' } },
    tags: {
      'tier=gold': { maxAge: '30d', warnAt: '20d', onOverdue: 'warn', expiryHorizon: '30d' },
      'team=pay': { maxAge: '60d', warnAt: '5d', onOverdue: 'refuse', expiryHorizon: '7d' },
      'tier=slow': { maxAge: '365d' },
      'stage=': { maxAge: '1d' },
      'a=b=c': { maxAge: '2d' },
    },
  };
  const days = (tags: SecretMetadata['tags'], name = 'KEY', own = {}) => {
    const { maxAgeMs = 0 } = policyOf(rotation, name, own, tags) ?? {};
    return maxAgeMs / DAY;
  };

  it('beats the rule for all, and is beaten by a rule for one', () => {
    expect([days({}), days(GOLD), days({ tier: 'slow' })]).toEqual([90, 30, 365]);
    expect([days(GOLD, 'NAMED'), days(GOLD, 'KEY', { rotation: { maxAge: '50d' } })]).toEqual([10, 50]);
  });

  it('is for the whole tag: key and value, also an empty one, as they are written', () => {
    expect([days({ tier: 'Gold' }), days({ Tier: 'gold' }), days({ gold: 'tier' })]).toEqual([90, 90, 90]);
    expect([days({ stage: '' }), days({ a: 'b=c' }), days({ 'a=b': 'c' })]).toEqual([1, 2, 2]);
    expect(days({ constructor: 'x', toString: '' })).toBe(90);
  });

  it('is, of several, the strictest of each key', () => {
    const both = policyOf(rotation, 'KEY', {}, { team: 'pay', ...GOLD });
    expect(both).toMatchObject({
      maxAgeMs: 30 * DAY,
      warnAtMs: 20 * DAY,
      onOverdue: 'refuse',
      expiryHorizonMs: 30 * DAY,
    });
    const equal = { tags: { 'a=1': { maxAge: '9d' }, 'b=1': { maxAge: '9d', warnAt: '3d' } } };
    expect(policyOf(equal, 'KEY', {}, { a: '1', b: '1' })?.warnAtMs).toBe(3 * DAY);
  });

  it('leaves to the rule for all what it does not say', () => {
    const onlyRefuse = policyOf(
      { ...rotation, tags: { 'tier=gold': { onOverdue: 'refuse' } } },
      'KEY',
      {},
      GOLD,
    );
    expect(onlyRefuse).toMatchObject({ maxAgeMs: 90 * DAY, warnAtMs: 80 * DAY, onOverdue: 'refuse' });
    // Not the 80 days of the longer maxAge.
    expect(
      policyOf({ ...rotation, tags: { 'tier=gold': { maxAge: '30d' } } }, 'KEY', {}, GOLD)?.warnAtMs,
    ).toBe(undefined);
  });

  it('holds for no entry that is no secret', () => {
    expect(policyOf(rotation, 'KEY', { sensitive: false }, GOLD)).toBeUndefined();
    expect(days(GOLD, 'KEY', { sensitive: false, rotation: { onOverdue: 'warn' } })).toBe(0);
  });
});

it('mistakes in rules by tag are told with their places', () => {
  const problemsOf = (tags: unknown) => {
    const rotation = { tags } as RotationOptions;
    try {
      createResolver({ providers: { app: memory() }, rotation });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map(({ place, message }) => `${place}: ${message}`);
    }
    return [];
  };
  const form = 'is no tag: write "key=value", as in { "tier=gold": { maxAge: "30d" } }';
  const rule = 'is no rule: write an object such as { maxAge: "90d" }';
  expect(
    problemsOf({
      gold: { maxAge: '30d' },
      '=gold': { maxAge: '30d' },
      'tier=gold': { maxAge: 'soon' },
      'tier=slow': '365d',
      'tier=none': undefined,
      'tier=free': { exempt: { reason: 'x', until: '2026-12-31' } },
    }),
  ).toEqual([
    `rotation.tags.gold: ${form}`,
    `rotation.tags.=gold: ${form}`,
    'rotation.tags.tier=gold.maxAge: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
    `rotation.tags.tier=slow: ${rule}`,
    `rotation.tags.tier=none: ${rule}`,
    'rotation.tags.tier=free.exempt: unknown key (known: maxAge, warnAt, onOverdue, expiryHorizon)',
  ]);
  expect(problemsOf(['tier=gold'])).toEqual(['rotation.tags: is no object from tag to rule']);
});

describe('in a resolve', () => {
  it('costs nothing where the read tells the tags', async () => {
    const store = stored({ tags: GOLD });
    const { resolver, warnings } = open(store, BY_TIER);
    await expect(resolver.resolve('app://key')).rejects.toThrow('Refused: is overdue for rotation: created');
    expect([store.calls.map(({ method }) => method), warnings]).toEqual([['fetch'], []]);
  });

  it('is asked for once for a version where only `describe` tells them', async () => {
    const store = stored({ tags: GOLD });
    const { resolver, warnings } = open(tagsByDescribe(store), BY_TIER);
    for (let round = 0; round < 3; round += 1) {
      await expect(resolver.resolve('app://key', { fresh: true })).rejects.toThrow('Refused');
    }
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch', 'describe', 'fetch', 'fetch']);
    expect(warnings).toEqual([]);
  });

  it('never holds up a hit: until the tags are told, the rule for all holds', async () => {
    const store = stored();
    const warnings: string[] = [];
    const resolver = createResolver({
      providers: { app: tagsByDescribe(store) },
      rotation: BY_TIER,
      cache: { ttl: '1m', jitter: 0, staleWhileRevalidate: '1h' },
      onWarning: ({ message }) => void warnings.push(message),
    });
    store.set('key', 'canary', { version: 'v1', createdAt: at(-40), tags: {} });
    await resolver.resolve('app://key', {});
    store.set('key', 'canary-2', { version: 'v2', createdAt: at(-40), tags: GOLD });
    jump(90_000);
    await resolver.resolve('app://key', {});
    await settle();
    store.fail('key', 'hang', 1);
    expect((await resolver.resolve('app://key', {})).reveal()).toBe('canary-2');
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch', 'describe', 'fetch', 'describe']);
    expect(warnings).toEqual([]);
    await resolver.close();
  });

  it('says once of a store that it tells none, and judges by the other rules', async () => {
    const store = stored();
    const { resolver, warnings } = open(store, BY_TIER);
    await resolver.resolve({ A: 'app://key', B: 'app://key' }, {});
    await resolver.resolve('app://key', { fresh: true });
    expect(warnings).toEqual([UNKNOWN]);
  });

  it('says nothing where a rule for one gives the maxAge, nor of a local store', async () => {
    const { resolver, warnings } = open(stored(), BY_TIER);
    await resolver.resolve('app://key', { rotation: { maxAge: '50d' } });
    const named = open(stored(), { ...BY_TIER, secrets: { KEY: { maxAge: '50d' } } });
    await named.resolver.resolve({ KEY: 'app://key' });
    expect(named.warnings).toEqual([]);
    const store: MemoryProvider = { ...stored(), local: true };
    const local = open(store, BY_TIER);
    await local.resolver.resolve('app://key');
    expect(store.calls.map(({ method }) => method)).toEqual(['fetch']);
    await local.resolver.rotation({ KEY: 'app://key' });
    expect([warnings, local.warnings]).toEqual([[], []]);
  });

  it('is asked for and said of no entry that is no secret', async () => {
    const store = stored();
    const { resolver, warnings } = open(store, BY_TIER);
    await resolver.resolve('app://key', {
      sensitive: false,
      rotation: { onOverdue: 'refuse', expiryHorizon: 0 },
    });
    expect([store.calls.map(({ method }) => method)]).toEqual([['fetch']]);
    expect(warnings).toEqual([expect.stringContaining('the age of app://key is unknown')]);
  });
});

describe('rotation()', () => {
  it('judges by tags, and gives them', async () => {
    const { resolver, warnings } = open(stored({ tags: GOLD }), BY_TIER);
    expect(await resolver.rotation({ KEY: 'app://key' })).toMatchObject([
      { verdict: 'overdue', dueAt: at(-10), tags: GOLD },
    ]);
    expect(warnings).toEqual([]);
  });

  it('says once of a store that it tells none, or may not', async () => {
    const store = stored();
    const { resolver, warnings } = open(store, BY_TIER);
    const [status] = await resolver.rotation({ KEY: 'app://key', B: 'app://key' });
    expect([status?.verdict, status?.tags, warnings]).toEqual(['fresh', undefined, [UNKNOWN]]);
    store.fail('key', 'AccessDenied');
    const denied = open(store, BY_TIER);
    await denied.resolver.rotation({ KEY: { ref: 'app://key', rotation: { rotatedAt: '2026-07-31' } } });
    expect(denied.warnings).toEqual([UNKNOWN]);
  });
});
