import type { Cache } from './cache.ts';
import type { CacheEntry } from './cache-entry.ts';
import type { Events } from './events.ts';
import type { Manifest } from './manifest.ts';
import type { Monitor, Probe } from './monitor.ts';
import { groupBy } from './plan.ts';
import { tellServed } from './resolve-events.ts';
import type { Answer } from './walk.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * What bare references and manifests of bare references resolved to, so that a hit plans and converts nothing. Text
 * does not change, so those who ask may share one `Secret`; any other conversion is made anew for each.
 */
export interface Hits {
  /** What this resolves to, while all entries behind it are fresh. */
  get(subject: string | Manifest): Promise<unknown> | undefined;
  /** Remembers what this resolved to, if the cache has all of it. */
  add(subject: string | Manifest, answers: readonly Answer[], values: Values): void;
  /** To be called when an entry of the cache was replaced or dropped. */
  clear(): void;
}

/** What a hit rests on, and what is counted and told of it. */
interface Basis {
  readonly answers: readonly Answer[];
  /** Each once, however many fields are taken of it. */
  readonly entries: readonly CacheEntry[];
  /** How many of the entries are of each provider. */
  readonly shares: readonly { readonly probe: Probe; readonly reads: number }[];
}

interface One {
  readonly basis: Basis;
  readonly value: Promise<unknown>;
}

interface Many {
  readonly basis: Basis;
  readonly references: readonly (readonly [name: string, reference: string])[];
  readonly values: Values;
}

export interface HitHooks {
  /** How many references are remembered: one entry can have many fields. */
  readonly limit: number;
  readonly events: Events;
  readonly monitor: Monitor;
}

/** Makes the hits of a cache. */
export function createHits(cache: Cache, { limit, events, monitor }: HitHooks): Hits {
  const ones = new Map<string, One>();
  let manys = new WeakMap<Manifest, Many>();

  /** The entry that an answer came from or went to; undefined when the cache has none, or another value by now. */
  function entryOf({ item, outcome }: Answer): CacheEntry | undefined {
    const [leg] = item.legs;
    const entry = leg && cache.entry(leg.provider, leg.key);
    return entry?.outcome.ok && outcome.ok && entry.outcome.value === outcome.value ? entry : undefined;
  }

  /** What answers rest on; undefined when that is not all in the cache. */
  function basisOf(answers: readonly Answer[]): Basis | undefined {
    const owners = new Map(answers.map((answer) => [entryOf(answer), answer.provider]));
    const entries = [...owners.keys()].filter((entry) => entry !== undefined);
    if (entries.length < owners.size) return undefined;
    const shares = [...groupBy(owners.values(), (provider) => provider)].map(([provider, { length }]) => ({
      probe: monitor.probe(provider),
      reads: length,
    }));
    return { answers, entries, shares };
  }

  /** Whether all of it is fresh; if so, that is a hit. */
  function isHit({ answers, entries, shares }: Basis, isBare: boolean): boolean {
    const begunAt = events.isHeard() ? performance.now() : undefined;
    if (!cache.areFresh(entries)) return false;
    for (const { probe, reads } of shares) probe.hit(reads);
    if (begunAt !== undefined) tellServed(events, begunAt, isBare, answers);
    return true;
  }

  return {
    get(subject) {
      if (typeof subject === 'string') {
        const one = ones.get(subject);
        return one !== undefined && isHit(one.basis, true) ? one.value : undefined;
      }
      const many = manys.get(subject);
      if (many === undefined || !isUnchanged(subject, many) || !isHit(many.basis, false)) return undefined;
      return Promise.resolve({ ...many.values });
    },
    add(subject, answers, values) {
      const basis = basisOf(answers);
      if (basis === undefined) return;
      if (typeof subject === 'string') {
        if (ones.size >= limit) ones.clear();
        ones.set(subject, { basis, value: Promise.resolve(Object.values(values)[0]) });
        return;
      }
      // As it was when it was read: it may have been changed since.
      const references = answers.map(({ item }) => [item.name, item.entry.ref] as const);
      manys.set(subject, { basis, references, values: { ...values } });
    },
    clear() {
      ones.clear();
      manys = new WeakMap();
    },
  };
}

/** Whether a manifest is what it was when it was resolved, and all of it bare references. */
function isUnchanged(manifest: Manifest, { references }: Many): boolean {
  if (Object.keys(manifest).length !== references.length) return false;
  return references.every(([name, reference]) => manifest[name] === reference);
}
