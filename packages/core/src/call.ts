import type { Probe } from './monitor.ts';
import type { Leg } from './plan.ts';
import type { Classified, Fetched, FetchOptions, Locator, Outcome, Provider } from './provider.ts';
import { Cut, openScope, raced } from './scope.ts';

/** What a call needs to know of the resolve that it belongs to. */
export interface CallContext {
  /** Aborts at the deadline (by a `Cut`), at the caller's abort and when the resolver is closed. */
  readonly signal: AbortSignal;
  /** The limit of one call. */
  readonly timeoutMs: number;
  readonly warn: (provider: Provider, message: string) => void;
  /** Nobody waits for it, so its timers do not keep the process alive. @default false */
  readonly isBackground?: boolean;
  /** Asks for metadata, where the store tells it without the value; the value is then an empty map. */
  readonly metadataOnly?: true;
}

/**
 * One call: the outcomes in order, or what made the whole call fail.
 * @throws the reason of the context's signal, once that aborts.
 */
export async function callProvider(
  provider: Provider,
  call: readonly Leg[],
  context: CallContext,
  probe: Probe,
): Promise<readonly Outcome<Fetched>[] | Classified> {
  const begunAt = performance.now();
  probe.called();
  try {
    const answer = await ask(provider, call, context, probe);
    probe.answered(call, performance.now() - begunAt, answer);
    return answer;
  } catch (reason) {
    probe.left(call, performance.now() - begunAt, reason instanceof Cut ? 'Unavailable' : undefined);
    throw reason;
  }
}

async function ask(
  provider: Provider,
  call: readonly Leg[],
  { signal: parent, timeoutMs, warn, isBackground = false, metadataOnly }: CallContext,
  probe: Probe,
): Promise<readonly Outcome<Fetched>[] | Classified> {
  const timedOut = `no answer within ${timeoutMs} ms`;
  const scope = openScope(timeoutMs, timedOut, [parent], !isBackground);
  try {
    const locators = call.map((leg) => leg.locator);
    const options = {
      signal: scope.signal,
      clock: probe.clock,
      warn: (message: string) => warn(provider, message),
    };
    const method = metadataOnly && provider.describe ? describe : fetch;
    const outcomes = await raced(method(provider, locators, options), scope.signal);
    if (Array.isArray(outcomes) && outcomes.length === call.length) return outcomes.map(sound);
    return {
      code: 'Unknown',
      message: `the provider did not give ${call.length} outcomes for ${call.length} locators`,
    };
  } catch (error) {
    parent.throwIfAborted();
    if (scope.signal.aborted) return { code: 'Unavailable', message: timedOut };
    return classify(provider, error);
  } finally {
    scope.close();
  }
}

async function fetch(provider: Provider, locators: readonly Locator[], options: FetchOptions) {
  return await provider.fetch(locators, options);
}

async function describe(provider: Provider, locators: readonly Locator[], { signal, clock }: FetchOptions) {
  const outcomes = (await provider.describe?.(locators, { signal, clock })) ?? [];
  return outcomes.map((outcome): Outcome<Fetched> => {
    return outcome?.ok ? { ok: true, value: { value: {}, metadata: outcome.value } } : outcome;
  });
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
