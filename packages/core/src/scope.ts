/** Our own limit was reached: unlike a caller's abort, this is reported as Unavailable. */
export class Cut {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** A stretch of work that ends by a time limit or with one of its parents. */
export interface Scope {
  readonly signal: AbortSignal;
  /** Clears the timer and lets go of the parents; to be called in every case. */
  close(): void;
}

/** The longest that a timer can wait; beyond it Node would fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Opens a scope. `AbortSignal.any` and `AbortSignal.timeout` would do, but hold on to long-lived parents and
 * leave their timers running.
 * @param keepsAlive whether the process stays for it: not where nobody waits.
 */
export function openScope(
  limitMs: number,
  limitMessage: string,
  parents: readonly (AbortSignal | undefined)[],
  keepsAlive = true,
): Scope {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Cut(limitMessage)), Math.min(limitMs, LONGEST_TIMER));
  if (!keepsAlive) timer.unref?.();
  const release = follow(controller, parents);
  return {
    signal: controller.signal,
    close() {
      clearTimeout(timer);
      release();
    },
  };
}

/** Aborts the controller with the first of the parents that aborts. Returns how to let go of them. */
export function follow(
  controller: AbortController,
  parents: readonly (AbortSignal | undefined)[],
): () => void {
  const links = parents.flatMap((parent) => {
    if (parent === undefined) return [];
    const abort = () => controller.abort(parent.reason);
    if (parent.aborted) abort();
    else parent.addEventListener('abort', abort, { once: true });
    return [() => parent.removeEventListener('abort', abort)];
  });
  return () => {
    for (const unlink of links) unlink();
  };
}

/** Settles with the promise, or rejects with the signal's reason as soon as that aborts. */
export function raced<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    const settled = () => signal.removeEventListener('abort', abort);
    promise.then(resolve, reject).then(settled, settled);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** As `raced`, but what settles in the turn in which our own limit is reached, or had settled before, wins. */
export async function racedInTurn<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  try {
    return await raced(promise, signal);
  } catch (reason) {
    if (!(reason instanceof Cut)) throw reason;
    const turnEnds = new Promise<never>((_, reject) => setTimeout(reject, 0, reason));
    return Promise.race([promise, turnEnds]);
  }
}

/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, signal, true);
}

/** As `sleep`, but the wait does not keep the process alive. */
export function idle(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, signal, false);
}

async function wait(ms: number, signal: AbortSignal, keepsAlive: boolean): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const woken = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER));
    if (!keepsAlive) timer.unref?.();
  });
  try {
    await raced(woken, signal);
  } finally {
    clearTimeout(timer);
  }
}
