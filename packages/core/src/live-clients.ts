import { LONGEST_TIMER, raced } from './scope.ts';

/** How clients come and go. */
export interface ClientSettings<C> {
  readonly build: (secret: unknown) => C | PromiseLike<C>;
  readonly close: ((client: C) => unknown) | undefined;
  /** The limit of draining, and of closing. */
  readonly drainMs: number;
}

/** A client that is lent, and retired when another takes its place. */
export interface Lent<C> {
  use<R>(work: (client: C) => R | PromiseLike<R>): Promise<R>;
  /** Waits for its users, then closes it; each within the limit. Never rejects. To be called once, after the last use. */
  retire(): Promise<void>;
}

/** Builds the clients of a handle and sees to it that each is closed, once. */
export interface Clients<C> {
  /**
   * Builds a client and hands it to `accept`. When the signal aborts before, it ends at once with undefined, and the
   * client is closed if it is built after all. Rejects with what `build` throws.
   */
  build<T>(secret: unknown, signal: AbortSignal, accept: (client: Lent<C>) => T): Promise<T | undefined>;
  /** Lets a client go, in the background. */
  retire(client: Lent<C>): void;
  /** Ends when all that were let go are closed. */
  retired(): Promise<void>;
}

export function createClients<C>(settings: ClientSettings<C>, tell: (message: string) => void): Clients<C> {
  const { build } = settings;
  const retiring = new Set<Promise<void>>();

  function retire(client: Lent<C>): void {
    const done: Promise<void> = client.retire().then(() => void retiring.delete(done));
    retiring.add(done);
  }

  return {
    async build(secret, signal, accept) {
      const building = (async () => lend(await build(secret), settings, tell))();
      try {
        const client = await raced(building, signal);
        if (!signal.aborted) return accept(client);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      building.then(retire).catch(() => {});
      return undefined;
    },
    retire,
    async retired() {
      await Promise.all(retiring);
    },
  };
}

function lend<C>(client: C, { close, drainMs }: ClientSettings<C>, tell: (message: string) => void): Lent<C> {
  let users = 0;
  let drained = () => {};

  return {
    async use(work) {
      users++;
      try {
        return await work(client);
      } finally {
        users--;
        if (users === 0) drained();
      }
    },
    async retire() {
      if (users > 0) {
        const idle = new Promise<void>((resolve) => {
          drained = resolve;
        });
        if (!(await endsWithin(drainMs, idle))) {
          tell(`a client is closed after ${drainMs} ms of draining though ${users} calls of use() still run`);
        }
      }
      if (close === undefined) return;
      try {
        const closing = (async () => close(client))();
        if (!(await endsWithin(drainMs, closing))) tell(`closing a client has not ended after ${drainMs} ms`);
      } catch {
        // The error can quote what the client was built from.
        tell('closing a client failed');
      }
    },
  };
}

/** Whether work ends in time; rejects when it fails in time. The wait does not keep the process alive. */
async function endsWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(limitMs, LONGEST_TIMER));
    timer.unref?.();
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
