import type { ErrorCode } from './provider.ts';
import type { RetrySettings } from './retry-options.ts';

/** Codes that another attempt can change. */
export function isRetryable(code: ErrorCode): boolean {
  return code === 'Throttled' || code === 'Unavailable';
}

/** How one item of a call failed, as far as its retry goes. */
interface RetryCause {
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
}

/** What a call failed with as a whole: Throttled where that is one of several, as it asks for the longer wait. */
export function codeOf(causes: readonly RetryCause[]): ErrorCode {
  return causes.some(({ code }) => code === 'Throttled') ? 'Throttled' : 'Unavailable';
}

/** When the next attempt is made, or why there is none. */
type RetryVerdict =
  | {
      readonly delayMs: number;
      /** The deadline cut the wait short: what follows is the last attempt. */
      readonly last: boolean;
    }
  | {
      readonly refusal: string;
      /** What says no: the budget, or a Retry-After beyond the deadline. */
      readonly reason: 'budget' | 'deadline';
    };

/** The retries of one provider in one resolver. */
export interface Retrier {
  /**
   * Decides on one more attempt, and takes it from the budget.
   * @param causes what failed in one call.
   * @param tries how many attempts there were.
   * @param leftMs what is left until the deadline.
   */
  next(causes: readonly RetryCause[], tries: number, leftMs: number): RetryVerdict;
}

/**
 * Exponential back-off with full jitter: any time from nothing to the delay that doubles, since a fleet that
 * failed together must not come back together (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog).
 */
export function createRetrier(settings: RetrySettings): Retrier {
  const { baseDelayMs, throttledBaseDelayMs, maxDelayMs, budget } = settings;
  let tokens = budget;
  let refilledAt = performance.now();

  function take(): boolean {
    const now = performance.now();
    tokens = Math.min(budget, tokens + (now - refilledAt) / 1_000);
    refilledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  return {
    next(causes, tries, leftMs) {
      const leastMs = Math.max(0, ...causes.map(({ retryAfterMs }) => retryAfterMs || 0));
      if (leastMs >= leftMs) {
        const refusal = `the store says to wait ${leastMs} ms, and the deadline is before that`;
        return { refusal, reason: 'deadline' };
      }
      if (!take()) return { refusal: `the retry budget of ${budget} is used up`, reason: 'budget' };
      const baseMs = codeOf(causes) === 'Throttled' ? throttledBaseDelayMs : baseDelayMs;
      const mostMs = Math.min(maxDelayMs, baseMs * 2 ** (tries - 1));
      const roomMs = leftMs - leastMs;
      return { delayMs: leastMs + Math.random() * Math.min(mostMs, roomMs), last: mostMs > roomMs };
    },
  };
}
