import { type CacheEntry, createEntry, judge, type Moment, now, outlastsFailure } from './cache-entry.ts';
import { createFlight, type Flight, type Outcomes } from './cache-flight.ts';
import {
  type CacheOutcome,
  ended,
  type FailedOutcome,
  failureNow,
  isOutage,
  UNKNOWN,
} from './cache-outcome.ts';
import { type CacheSettings, type Freshness, type FreshnessOptions, strictest } from './cache-settings.ts';
import { createCacheStore } from './cache-store.ts';
import type { Monitor } from './monitor.ts';
import { groupBy, type Leg } from './plan.ts';
import type { ErrorCode, Provider } from './provider.ts';
import type { ReadContext, Reader } from './reader.ts';
import { type Cut, openScope } from './scope.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';

/** A leg, and what the entries that share it say of caching. */
export interface CacheLeg extends Leg {
  readonly rules: readonly (false | FreshnessOptions | undefined)[];
}

export interface CacheContext extends ReadContext {
  /** Asks the store, whatever is cached or in flight. */
  readonly fresh: boolean;
}

/** A `Reader` that may answer without a call. */
export type CacheReader = (
  provider: Provider,
  legs: readonly CacheLeg[],
  context: CacheContext,
) => Promise<Map<string, CacheOutcome>>;

export interface Cache {
  readonly read: CacheReader;
  /** What is kept of a leg, whatever its age. */
  entry(provider: Provider, key: string): CacheEntry | undefined;
  /** Whether entries are fresh by the resolver's own settings. If all are, that is a use of each. */
  areFresh(entries: readonly CacheEntry[]): boolean;
  /** Drops one entry, those of a provider, or all. A read that began before does not bring them back. */
  invalidate(provider?: Provider, key?: string): void;
  /** Drops all entries, ends the reads in flight and waits for the snapshot to be saved. */
  close(reason: Cut): Promise<void>;
}

export interface CacheHooks {
  /** The limits of a read in the background, and where its warnings go. */
  readonly background: { readonly deadlineMs: number } & Pick<ReadContext, 'timeoutMs' | 'warn'>;
  /** Told when a provider begins to fail and old values of a source stand in; again only after it has answered. */
  readonly onOutage: (provider: Provider, code: ErrorCode, source: 'stale' | 'snapshot') => void;
  /** Told when an entry was replaced or dropped. */
  readonly onChange: () => void;
  /** Is given what is read, and asked for what the cache does not have when a store fails. */
  readonly keeper: SnapshotKeeper | undefined;
  readonly monitor: Monitor;
}

/** A leg that the cache has no answer for. */
interface Wanted {
  readonly leg: Leg;
  /** False when its answer is not to be kept. */
  readonly freshness: Freshness | false;
  /** False when no old value may stand in. */
  readonly bridging: Freshness | false;
}

/** Puts a cache before a reader. Local providers are as cheap as a cache, so it passes them by. */
export function createCache(read: Reader, settings: CacheSettings, hooks: CacheHooks): Cache {
  const { jitter } = settings;
  const { keeper, monitor } = hooks;
  const store = createCacheStore(settings.maxEntries, hooks.onChange);
  /** The newest flight of each leg: the one to join, and the only one whose answer is kept. */
  const newest = new Map<Provider, Map<string, Flight>>();
  /** The flights in the air, each with what its callers wait for. */
  const running = new Map<Flight, Set<readonly Wanted[]>>();
  const inOutage = { stale: new Set<Provider>(), snapshot: new Set<Provider>() };
  let isClosed = false;

  function flightsOf(provider: Provider): Map<string, Flight> {
    const flights = newest.get(provider) ?? new Map<string, Flight>();
    newest.set(provider, flights);
    return flights;
  }

  /** @param code what the store failed with, if it did. */
  function serveStale(provider: Provider, leg: Leg, entry: CacheEntry, code?: ErrorCode): CacheOutcome {
    store.use(entry);
    const source = entry.bound === undefined ? 'stale' : 'snapshot';
    monitor.probe(provider).stale(leg, source, entry.readAt, code);
    if (code !== undefined && !inOutage[source].has(provider)) {
      inOutage[source].add(provider);
      hooks.onOutage(provider, code, source);
    }
    return { ...entry.outcome, source };
  }

  /** An old value for a failure, or for later where the failure passes to the next leg. */
  function bridge(provider: Provider, leg: Leg, entry: CacheEntry, failure: FailedOutcome): CacheOutcome {
    const standIn = () => serveStale(provider, leg, entry, failure.code);
    return leg.passes?.includes(failure.code) ? { ...failure, standIn } : standIn();
  }

  /** A flight that reads `legs` and keeps the answers of `kept`; it begins with its first waiter. */
  function prepare(provider: Provider, legs: readonly Leg[], kept: readonly Leg[]): Flight {
    const flights = flightsOf(provider);
    const flight = createFlight(async (context) => {
      const readAt = now();
      // Beside the read, so that it holds up nobody.
      if (kept.length > 0) void keeper?.ready();
      try {
        // While all who wait have an old value, they are better served by that than by another attempt.
        const mayRetry = (key: string) => !isBridged(flight, provider, key);
        const outcomes = await read(provider, legs, { ...context, mayRetry });
        keep(
          provider,
          kept.filter(({ key }) => flights.get(key) === flight),
          outcomes,
          readAt,
        );
        return outcomes;
      } finally {
        running.delete(flight);
        for (const { key } of kept) if (flights.get(key) === flight) flights.delete(key);
      }
    });
    running.set(flight, new Set());
    for (const { key } of kept) flights.set(key, flight);
    return flight;
  }

  /** Whether somebody waits for a leg, and everybody who does can have an old value in its place. */
  function isBridged(flight: Flight, provider: Provider, key: string): boolean {
    const entry = store.get(provider, key);
    const waiting = [...(running.get(flight) ?? [])].flat().filter(({ leg }) => leg.key === key);
    return (
      waiting.length > 0 &&
      waiting.every(({ bridging }) => entry && bridging && outlastsFailure(entry, bridging, now()))
    );
  }

  function keep(provider: Provider, legs: readonly Leg[], outcomes: Outcomes, readAt: Moment): void {
    // One draw for all, so that what was read in one call grows stale, and is read again, in one call.
    const draw = Math.random();
    for (const leg of legs) {
      const { key } = leg;
      const outcome = outcomes.get(key);
      if (outcome?.ok || outcome?.code === 'NotFound') {
        monitor.probe(provider).reread(leg, store.get(provider, key)?.outcome, outcome);
        store.put(provider, key, createEntry(outcome, readAt, draw));
      } else if (outcome && isOutage(outcome)) {
        const entry = store.get(provider, key);
        if (entry) entry.failure = failureNow(outcome);
      } else {
        store.drop(provider, key);
      }
      if (outcome?.ok) keeper?.put(provider, key, { fetched: outcome.value, readAt });
      else if (!outcome || !isOutage(outcome)) keeper?.drop(provider, key);
    }
    if ([...outcomes.values()].some(isOutage)) return;
    inOutage.stale.delete(provider);
    inOutage.snapshot.delete(provider);
  }

  function revalidate(provider: Provider, legs: readonly Leg[]): void {
    const { deadlineMs, timeoutMs, warn } = hooks.background;
    const scope = openScope(deadlineMs, `no answer within the deadline of ${deadlineMs} ms`, [], false);
    const deadline = performance.now() + deadlineMs;
    prepare(provider, legs, legs)
      .wait({ signal: scope.signal, timeoutMs, warn, deadlineAt: () => deadline, isBackground: true })
      // What came of it shows in the entries.
      .catch(() => {})
      .finally(scope.close);
  }

  /** Joins the flights that already read what is wanted, and sends out one for the rest. */
  async function fetchWanted(
    provider: Provider,
    wanted: readonly Wanted[],
    context: CacheContext,
  ): Promise<Map<string, CacheOutcome>> {
    const flights = flightsOf(provider);
    const groups = groupBy(wanted, ({ leg, bridging }) => {
      const flight = bridging ? flights.get(leg.key) : undefined;
      return flight?.isOpen() ? flight : undefined;
    });
    const outcomes = new Map<string, CacheOutcome>();
    const waits = [...groups].map(async ([joined, group]) => {
      const legs = group.map(({ leg }) => leg);
      const kept = group.filter(({ freshness }) => freshness).map(({ leg }) => leg);
      const flight = joined ?? prepare(provider, legs, kept);
      const waiting = running.get(flight);
      waiting?.add(group);
      const landed = await flight
        .wait(context)
        .catch(ended)
        .finally(() => waiting?.delete(group));
      for (const { leg, bridging } of group) {
        const outcome =
          landed instanceof Map ? (landed.get(leg.key) ?? UNKNOWN) : (flight.answers.get(leg.key) ?? landed);
        const mayBridge = isOutage(outcome) && bridging;
        const entry = mayBridge && (await findOld(provider, leg.key, bridging, outcome, context.signal));
        outcomes.set(leg.key, entry ? bridge(provider, leg, entry, outcome) : outcome);
      }
    });
    await Promise.all(waits);
    return outcomes;
  }

  /** What may stand in for a failure: what is kept, or else what the snapshot has, which is kept from then on. */
  async function findOld(
    provider: Provider,
    key: string,
    freshness: Freshness,
    failure: FailedOutcome,
    signal: AbortSignal,
  ): Promise<CacheEntry | undefined> {
    const kept = store.get(provider, key);
    if (kept && outlastsFailure(kept, freshness, now())) return kept;
    // At the deadline, there is only what was loaded by then.
    await keeper?.ready(signal).catch(ended);
    const keptNow = store.get(provider, key);
    if (keptNow && outlastsFailure(keptNow, freshness, now())) return keptNow;
    const saved = keeper?.get(provider, key);
    if (!keeper || !saved || isClosed) return undefined;
    const entry: CacheEntry = {
      ...createEntry({ ok: true, value: saved.fetched }, saved.readAt, 0),
      bound: keeper.maxAgeMs,
      failure: failureNow(failure),
    };
    if (!outlastsFailure(entry, freshness, now())) return undefined;
    store.put(provider, key, entry);
    return entry;
  }

  function invalidate(provider?: Provider, key?: string): void {
    for (const [owner, flights] of newest) {
      if (provider !== undefined && owner !== provider) continue;
      if (key === undefined) flights.clear();
      else flights.delete(key);
    }
    store.drop(provider, key);
  }

  return {
    async read(provider, legs, context) {
      if (provider.local) return read(provider, legs, context);
      const flights = flightsOf(provider);
      const probe = monitor.probe(provider);
      const at = now();
      const outcomes = new Map<string, CacheOutcome>();
      const aged: Leg[] = [];
      const wanted: Wanted[] = [];
      for (const leg of legs) {
        const freshness = strictest(leg.rules, settings.freshness);
        const entry = store.get(provider, leg.key);
        const verdict = entry && freshness && !context.fresh ? judge(entry, freshness, jitter, at) : 'read';
        if (entry === undefined || verdict === 'read') {
          wanted.push({ leg, freshness, bridging: !context.fresh && freshness });
          if (freshness && !context.fresh) probe.missed();
        } else if (verdict === 'fresh') {
          store.use(entry);
          probe.hit(1);
          outcomes.set(leg.key, { ...entry.outcome, source: 'cache' });
        } else {
          const { failure } = entry;
          const stale = failure
            ? bridge(provider, leg, entry, { ok: false, code: failure.code })
            : serveStale(provider, leg, entry);
          outcomes.set(leg.key, stale);
          if (verdict === 'revalidate' && !flights.get(leg.key)?.isOpen()) aged.push(leg);
        }
      }
      if (aged.length > 0) revalidate(provider, aged);
      if (wanted.length === 0) return outcomes;
      return new Map([...outcomes, ...(await fetchWanted(provider, wanted, context))]);
    },
    entry: store.get,
    areFresh(entries) {
      const at = now();
      for (const entry of entries) if (judge(entry, settings.freshness, jitter, at) !== 'fresh') return false;
      for (const entry of entries) store.use(entry);
      return true;
    },
    invalidate(provider, key) {
      invalidate(provider, key);
      keeper?.drop(provider, key);
    },
    async close(reason) {
      isClosed = true;
      invalidate();
      await Promise.all([...running.keys()].map((flight) => flight.end(reason)));
      await keeper?.close();
    },
  };
}
