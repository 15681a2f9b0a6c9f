import { type CallContext, callProvider } from './call.ts';
import { defaultMessage } from './hints.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import type { Monitor, Probe } from './monitor.ts';
import { type Leg, splitIntoCalls } from './plan.ts';
import type { ErrorCode, Fetched, Outcome, Provider } from './provider.ts';
import { codeOf, createRetrier, isRetryable, type Retrier } from './retry.ts';
import type { RetrySettings } from './retry-options.ts';
import { Cut, idle, sleep } from './scope.ts';

/** What a read needs to know of the resolve that it belongs to. */
export interface ReadContext extends CallContext {
  /**
   * When the deadline is, by `performance.now()`. A function, since a read that many callers wait for lives as long as
   * the latest of their deadlines.
   */
  readonly deadlineAt: () => number;
  /** Told of every answer as it comes, with the key of its leg. */
  readonly onAnswer?: (key: string, outcome: Outcome<Fetched>) => void;
  /** Whether what failed is to be tried again, by the key of its leg. @default always */
  readonly mayRetry?: (key: string) => boolean;
}

/** Reads distinct legs of one provider; an outcome for each key. Rejects only with a caller's abort reason. */
export type Reader = (
  provider: Provider,
  legs: readonly Leg[],
  context: ReadContext,
) => Promise<Map<string, Outcome<Fetched>>>;

/** Calls in flight for one provider, unless it says otherwise. */
const CONCURRENCY = 8;

/** Codes that one item of a batch can be to blame for, so that the others deserve a call without it. */
const ITEM_CODES: readonly ErrorCode[] = [
  'NotFound',
  'AccessDenied',
  'InvalidReference',
  'InvalidValue',
  'Disabled',
];

const UNKNOWN: Outcome<Fetched> = { ok: false, code: 'Unknown' };

/** What all reads of one provider share. */
interface Lane {
  readonly limiter: Limiter;
  readonly retrier: Retrier | undefined;
  readonly probe: Probe;
}

/** How far the reading of one leg has come. */
interface Reading {
  readonly leg: Leg;
  /** Attempts that were begun. The calls that isolate a spoiler belong to the attempt that it spoiled. */
  tries: number;
  /** The last answer. */
  outcome?: Outcome<Fetched>;
  /** Why there was no further attempt, where the budget or the store said so. */
  refusal?: string;
}

/**
 * Makes a reader: splits by batch size, bounds the calls in flight, retries, and turns every ending into outcomes.
 * @param retry undefined makes every call once.
 */
export function createReader(retry: RetrySettings | undefined, monitor: Monitor): Reader {
  const lanes = new Map<Provider, Lane>();

  function laneOf(provider: Provider): Lane {
    const { concurrency = CONCURRENCY, retries } = provider;
    const lane = lanes.get(provider) ?? {
      limiter: createLimiter(concurrency),
      retrier: retry && retries !== 'own' ? createRetrier(retry) : undefined,
      probe: monitor.probe(provider),
    };
    lanes.set(provider, lane);
    return lane;
  }

  return async (provider, legs, context) => {
    const { signal, deadlineAt, onAnswer, mayRetry = () => true } = context;
    const pause = context.isBackground ? idle : sleep;
    const { limiter, retrier, probe } = laneOf(provider);

    /** One attempt at the legs of a call, and the attempts that follow from it. */
    const read = async (call: readonly Reading[], tries: number, last: boolean): Promise<void> => {
      const wanted = call.map(({ leg }) => leg);
      const attempt = () => {
        for (const reading of call) reading.tries = tries;
        return callProvider(provider, wanted, context, probe);
      };
      const answer = await limiter(attempt, signal).catch(cutOf);
      if (answer instanceof Cut) {
        // What the store answered before says more than our own limit.
        const { message } = answer;
        for (const reading of call) reading.outcome ??= { ok: false, code: 'Unavailable', message };
        return;
      }
      if ('code' in answer && call.length > 1 && ITEM_CODES.includes(answer.code)) {
        const half = Math.ceil(call.length / 2);
        await Promise.all([read(call.slice(0, half), tries, last), read(call.slice(half), tries, last)]);
        return;
      }
      call.forEach((reading, index) => {
        reading.outcome = 'code' in answer ? { ok: false, ...answer } : (answer[index] ?? UNKNOWN);
        onAnswer?.(reading.leg.key, told(reading));
      });

      const failed = call.filter((reading) => mayRecover(reading) && mayRetry(reading.leg.key));
      const leftMs = deadlineAt() - performance.now();
      if (!retrier || last || failed.length === 0 || leftMs <= 0) return;
      const causes = failed.flatMap(({ outcome }) => (outcome?.ok === false ? [outcome] : []));
      const verdict = retrier.next(causes, tries, leftMs);
      const again = failed.map(({ leg }) => leg);
      if ('refusal' in verdict) {
        probe.retryRefused(again, codeOf(causes), tries, verdict.reason);
        for (const reading of failed) reading.refusal = verdict.refusal;
        return;
      }
      probe.retried(again, codeOf(causes), tries + 1, verdict.delayMs);
      const cut = await pause(verdict.delayMs, signal).catch(cutOf);
      if (!cut) await read(failed, tries + 1, verdict.last);
    };

    const calls = splitIntoCalls(provider, legs).map((call) =>
      call.map((leg): Reading => ({ leg, tries: 0 })),
    );
    await Promise.all(calls.map((call) => read(call, 1, false)));
    return new Map(calls.flat().map((reading) => [reading.leg.key, told(reading)]));
  };
}

/** Our own limit; a caller's own abort goes on as it is. */
function cutOf(reason: unknown): Cut {
  if (reason instanceof Cut) return reason;
  throw reason;
}

/** Whether another attempt can help, and is the remedy: where the code passes to the next leg, that one is. */
function mayRecover({ leg, outcome }: Reading): boolean {
  return outcome?.ok === false && isRetryable(outcome.code) && !leg.passes?.includes(outcome.code);
}

/** What came of a leg; of one that was retried in vain, how often, and why not more. */
function told({ outcome = UNKNOWN, tries, refusal }: Reading): Outcome<Fetched> {
  if (outcome.ok || !isRetryable(outcome.code)) return outcome;
  const notes = tries > 1 ? [`${tries} attempts`] : [];
  if (refusal !== undefined) notes.push(`not tried again: ${refusal}`);
  if (notes.length === 0) return outcome;
  return { ...outcome, message: [outcome.message ?? defaultMessage(outcome.code), ...notes].join('; ') };
}
