import type { CacheLeg, CacheReader } from './cache.ts';
import { createFlight, type Flight } from './cache-flight.ts';
import type { Fetched, Outcome, Provider } from './provider.ts';
import { Cut } from './scope.ts';

/** The least time between the beginnings of two re-reads of the same. */
const GAP_MS = 200;

/**
 * A reader for those whose secret was rejected: many at a time, as a rule. Who asks for what is being read, or was
 * begun to be read less than 200 ms ago, gets the answer of that read.
 */
export function createReread(read: CacheReader): CacheReader {
  const recent = new Map<Provider, Map<string, Flight>>();

  function flightFor(provider: Provider, leg: CacheLeg): Flight {
    const flights = recent.get(provider) ?? new Map<string, Flight>();
    recent.set(provider, flights);
    // Whether an answer is kept is up to the rules, so who has others reads for itself.
    const key = JSON.stringify([leg.key, leg.rules]);
    const running = flights.get(key);
    if (running?.isOpen()) return running;

    const flight = createFlight(async (context) => {
      const begunAt = performance.now();
      try {
        return await read(provider, [leg], { ...context, fresh: true });
      } finally {
        const forget = () => {
          if (flights.get(key) === flight) flights.delete(key);
        };
        setTimeout(forget, GAP_MS - (performance.now() - begunAt)).unref?.();
      }
    });
    flights.set(key, flight);
    return flight;
  }

  return async (provider, legs, context) => {
    const answers = legs.map(async ({ ...leg }): Promise<[string, Outcome<Fetched>]> => {
      const landed = await flightFor(provider, leg).wait(context).catch(ended);
      const outcome = landed instanceof Map ? landed.get(leg.key) : landed;
      return [leg.key, outcome ?? { ok: false, code: 'Unknown' }];
    });
    return new Map(await Promise.all(answers));
  };
}

/** Our own limit while others still wait, as an outcome; a caller's abort goes on as it is. */
function ended(reason: unknown): Outcome<Fetched> {
  if (reason instanceof Cut) return { ok: false, code: 'Unavailable', message: reason.message };
  throw reason;
}
