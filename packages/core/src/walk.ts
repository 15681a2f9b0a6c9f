import type { CacheContext, CacheLeg, CacheReader } from './cache.ts';
import { type CacheOutcome, isOutage } from './cache-outcome.ts';
import { defaultMessage } from './hints.ts';
import { groupBy, type Item, type Leg } from './plan.ts';
import type { ErrorCode, Provider } from './provider.ts';

/** What came of reading one item: the outcome that counts, and the provider that gave it. */
export interface Answer {
  readonly item: Item;
  readonly provider: Provider;
  readonly outcome: CacheOutcome;
}

interface Walker {
  readonly item: Item;
  readonly leg: Leg;
  /** Legs that did not have it, with a code that falls through. */
  readonly passed: readonly Failed[];
}

interface Failed {
  readonly provider: Provider;
  readonly code: ErrorCode;
  readonly message: string;
  readonly standIn: CacheOutcome['standIn'];
}

/** Reads items that share a provider's name, leg by leg; each leg's reads are deduped and batched. */
export async function walk(
  items: readonly Item[],
  read: CacheReader,
  context: CacheContext,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let walkers = items.flatMap((item): Walker[] => {
    const [leg] = item.legs;
    return leg ? [{ item, leg, passed: [] }] : [];
  });
  while (walkers.length > 0) {
    const byProvider = groupBy(walkers, ({ leg }) => leg.provider);
    const rounds = await Promise.all(
      [...byProvider].map(async ([provider, group]) => {
        const legs = [...groupBy(group, ({ leg }) => leg.key).values()].flatMap(legOf);
        const outcomes = await read(provider, legs, context);
        return group.map((walker) => step(walker, outcomes.get(walker.leg.key)));
      }),
    );
    const steps = rounds.flat();
    answers.push(...steps.filter((next) => 'outcome' in next));
    walkers = steps.filter((next) => 'leg' in next);
  }
  return answers;
}

/** The leg that walkers share, with what the entry of each says of caching. */
function legOf(sharing: readonly Walker[]): CacheLeg[] {
  const rules = sharing.map(({ item }) => item.entry.cache);
  return sharing.slice(0, 1).map(({ leg }) => ({ ...leg, rules }));
}

/** To the next leg, or to the answer. */
function step(
  { item, leg, passed }: Walker,
  outcome: CacheOutcome = { ok: false, code: 'Unknown' },
): Walker | Answer {
  const { provider } = leg;
  if (outcome.ok) return { item, provider, outcome };
  const { code, message = defaultMessage(code) } = outcome;
  const failed = [...passed, { provider, code, message, standIn: outcome.standIn }];
  const next = item.legs[item.legs.indexOf(leg) + 1];
  if (next && item.on.includes(code)) return { item, leg: next, passed: failed };
  if (failed.length === 1) return { item, provider, outcome };
  const answer = verdict(failed);
  const bridging = isOutage(answer.outcome) ? failed.find(({ standIn }) => standIn) : undefined;
  if (bridging?.standIn === undefined) return { item, ...answer };
  return { item, provider: bridging.provider, outcome: bridging.standIn() };
}

/** One failure out of several legs': a NotFound never hides another code. */
function verdict(failed: readonly Failed[]): Omit<Answer, 'item'> {
  const last = failed.findLast(({ code }) => code !== 'NotFound') ?? failed.at(-1);
  if (last === undefined) throw new RangeError('a verdict needs a failure');
  const message = failed
    .map(({ provider, code, message }) => `${provider.kind}: ${code}: ${message}`)
    .join('; ');
  return { provider: last.provider, outcome: { ok: false, code: last.code, message } };
}
