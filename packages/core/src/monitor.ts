import { elapsed, type Moment, now } from './cache-entry.ts';
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
  /** The age of a value was judged. */
  judged(leg: Leg, fetched: Fetched, judgement: RotationJudgement): void;
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
  /** What was counted, of every provider that has a name. */
  metrics(): ResolverMetrics;
}

export function createMonitor(events: Events, names: ReadonlyMap<Provider, string>): Monitor {
  const watched = new Map(
    [...names].map(([provider, name]) => {
      const counters = createCounters();
      const probe = createProbe(events, { provider: name, kind: provider.kind }, counters);
      return [provider, { name, counters, probe }] as const;
    }),
  );

  return {
    probe(provider) {
      const found = watched.get(provider);
      if (found === undefined) throw new RangeError('a resolver reads its own providers only');
      return found.probe;
    },
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
): Probe {
  function tellFetch(
    call: readonly Leg[],
    durationMs: number,
    rest: Pick<FetchEvent, 'failed' | 'code' | 'aborted'>,
  ): void {
    if (!events.isHeard()) return;
    events.tell({ type: 'fetch', ...who, paths: pathsOf(call), ...rest, durationMs });
  }

  function tellRotated({ locator: { path } }: Leg, fetched: Fetched): void {
    const version = fetched.metadata?.version;
    events.tell({ type: 'rotated', ...who, path, ...(version !== undefined && { version }) });
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
      if (!events.isHeard() || !before?.ok || !after.ok) return;
      try {
        if (isSameValue(before.value.value, after.value.value)) return;
      } catch {
        // Fields that are no JSON cannot be compared.
        return;
      }
      tellRotated(leg, after.value);
    },
    rotated(leg, fetched) {
      if (events.isHeard()) tellRotated(leg, fetched);
    },
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

function pathsOf(legs: readonly Leg[]): string[] {
  return legs.map(({ locator }) => locator.path);
}

function codeOf(outcome: Outcome<Fetched>): ErrorCode[] {
  return outcome.ok ? [] : [outcome.code];
}
