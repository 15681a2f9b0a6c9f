/** A store that lets so many calls through and throttles the rest, and counts them. */
export interface Quota {
  /** Makes a call: whether it got through, after the latency. */
  call(): Promise<boolean>;
  readonly calls: number;
}

export interface QuotaOptions {
  readonly callsPerSecond: number;
  /** What a store that was idle lets through at once. */
  readonly burst: number;
  readonly latencyMs: number;
}

/** A token bucket, as AWS meters its APIs: a call that is throttled takes nothing from it. */
export function createQuota({ callsPerSecond, burst, latencyMs }: QuotaOptions): Quota {
  let tokens = burst;
  let refilledAt = performance.now();
  let calls = 0;
  return {
    async call() {
      await new Promise((arrived) => setTimeout(arrived, latencyMs / 2));
      const now = performance.now();
      tokens = Math.min(burst, tokens + ((now - refilledAt) / 1_000) * callsPerSecond);
      refilledAt = now;
      calls++;
      const through = tokens >= 1;
      if (through) tokens -= 1;
      await new Promise((answered) => setTimeout(answered, latencyMs / 2));
      return through;
    },
    get calls() {
      return calls;
    },
  };
}
