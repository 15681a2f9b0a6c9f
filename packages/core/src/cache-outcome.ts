import { type CacheEntry, now } from './cache-entry.ts';
import type { Fetched, Outcome } from './provider.ts';
import { Cut } from './scope.ts';

/** An outcome, and where it came from if not from the store. */
export type CacheOutcome = Outcome<Fetched> & {
  readonly source?: 'cache' | 'stale' | 'snapshot';
  /** The old value that may be served if the next leg, which comes first, does not have it either. */
  readonly standIn?: () => CacheOutcome;
};

export type FailedOutcome = Extract<Outcome<Fetched>, { ok: false }>;

export const UNKNOWN: Outcome<Fetched> = { ok: false, code: 'Unknown' };

/** How long a failing store is left alone, unless it says for how long. */
const PAUSE_MS = 10_000;

/** Codes that say nothing of the secret itself, so that an old value may stand in. */
export function isOutage(outcome: Outcome<Fetched>): outcome is FailedOutcome {
  return !outcome.ok && (outcome.code === 'Unavailable' || outcome.code === 'Throttled');
}

/** What an entry keeps of the store's failure. */
export function failureNow({
  code,
  retryAfterMs: pauseMs = PAUSE_MS,
}: FailedOutcome): NonNullable<CacheEntry['failure']> {
  return { code, at: now(), pauseMs };
}

/** A caller's own limit, reached while others still wait, as an outcome; its abort goes on as it is. */
export function ended(reason: unknown): Outcome<Fetched> {
  if (reason instanceof Cut) return { ok: false, code: 'Unavailable', message: reason.message };
  throw reason;
}
