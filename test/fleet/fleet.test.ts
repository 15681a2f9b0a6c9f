import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { awsSdk, type Boot, keyturn } from './instances.ts';
import { createQuota } from './quota.ts';

const INSTANCES = 1_000;
const DEADLINE_MS = 60_000;
const QUOTA = { callsPerSecond: 40, burst: 40, latencyMs: 20 };

interface Outcome {
  readonly up: number;
  readonly calls: number;
  /** When the last instance was up, in seconds. */
  readonly seconds: number;
}

/** Boots all instances in the same moment, on a clock that jumps from timer to timer. */
async function bootFleet(boot: Boot, parameters: number, seed: number): Promise<Outcome> {
  // The SDK's adaptive mode counts by the half-seconds of the wall clock.
  vi.useFakeTimers({ now: new Date('2026-01-01') });
  vi.spyOn(Math, 'random').mockImplementation(randomFrom(seed));
  const quota = createQuota(QUOTA);
  const start = performance.now();
  const boots = Array.from({ length: INSTANCES }, () =>
    boot(quota, parameters, DEADLINE_MS).then(
      () => performance.now() - start,
      () => undefined,
    ),
  );
  await vi.advanceTimersByTimeAsync(DEADLINE_MS + 1_000);
  const times = (await Promise.all(boots)).filter((time) => time !== undefined);
  return { up: times.length, calls: quota.calls, seconds: Math.max(0, ...times) / 1_000 };
}

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function print(what: string, { up, calls, seconds }: Outcome): void {
  const columns = [`${up} up`, `${INSTANCES - up} failed`, `${calls} calls`, `${seconds.toFixed(1)} s`];
  console.log(`  ${what.padEnd(40)}${columns.map((column) => column.padStart(14)).join('')}`);
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** No simulation is worth anything whose store gives away more than its quota. */
function expectQuotaKept({ up, seconds }: Outcome, callsEach: number): void {
  expect(up * callsEach).toBeLessThanOrEqual(QUOTA.burst + QUOTA.callsPerSecond * seconds);
}

const rivals = (['standard', 'adaptive'] as const).flatMap((mode) =>
  [3, 20].map((attempts): [string, Boot] => [
    `AWS SDK, ${mode}, ${attempts} attempts${attempts === 3 ? ' (default)' : ''}`,
    awsSdk(mode, attempts),
  ]),
);

describe.each([
  [1, 1],
  [20, 2],
])('1,000 instances with %i parameters boot at once, 40 calls a second', (parameters, callsEach) => {
  beforeAll(async () => {
    console.log(`${INSTANCES} instances, ${parameters} parameters each, deadline 60 s`);
    // The SDK reads its files once, which no fake clock waits for.
    const quota = createQuota({ ...QUOTA, latencyMs: 0 });
    for (const [, boot] of rivals) await boot(quota, 1, DEADLINE_MS);
  });

  it.each([1, 2, 3])('all are up with Keyturn, none failed: seed %i', async (seed) => {
    const outcome = await bootFleet(keyturn, parameters, seed);
    print(`Keyturn, seed ${seed}`, outcome);
    expect(outcome.up).toBe(INSTANCES);
    expectQuotaKept(outcome, callsEach);
  });

  it.each(rivals)('beside: %s', { timeout: 600_000 }, async (what, boot) => {
    const outcome = await bootFleet(boot, parameters, 1);
    print(what, outcome);
    expectQuotaKept(outcome, callsEach);
  });
});
