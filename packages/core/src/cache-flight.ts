import type { Fetched, Outcome } from './provider.ts';
import type { ReadContext } from './reader.ts';
import { Cut, raced } from './scope.ts';

export type Outcomes = Map<string, Outcome<Fetched>>;

/** One read that any number of callers wait for. It ends with its answer, or when the last of them has left. */
export interface Flight {
  /** Nobody may join once it was told to end. */
  isOpen(): boolean;
  /** The answers so far, which is what those who leave early can have. */
  readonly answers: ReadonlyMap<string, Outcome<Fetched>>;
  /**
   * Waits for the answer; the first to wait starts the read. The abort of one context leaves the others waiting.
   * Rejects with the reason of that abort, but a limit of the last who waits brings what was answered by then.
   */
  wait(context: ReadContext): Promise<Outcomes>;
  /** Ends the read for all who wait. */
  end(reason: Cut): Promise<void>;
}

/** Makes a flight. `read` ends soon after its signal aborts: for a `Cut` with outcomes, else by rejecting. */
export function createFlight(read: (context: ReadContext) => Promise<Outcomes>): Flight {
  const controller = new AbortController();
  const { signal } = controller;
  const answers: Outcomes = new Map();
  const onAnswer: ReadContext['onAnswer'] = (key, outcome) => answers.set(key, outcome);
  const waiting = new Set<Pick<ReadContext, 'deadlineAt'>>();
  const deadlineAt = () =>
    [...waiting].reduce((latest, waiter) => Math.max(latest, waiter.deadlineAt()), -Infinity);
  let landing: Promise<Outcomes> | undefined;

  return {
    isOpen: () => !signal.aborted,
    answers,
    async wait(context) {
      // One context may wait twice, so it cannot stand for itself.
      const waiter = { deadlineAt: context.deadlineAt };
      waiting.add(waiter);
      if (landing === undefined) {
        if (context.signal.aborted) controller.abort(context.signal.reason);
        landing = read({ ...context, signal, deadlineAt, onAnswer });
      }
      try {
        return await raced(landing, context.signal);
      } catch (reason) {
        if (!context.signal.aborted) throw reason;
        waiting.delete(waiter);
        if (waiting.size > 0) throw reason;
        controller.abort(reason);
        if (reason instanceof Cut) return await landing;
        throw reason;
      }
    },
    async end(reason) {
      controller.abort(reason);
      await landing?.catch(() => {});
    },
  };
}
