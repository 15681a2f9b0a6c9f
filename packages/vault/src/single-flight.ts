interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

export interface SingleFlight<T> {
  /**
   * Waits for the work under way for `key`, or starts it. It goes on while anyone waits for it, and is aborted
   * when the last has gone: so the first caller's abort never fails the others, and no work outlives its callers.
   */
  join(key: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** One piece of work at a time for each key, shared by all who ask meanwhile. */
export function singleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight = { result: work(controller.signal), controller, waiting: 0 };
    flights.set(key, flight);
    const forget = () => leave(key, flight);
    flight.result.then(forget, forget);
    return flight;
  }

  /** True when the flight was still under way. */
  function leave(key: string, flight: Flight<T>): boolean {
    return flights.get(key) === flight && flights.delete(key);
  }

  return {
    async join(key, work, signal) {
      signal.throwIfAborted();
      const flight = flights.get(key) ?? start(key, work);
      flight.waiting += 1;
      try {
        return await orAbort(flight.result, signal);
      } finally {
        flight.waiting -= 1;
        if (flight.waiting === 0 && leave(key, flight)) flight.controller.abort();
      }
    },
  };
}

/** The promise's outcome, or the signal's reason when it aborts first. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const settle = () => signal.removeEventListener('abort', stop);
    promise.then(resolve, reject).finally(settle);
  });
}
