import { createLimiter, type Limiter } from './limiter.ts';
import { type Leg, splitIntoCalls } from './plan.ts';
import type { Classified, ErrorCode, Fetched, Outcome, Provider } from './provider.ts';
import { Cut, openScope, raced } from './scope.ts';

/** What a read needs to know of the resolve that it belongs to. */
export interface ReadContext {
  /** Aborts at the deadline (by a `Cut`), at the caller's abort and when the resolver is closed. */
  readonly signal: AbortSignal;
  /** The limit of one call. */
  readonly timeoutMs: number;
  readonly warn: (provider: Provider, message: string) => void;
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

/** Makes a reader: splits by batch size, bounds the calls in flight, and turns every ending into outcomes. */
export function createReader(): Reader {
  const limiters = new Map<Provider, Limiter>();

  return async (provider, legs, context) => {
    const limiter = limiters.get(provider) ?? createLimiter(provider.concurrency ?? CONCURRENCY);
    limiters.set(provider, limiter);
    const outcomes = new Map<string, Outcome<Fetched>>();

    const read = async (call: readonly Leg[]): Promise<void> => {
      const answer = await limiter(() => callProvider(provider, call, context), context.signal).catch(ended);
      if (!('code' in answer)) {
        call.forEach((leg, index) => {
          outcomes.set(leg.key, answer[index] ?? { ok: false, code: 'Unknown' });
        });
      } else if (call.length > 1 && ITEM_CODES.includes(answer.code)) {
        const half = Math.ceil(call.length / 2);
        await Promise.all([read(call.slice(0, half)), read(call.slice(half))]);
      } else {
        for (const leg of call) outcomes.set(leg.key, { ok: false, ...answer });
      }
    };

    await Promise.all(splitIntoCalls(provider, legs).map(read));
    return outcomes;
  };
}

/** One call: the outcomes in order, or what made the whole call fail. */
async function callProvider(
  provider: Provider,
  call: readonly Leg[],
  { signal: parent, timeoutMs, warn }: ReadContext,
): Promise<readonly Outcome<Fetched>[] | Classified> {
  const scope = openScope(timeoutMs, `no answer within ${timeoutMs} ms`, [parent]);
  try {
    const locators = call.map((leg) => leg.locator);
    const options = { signal: scope.signal, warn: (message: string) => warn(provider, message) };
    const outcomes = await raced((async () => provider.fetch(locators, options))(), scope.signal);
    if (Array.isArray(outcomes) && outcomes.length === call.length) return outcomes.map(sound);
    return {
      code: 'Unknown',
      message: `the provider did not give ${call.length} outcomes for ${call.length} locators`,
    };
  } catch (error) {
    if (scope.signal.aborted) return ended(scope.signal.reason);
    return classify(provider, error);
  } finally {
    scope.close();
  }
}

/** Our own limit as a code; a caller's own abort goes on as it is. */
function ended(reason: unknown): Classified {
  if (reason instanceof Cut) return { code: 'Unavailable', message: reason.message };
  throw reason;
}

/** The provider's word for its error. The error itself goes no further: it can hold tokens and values. */
function classify(provider: Provider, error: unknown): Classified {
  try {
    return provider.classify(error) ?? { code: 'Unknown' };
  } catch {
    return { code: 'Unknown', message: 'the provider failed to classify an error' };
  }
}

function sound(outcome: Outcome<Fetched> | undefined): Outcome<Fetched> {
  if (outcome?.ok === false) return outcome;
  const value = outcome?.value?.value;
  if (typeof value === 'string' || (typeof value === 'object' && value !== null)) {
    return outcome as Outcome<Fetched>;
  }
  return { ok: false, code: 'Unknown', message: 'the provider gave an outcome without a value' };
}
