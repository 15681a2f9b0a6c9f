import { raced } from './scope.ts';

/** Runs a task when there is room; a task whose signal aborts while it waits never starts. */
export type Limiter = <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** At most `limit` tasks at a time, in the order in which they came. */
export function createLimiter(limit: number): Limiter {
  let free = limit;
  const waiting: (() => void)[] = [];

  return async (task, signal) => {
    if (free > 0) {
      free--;
    } else {
      let turn = () => {};
      const turned = new Promise<void>((resolve) => {
        turn = resolve;
        waiting.push(turn);
      });
      try {
        await raced(turned, signal);
      } catch (reason) {
        const at = waiting.indexOf(turn);
        if (at >= 0) waiting.splice(at, 1);
        else pass();
        throw reason;
      }
    }
    try {
      signal.throwIfAborted();
      return await task();
    } finally {
      pass();
    }
  };

  /** Hands the place to the next in line, or frees it. */
  function pass(): void {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}
