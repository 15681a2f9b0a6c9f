import { elapsed, type Moment, now } from './cache-entry.ts';
import { createClocks } from './clocks.ts';
import type { Events, FetchEvent, RetryRefusedEvent, StaleEvent } from './events.ts';
import { type Counters, createCounters, type ResolverMetrics } from './metrics.ts';
import type { Leg } from './plan.ts';
import type { Classified, ErrorCode, Fetched, Outcome, Provider } from './provider.ts';
import type { RotationJudgement } from './rotation-judge.ts';
import { isSameValue } from './value.ts';

/** What happens between a resolver and one provider: counted always, told where somebody listens. Never throws. */
export interface Probe {
  /** The cache had fresh answers. */
  hit(reads: number): void;
  /** The cache had no answer. */
  missed(): void;
  /** An old value was served. @param code what the store failed with, if it did. */
  stale(leg: Leg, source: StaleEvent['source'], readAt: Moment, code: ErrorCode | undefined): void;
  /** What is kept of a leg, if anything, is replaced. */
  reread(leg: Leg, before: Outcome<Fetched> | undefined, after: Outcome<Fetched>): void;
  /** The store gave another value than before. */
  rotated(leg: Leg, fetched: Fetched): void;
  /** The store gave what is wanted of it as before. */
  kept(leg: Leg, before: Fetched, after: Fetched): void;
  /** The age of a value was judged. */
  judged(leg: Leg, fetched: Fetched, judgement: RotationJudgement): void;
  /** An answer of the store told its time. */
  clock(storeTime: Date): void;
  /** A call begins. */
  called(): void;
  /** A call has its answer. */
  answered(call: readonly Leg[], durationMs: number, answer: readonly Outcome<Fetched>[] | Classified): void;
  /** A call was aborted: by our own limit, which has a code, or by those who waited. */
  left(call: readonly Leg[], durationMs: number, code: ErrorCode | undefined): void;
  /** What failed will be tried again. */
  retried(failed: readonly Leg[], code: ErrorCode, attempt: number, delayMs: number): void;
  /** What failed may not be tried again. */
  retryRefused(
    failed: readonly Leg[],
    code: ErrorCode,
    attempts: number,
    reason: RetryRefusedEvent['reason'],
  ): void;
}

/** Observes the providers of one resolver. */
export interface Monitor {
  probe(provider: Provider): Probe;
  /** How far the store's clock is ahead of this machine's, in milliseconds; 0 where that is little, or not known. */
  skewOf(provider: Provider): number;
  /** What was counted, of every provider that has a name. */
  metrics(): ResolverMetrics;
}

/** @param warn tells the operator, each distinct message once; must not throw. */
export function createMonitor(
  events: Events,
  names: ReadonlyMap<Provider, string>,
  warn: (provider: Provider, message: string) => void,
): Monitor {
  const clocks = createClocks(warn);
  const watched = new Map(
    [...names].map(([provider, name]) => {
      const counters = createCounters();
      const probe = createProbe(events, { provider: name, kind: provider.kind }, counters, {
        warn: (message) => warn(provider, message),
        clock: (storeTime) => clocks.heard(provider, storeTime),
      });
      return [provider, { name, counters, probe }] as const;
    }),
  );

  return {
    probe(provider) {
      const found = watched.get(provider);
      if (found === undefined) throw new RangeError('a resolver reads its own providers only');
      return found.probe;
    },
    skewOf: clocks.skewOf,
    metrics() {
      const all = [...watched].map(([{ kind }, { name, counters }]) => {
        const { latency, ages, ...counts } = counters;
        return [name, { kind, ...counts, ages: { ...ages }, latencyMs: latency.read() }] as const;
      });
      return Object.fromEntries(all);
    },
  };
}

function createProbe(
  events: Events,
  who: { readonly provider: string; readonly kind: string },
  counters: Counters,
  { warn, clock }: { readonly warn: (message: string) => void; readonly clock: Probe['clock'] },
): Probe {
  function tellFetch(
    call: readonly Leg[],
    durationMs: number,
    rest: Pick<FetchEvent, 'failed' | 'code' | 'aborted'>,
  ): void {
    if (!events.isHeard()) return;
    events.tell({ type: 'fetch', ...who, paths: pathsOf(call), ...rest, durationMs });
  }

  function tellRotated({ locator: { path } }: Leg, { metadata }: Fetched, sameValue = false): void {
    if (sameValue) warn(`"${path}" has a new version with the value of the one before: nothing was rotated`);
    if (!events.isHeard()) return;
    const version = metadata?.version;
    events.tell({
      type: 'rotated',
      ...who,
      path,
      ...(version !== undefined && { version }),
      ...(sameValue && { sameValue: true as const }),
    });
  }

  return {
    hit(reads) {
      counters.hits += reads;
    },
    missed() {
      counters.misses++;
    },
    stale({ locator: { path } }, source, readAt, code) {
      counters.stale++;
      if (!events.isHeard()) return;
      const ageMs = elapsed(readAt, now());
      events.tell({ type: 'stale', ...who, path, source, ageMs, ...(code && { code }) });
    },
    reread(leg, before, after) {
      if (!before?.ok || !after.ok) return;
      if (isNewVersion(before.value, after.value)) {
        const same = hasSameValue(before.value, after.value);
        if (same !== undefined) tellRotated(leg, after.value, same);
      } else if (events.isHeard() && hasSameValue(before.value, after.value) === false) {
        tellRotated(leg, after.value);
      }
    },
    rotated: (leg, fetched) => tellRotated(leg, fetched),
    kept(leg, before, after) {
      if (isNewVersion(before, after) && hasSameValue(before, after)) tellRotated(leg, after, true);
    },
    clock,
    judged({ locator: { path } }, { metadata }, { verdict, ageMs, atLeast, dueAt }) {
      counters.ages[verdict]++;
      if (!events.isHeard()) return;
      const version = metadata?.version;
      events.tell({
        type: 'rotation',
        ...who,
        path,
        ...(version !== undefined && { version }),
        verdict,
        ...(ageMs !== undefined && { ageMs }),
        ...(atLeast && { atLeast }),
        ...(dueAt && { dueAt: dueAt.getTime() }),
      });
    },
    called() {
      counters.calls++;
    },
    answered(call, durationMs, answer) {
      const codes = 'code' in answer ? call.map(() => answer.code) : answer.flatMap(codeOf);
      const code = codes.find((each) => each !== 'NotFound') ?? codes[0];
      counters.latency.add(durationMs);
      if (code !== undefined && code !== 'NotFound') counters.failures++;
      tellFetch(call, durationMs, { failed: codes.length, ...(code && { code }) });
    },
    left(call, durationMs, code) {
      if (code !== undefined) {
        counters.latency.add(durationMs);
        counters.failures++;
      }
      tellFetch(call, durationMs, { failed: call.length, ...(code ? { code } : { aborted: true }) });
    },
    retried(failed, code, attempt, delayMs) {
      counters.retries++;
      if (!events.isHeard()) return;
      events.tell({ type: 'retry', ...who, paths: pathsOf(failed), code, attempt, delayMs });
    },
    retryRefused(failed, code, attempts, reason) {
      if (!events.isHeard()) return;
      events.tell({ type: 'retryRefused', ...who, paths: pathsOf(failed), code, attempts, reason });
    },
  };
}

/** Both have to be known. */
function isNewVersion({ metadata: before }: Fetched, { metadata: after }: Fetched): boolean {
  if (before?.version === undefined || after?.version === undefined) return false;
  return before.version !== after.version;
}

/** Undefined where they cannot be compared: fields that are no JSON. */
function hasSameValue(before: Fetched, after: Fetched): boolean | undefined {
  try {
    return isSameValue(before.value, after.value);
  } catch {
    return undefined;
  }
}

function pathsOf(legs: readonly Leg[]): string[] {
  return legs.map(({ locator }) => locator.path);
}

function codeOf(outcome: Outcome<Fetched>): ErrorCode[] {
  return outcome.ok ? [] : [outcome.code];
}
