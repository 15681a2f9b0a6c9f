import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createResolver,
  memory,
  type Provider,
  type ResolverOptions,
  type RotationOptions,
  type Warning,
} from '../src/index.ts';
import { stopClocks } from './support/clocks.ts';

stopClocks();
const NOW = new Date('2026-08-01T12:00:00Z');
beforeEach(() => void vi.setSystemTime(NOW));

const MINUTE = 60_000;
const DAY = 86_400_000;
const POLICY: RotationOptions = { maxAge: '90d', onOverdue: 'refuse' };

/** A store whose clock is ahead by this many milliseconds, with one secret that is 90 days old for it. */
function ahead(skew: { ms: number }, kind = 'memory'): Provider {
  const store = memory();
  const storeTime = () => new Date(Date.now() + skew.ms);
  store.set('key', 'canary', { version: 'v1', createdAt: new Date(storeTime().getTime() - 90 * DAY) });
  return {
    ...store,
    kind,
    fetch(locators, options) {
      options.clock?.(storeTime());
      return store.fetch(locators, options);
    },
    async describe(locators, options) {
      options.clock?.(storeTime());
      return (await store.describe?.(locators, options)) ?? [];
    },
  };
}

function open(providers: ResolverOptions['providers']) {
  const warnings: string[] = [];
  const onWarning = ({ kind, message }: Warning) => void warnings.push(`${kind}: ${message}`);
  return { resolver: createResolver({ providers, rotation: POLICY, onWarning }), warnings };
}

const told = (what: string) =>
  `memory: the clock of this machine is ${what} the store's: ages are judged by the store's`;

describe("a clock that is not the store's", () => {
  it.each([
    [0, []],
    [5 * MINUTE, []],
    [-5 * MINUTE, []],
    [5 * MINUTE + 1, [told('5 minutes behind')]],
    [-5 * MINUTE - 1, [told('5 minutes ahead of')]],
    [119 * MINUTE, [told('119 minutes behind')]],
    [-120 * MINUTE, [told('2 hours ahead of')]],
    [3 * DAY, [told('3 days behind')]],
  ])('is told from 5 minutes on, by how much and in which direction: %s ms', async (ms, expected) => {
    const { resolver, warnings } = open({ app: ahead({ ms }) });
    await resolver.resolveSettled({ KEY: 'app://key' }, { fresh: true });
    await resolver.rotation({ KEY: 'app://key' });
    expect(warnings).toEqual(expected);
  });

  it('is told once of each provider, however it changes', async () => {
    const skew = { ms: 10 * MINUTE };
    const { resolver, warnings } = open({ app: ahead(skew), other: ahead({ ms: -DAY }, 'other') });
    for (const ms of [10 * MINUTE, 20 * MINUTE, 0, -20 * MINUTE]) {
      skew.ms = ms;
      await resolver.rotation({ KEY: 'app://key', OTHER: 'other://key' });
    }
    expect(warnings).toEqual([
      told('10 minutes behind'),
      "other: the clock of this machine is 24 hours ahead of the store's: ages are judged by the store's",
    ]);
  });
});

it('a store that tells no time, or none that is one, says nothing', async () => {
  const skew = { ms: 10 * MINUTE };
  const app = ahead(skew);
  const { resolver } = open({ app });
  await resolver.rotation({ KEY: 'app://key' });
  skew.ms = Number.NaN;
  expect((await resolver.rotation({ KEY: 'app://key' }))[0]?.clockSkewMs).toBe(10 * MINUTE);
});

describe('an age', () => {
  it.each([6 * MINUTE, -6 * MINUTE, 400 * DAY, -400 * DAY])(
    "is judged by the store's clock: %s ms",
    async (ms) => {
      const { resolver } = open({ app: ahead({ ms }) });
      const [status] = await resolver.rotation({ KEY: 'app://key' });
      expect(status).toMatchObject({ verdict: 'overdue', ageMs: 90 * DAY, clockSkewMs: ms });
      await expect(resolver.resolve('app://key')).rejects.toThrow('Refused');
      const before = new Date(NOW.getTime() - 1);
      const [younger] = await resolver.rotation({ KEY: 'app://key' }, { now: before });
      expect(younger).toMatchObject({ verdict: 'fresh', ageMs: 90 * DAY - 1 });
    },
  );

  it("is judged by this machine's within 5 minutes, and once that has been set", async () => {
    const skew = { ms: 5 * MINUTE };
    const { resolver } = open({ app: ahead(skew) });
    const [near] = await resolver.rotation({ KEY: 'app://key' });
    expect(near).toMatchObject({ verdict: 'fresh', ageMs: 90 * DAY - 5 * MINUTE });
    expect(near).not.toHaveProperty('clockSkewMs');
    skew.ms = 6 * MINUTE;
    expect((await resolver.rotation({ KEY: 'app://key' }))[0]?.clockSkewMs).toBe(6 * MINUTE);
    skew.ms = 0;
    expect((await resolver.rotation({ KEY: 'app://key' }))[0]).not.toHaveProperty('clockSkewMs');
  });

  it('is judged by the clock of the provider that answered', async () => {
    const { resolver } = open({ app: ahead({ ms: 2 * DAY }), other: ahead({ ms: 0 }) });
    const statuses = await resolver.rotation({ A: 'app://key', B: 'other://key' });
    expect(statuses.map(({ ageMs, clockSkewMs }) => [ageMs, clockSkewMs])).toEqual([
      [90 * DAY, 2 * DAY],
      [90 * DAY, undefined],
    ]);
  });
});
