import type {
  Classified,
  ErrorCode,
  Fetched,
  Fields,
  Locator,
  Outcome,
  Provider,
  SecretMetadata,
} from './provider.ts';

/**
 * How a `memory` provider fails: a code, a code with more to say, or `hang` for a call that answers nothing
 * until it is aborted.
 */
export type MemoryFault = ErrorCode | 'hang' | Pick<Classified, 'code' | 'message' | 'retryAfterMs'>;

/** One call that reached a `memory` provider. */
export interface MemoryCall {
  readonly method: 'fetch' | 'describe';
  readonly paths: readonly string[];
}

export interface MemoryOptions {
  /** The most locators that one call may carry. @default Infinity */
  readonly batchSize?: number;
  /** The most calls in flight at once. @default core's own */
  readonly concurrency?: number;
  /**
   * The reference parameters that are taken. `version` reads what was `set` with that version; any other
   * changes nothing. @default none
   */
  readonly params?: readonly string[];
  /** How long every call takes, in milliseconds; an abort ends the wait. @default 0 */
  readonly latency?: number;
}

/** A provider that holds its secrets in memory, and whose store a test can change, break and watch. */
export interface MemoryProvider extends Provider {
  /** Every call, in the order of arrival. Clear it with `calls.length = 0`. */
  readonly calls: MemoryCall[];
  /** Adds a value, or a new version of one. A version that was set before is replaced. */
  set(path: string, value: Fetched['value'], metadata?: SecretMetadata): void;
  /** Removes a value with all its versions; what is not there is `NotFound`. */
  delete(path: string): void;
  /**
   * Makes an item answer with a fault, and the items beside it as ever; for the path `*` the whole call
   * rejects, as in an outage. `hang` always holds up the whole call.
   * `times` counts the answers that fail, then the fault is over. @default Infinity
   */
  fail(path: string, fault: MemoryFault, times?: number): void;
  /** Makes every call that carries this path reject as a whole, as one forbidden name does in AWS SSM. */
  spoil(path: string, fault: MemoryFault, times?: number): void;
  /** Ends all faults. */
  mend(): void;
}

/**
 * A provider over values in memory, for tests and examples: any path is legal, values come back as they were
 * given, and `describe` gives the metadata that came with `set`. It is not `local`, so core caches it.
 *
 * @example
 * const store = memory({ 'db/url': 'postgres://localhost/app' });
 * store.fail('db/url', 'Unavailable', 2);
 */
export function memory(
  values: Readonly<Record<string, string | Uint8Array | Fields>> = {},
  options: MemoryOptions = {},
): MemoryProvider {
  const { batchSize = Infinity, concurrency, params = [], latency = 0 } = options;
  const entries = new Map<string, { current: Fetched; versions: Map<string, Fetched> }>();
  const itemFaults = faults();
  const callFaults = faults();
  const calls: MemoryCall[] = [];

  async function answer<T>(
    method: MemoryCall['method'],
    locators: readonly Locator[],
    signal: AbortSignal,
    pick: (fetched: Fetched) => T,
  ): Promise<readonly Outcome<T>[]> {
    const paths = locators.map(({ path }) => path);
    calls.push({ method, paths });
    signal.throwIfAborted();
    const callFault = callFaults.takeFirst(['*', ...paths]);
    const found = callFault ? [] : paths.map((path) => itemFaults.takeFirst([path]));
    const wait = callFault === 'hang' || found.includes('hang') ? Infinity : latency;
    if (wait > 0) await pause(wait, signal);
    if (callFault !== undefined) throw new MemoryError(described(callFault));
    return locators.map(({ path, params: { version } }, index) => {
      const fault = found[index];
      if (fault !== undefined) return { ok: false, ...described(fault) };
      const entry = entries.get(path);
      const fetched = version === undefined ? entry?.current : entry?.versions.get(version);
      return fetched ? { ok: true, value: pick(fetched) } : { ok: false, code: 'NotFound' };
    });
  }

  const provider: MemoryProvider = {
    contract: 1,
    kind: 'memory',
    batchSize,
    params,
    ...(concurrency !== undefined && { concurrency }),
    calls,
    fetch: (locators, { signal }) => answer('fetch', locators, signal, (fetched) => fetched),
    describe: (locators, { signal }) =>
      answer('describe', locators, signal, ({ metadata }) => metadata ?? {}),
    classify: (error) => (error instanceof MemoryError ? error.fault : undefined),
    set(path, value, metadata) {
      const current: Fetched = metadata ? { value, metadata } : { value };
      const versions = entries.get(path)?.versions ?? new Map<string, Fetched>();
      if (metadata?.version !== undefined) versions.set(metadata.version, current);
      entries.set(path, { current, versions });
    },
    delete: (path) => void entries.delete(path),
    fail: (path, fault, times) => (path === '*' ? callFaults : itemFaults).add(path, fault, times),
    spoil: (path, fault, times) => callFaults.add(path, fault, times),
    mend() {
      itemFaults.clear();
      callFaults.clear();
    },
  };
  for (const [path, value] of Object.entries(values)) provider.set(path, value);
  return provider;
}

type Described = Exclude<MemoryFault, string>;

class MemoryError extends Error {
  readonly fault: Described;

  constructor(fault: Described) {
    super(`memory provider: ${fault.code}`);
    this.fault = fault;
  }
}

/** `hang` never comes this far: its wait ends in a rejection. */
function described(fault: MemoryFault): Described {
  if (fault === 'hang') return { code: 'Unavailable' };
  return typeof fault === 'string' ? { code: fault } : fault;
}

function faults() {
  const armed = new Map<string, { fault: MemoryFault; left: number }>();
  return {
    add: (path: string, fault: MemoryFault, times = Infinity) => void armed.set(path, { fault, left: times }),
    /** The fault of the first path that has one left; only that one is used up. */
    takeFirst(paths: readonly string[]): MemoryFault | undefined {
      for (const path of paths) {
        const entry = armed.get(path);
        if (entry === undefined || entry.left < 1) continue;
        entry.left -= 1;
        return entry.fault;
      }
      return undefined;
    },
    clear: () => armed.clear(),
  };
}

/** Resolves after `ms` milliseconds, never for Infinity; rejects with the signal's reason when it aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const done = () => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = ms === Infinity ? undefined : setTimeout(done, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
