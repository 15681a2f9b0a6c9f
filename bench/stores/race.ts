import { deepEqual } from 'node:assert/strict';
import { hrtime } from 'node:process';
import { createResolver, type Provider } from '@keyturn/core';
import { figure, median } from '../measure.ts';

/** One thing to read, and the shortest loop over the bare SDK that reads the same. */
interface Work<Client> {
  readonly what: string;
  /** The calls that it takes, at the store. */
  readonly calls: number;
  /** References to the provider `app`, by name. */
  readonly manifest: Readonly<Record<string, string>>;
  /** The values, in the manifest's order. */
  readonly byHand: (client: Client) => Promise<readonly unknown[]>;
}

/** A seeded store, and the two ways to read it. */
export interface Course<Client> {
  /** Such as `aws-ssm`. */
  readonly kind: string;
  readonly works: readonly Work<Client>[];
  readonly provider: (endpoint: string) => Provider;
  readonly client: (endpoint: string) => Client;
  /** The store itself, and the same at a distance. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Where calls are counted, and how many there were so far. */
  readonly counting: string;
  readonly count: () => number | Promise<number>;
}

/** Short reads get more rounds: what is just-in-time compiled and what the machine does besides weigh more on them. */
const ROUNDS = 40;
const LEAST_MS = 2_000;
const GOAL = 1.15;

/** Counts the calls that each work takes, then runs Keyturn and the loop by hand in turns. */
export async function race<Client>(course: Course<Client>): Promise<void> {
  const { kind, works, provider, client, endpoints, counting, count } = course;
  const counted = provider(counting);
  for (const { what, calls, manifest } of works) {
    const before = await count();
    await byKeyturn(counted, manifest);
    const made = (await count()) - before;
    figure(`${kind}: ${what}`, `${made} ${made === 1 ? 'call' : 'calls'}`, {
      text: String(calls),
      met: made === calls,
    });
  }
  await counted[Symbol.asyncDispose]?.();

  for (const [where, endpoint] of Object.entries(endpoints)) {
    const own = provider(endpoint);
    const bare = client(endpoint);
    for (const { what, manifest, byHand } of works) {
      deepEqual(await byKeyturn(own, manifest), await byHand(bare));
      const [ours, theirs] = await inTurns(
        () => byKeyturn(own, manifest),
        () => byHand(bare),
      );
      figure(`  ${what}, ${where}`, `${ours.toFixed(1)} / ${theirs.toFixed(1)} ms`);
      figure('    as a ratio', `${(ours / theirs).toFixed(2)} x`, {
        text: `<= ${GOAL} x`,
        met: ours / theirs <= GOAL,
      });
    }
    await own[Symbol.asyncDispose]?.();
  }
}

/** A resolver for each read, so that nothing is cached. It is not closed: that would close the provider. */
async function byKeyturn(provider: Provider, manifest: Work<never>['manifest']): Promise<unknown[]> {
  const secrets = await createResolver({ providers: { app: provider } }).resolve(manifest);
  return Object.keys(manifest).map((name) => secrets[name]?.reveal());
}

/** The median time of each in milliseconds; who goes first alternates. */
async function inTurns(
  ...runs: readonly [() => Promise<unknown>, () => Promise<unknown>]
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  const begin = performance.now();
  for (let round = 0; round < ROUNDS || performance.now() - begin < LEAST_MS; round++) {
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = hrtime.bigint();
      await runs[side]();
      times[side].push(Number(hrtime.bigint() - start) / 1e6);
    }
  }
  return [median(times[0]), median(times[1])];
}
