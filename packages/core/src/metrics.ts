import type { RotationVerdict } from './rotation-judge.ts';

/** What was counted of one provider since its resolver was made. */
export interface ProviderMetrics {
  /** The kind of store, such as `aws-ssm`. */
  readonly kind: string;
  /** Reads that the cache answered with a fresh value, or a fresh NotFound. */
  readonly hits: number;
  /** Reads that the cache had no answer for, so that somebody waited for the store. */
  readonly misses: number;
  /** Reads that an old value answered, be it at once or after the store had failed. */
  readonly stale: number;
  /** Calls to the store, retries among them. */
  readonly calls: number;
  /** Calls that ended with a code other than NotFound, of the call or of an item. */
  readonly failures: number;
  /** Attempts after a first one. */
  readonly retries: number;
  /** Ages that were judged as a resolve was about to hand out a value, by verdict. */
  readonly ages: Readonly<Record<RotationVerdict, number>>;
  /** How long calls took. Those that the callers aborted are left out. */
  readonly latencyMs: LatencyMetrics;
}

/** A histogram in milliseconds, of the form that OpenTelemetry's explicit buckets have. */
export interface LatencyMetrics {
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  /** The upper ends of the buckets, each included. */
  readonly bounds: readonly number[];
  /** How many fell into each bucket; one more than `bounds`, for what lies beyond the last. */
  readonly counts: readonly number[];
}

/** The metrics of each provider, by the user's name for it; `app/2` is the second that `firstOf` gives the name. */
export type ResolverMetrics = Readonly<Record<string, ProviderMetrics>>;

const BOUNDS: readonly number[] = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** The counters of one provider: to be added to where something happens. */
export type Counters = {
  -readonly [Key in Exclude<keyof ProviderMetrics, 'kind' | 'ages' | 'latencyMs'>]: number;
} & {
  readonly ages: Record<RotationVerdict, number>;
  readonly latency: Latency;
};

interface Latency {
  add(milliseconds: number): void;
  read(): LatencyMetrics;
}

export function createCounters(): Counters {
  const ages = { fresh: 0, due: 0, overdue: 0, unknown: 0, exempt: 0 };
  return { hits: 0, misses: 0, stale: 0, calls: 0, failures: 0, retries: 0, ages, latency: createLatency() };
}

function createLatency(): Latency {
  const counts = [...BOUNDS, Infinity].map(() => 0);
  let count = 0;
  let sum = 0;
  let max = 0;
  return {
    add(milliseconds) {
      const at = BOUNDS.findIndex((bound) => milliseconds <= bound);
      const bucket = at < 0 ? BOUNDS.length : at;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      count++;
      sum += milliseconds;
      max = Math.max(max, milliseconds);
    },
    read: () => ({ count, sum, max, bounds: [...BOUNDS], counts: [...counts] }),
  };
}
