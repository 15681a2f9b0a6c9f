import { convert } from './convert.ts';
import { ConfigError, type Failure, ResolveError } from './errors.ts';
import {
  type CheckedEntry,
  type CheckedManifest,
  type Detailed,
  type DetailedManifest,
  type Entry,
  type EntryOptions,
  type Manifest,
  type Resolved,
  type ResolvedManifest,
  readManifest,
} from './manifest.ts';
import {
  distinctProviders,
  optionProblems,
  type ResolveOptions,
  type ResolverOptions,
  readLimits,
  type Warning,
} from './options.ts';
import { groupByProvider, type Item, type Plan, planCalls, planItems } from './plan.ts';
import type { Provider } from './provider.ts';
import { createReader } from './reader.ts';
import { Cut, openScope } from './scope.ts';
import { walk } from './walk.ts';

/** Options of one `resolve()` of a bare reference: how to convert it, and the limits. */
export type SingleOptions = EntryOptions & ResolveOptions;

/** What came of each name: its value or its failure, in the manifest's order. */
export interface Settled {
  readonly values: Readonly<Record<string, Detailed<unknown>>>;
  readonly failures: readonly Failure[];
}

/** Reads secrets through named providers. Made by `createResolver`. */
export interface Resolver extends AsyncDisposable {
  /**
   * Resolves all names of a manifest, in the fewest calls that the stores allow.
   *
   * Every reference is checked before the first call; every failure is in the one error.
   * @throws {ResolveError} with a failure for each name that could not be resolved.
   * @throws {ConfigError} for a manifest or options of the wrong shape.
   * @throws the signal's reason, when the caller aborts.
   */
  resolve<const M extends Manifest>(
    manifest: M & CheckedManifest<M>,
    options?: ResolveOptions,
  ): Promise<ResolvedManifest<M>>;
  /** Resolves one reference, such as `prod://db#password`. */
  resolve<const O extends SingleOptions = Record<never, never>>(
    reference: string,
    options?: O & CheckedEntry<O>,
  ): Promise<Resolved<O>>;

  /** As `resolve`, and beside each value its source, provider, version and dates. */
  resolveWithMetadata<const M extends Manifest>(
    manifest: M & CheckedManifest<M>,
    options?: ResolveOptions,
  ): Promise<DetailedManifest<M>>;
  resolveWithMetadata<const O extends SingleOptions = Record<never, never>>(
    reference: string,
    options?: O & CheckedEntry<O>,
  ): Promise<Detailed<Resolved<O>>>;

  /**
   * As `resolveWithMetadata`, but a secret that cannot be resolved is a failure beside the values, not a rejection.
   * For commands and health checks that report on all of them.
   * @throws {ConfigError} for a manifest or options of the wrong shape.
   */
  resolveSettled(manifest: Manifest, options?: ResolveOptions): Promise<Settled>;

  /**
   * The calls that resolving the manifest would make, without making one.
   * @throws {ResolveError} `InvalidReference` for every reference that is known to be wrong before a call.
   */
  plan(manifest: Manifest): Plan;

  /** Ends what is in flight and lets go of what the providers opened. The same as `Symbol.asyncDispose`. */
  close(): Promise<void>;
}

const DEFAULTS = { deadlineMs: 10_000, timeoutMs: 3_000 };

/**
 * Makes a resolver over named providers. Makes no call; opens nothing.
 * @throws {ConfigError} for options that are wrong, every one of them at once.
 * @example
 * const resolver = createResolver({ providers: { app: env() } });
 * const { DATABASE_URL } = await resolver.resolve({ DATABASE_URL: 'app://DATABASE_URL' });
 */
export function createResolver(options: ResolverOptions): Resolver {
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const { providers, environment, allowDefaults = false, onWarning = emitWarning } = options;
  const limits = readLimits(options, DEFAULTS);
  const read = createReader();
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const warned = new Set<string>();
  let closed: Promise<void> | undefined;

  function warn({ kind }: Provider, message: string): void {
    const key = `${kind}: ${message}`;
    if (warned.has(key)) return;
    warned.add(key);
    onWarning({ kind, message });
  }

  /** What came of each item, in the manifest's order. Rejects only with the caller's own abort reason. */
  async function resolveItems(
    pairs: readonly (readonly [string, Entry])[],
    callOptions: ResolveOptions,
  ): Promise<{ values: [string, Detailed<unknown>][]; failures: Failure[] }> {
    callOptions.signal?.throwIfAborted();
    const { deadlineMs, timeoutMs } = readLimits(callOptions, limits);
    const { items, failures } = planItems(pairs, providers);
    if (failures.length > 0) return { values: [], failures };

    const scope = openScope(deadlineMs, `no answer within the deadline of ${deadlineMs} ms`, [
      closing.signal,
      callOptions.signal,
    ]);
    try {
      const context = { signal: scope.signal, timeoutMs, warn, allowDefaults, environment };
      const groups = [...groupByProvider(items).values()];
      const answers = (await Promise.all(groups.map((group) => walk(group, read, context)))).flat();
      const results = await Promise.all(answers.map((answer) => convert(answer, context)));
      return inOrder(items, new Map(answers.map(({ item }, index) => [item, results[index]])));
    } finally {
      scope.close();
    }
  }

  /** The one door: every `resolve` comes through here. */
  async function resolveAny(
    subject: Manifest | string,
    callOptions: SingleOptions = {},
  ): Promise<[string, Detailed<unknown>][]> {
    assertOpen();
    if (typeof subject !== 'string') {
      const { values, failures } = await resolveItems(readManifest(subject), callOptions);
      if (failures.length > 0) throw new ResolveError(failures);
      return values;
    }
    const { signal: _signal, deadline: _deadline, timeout: _timeout, ...entry } = callOptions;
    const { values, failures } = await resolveItems(
      readManifest({ reference: { ...entry, ref: subject } }),
      callOptions,
    );
    if (failures.length > 0) {
      throw new ResolveError(failures.map((failure) => ({ ...failure, name: failure.reference })));
    }
    return values;
  }

  function assertOpen(): void {
    if (closed) throw new ConfigError([{ place: '', message: 'the resolver is closed: make another' }]);
  }

  function tracked<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work.then(
      () => running.delete(settled),
      () => running.delete(settled),
    );
    running.add(settled);
    return work;
  }

  async function shut(): Promise<void> {
    closing.abort(new Cut('the resolver was closed'));
    await Promise.all(running);
    const disposals = [...distinctProviders(providers)].map(async (provider) => {
      try {
        await provider[Symbol.asyncDispose]?.();
      } catch {
        // A vendor's error can hold a token, so only the fact is passed on.
        warn(provider, 'could not be closed cleanly');
      }
    });
    await Promise.all(disposals);
  }

  function close(): Promise<void> {
    closed ??= shut();
    return closed;
  }

  // The result types are computed from the manifest's; no implementation can prove them, hence `never`.
  return {
    async resolve(subject: Manifest | string, callOptions?: SingleOptions) {
      const values = await tracked(resolveAny(subject, callOptions));
      if (typeof subject === 'string') return values[0]?.[1].value as never;
      return Object.fromEntries(values.map(([name, { value }]) => [name, value])) as never;
    },
    async resolveWithMetadata(subject: Manifest | string, callOptions?: SingleOptions) {
      const values = await tracked(resolveAny(subject, callOptions));
      return (typeof subject === 'string' ? values[0]?.[1] : Object.fromEntries(values)) as never;
    },
    async resolveSettled(manifest, callOptions = {}) {
      assertOpen();
      const { values, failures } = await tracked(resolveItems(readManifest(manifest), callOptions));
      return { values: Object.fromEntries(values), failures };
    },
    plan(manifest) {
      const { items, failures } = planItems(readManifest(manifest), providers);
      if (failures.length > 0) throw new ResolveError(failures);
      return planCalls(items);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function inOrder(
  items: readonly Item[],
  results: ReadonlyMap<Item, Detailed<unknown> | Failure | undefined>,
): { values: [string, Detailed<unknown>][]; failures: Failure[] } {
  const values: [string, Detailed<unknown>][] = [];
  const failures: Failure[] = [];
  for (const item of items) {
    const result = results.get(item);
    if (result === undefined) continue;
    if ('code' in result) failures.push(result);
    else values.push([item.name, result]);
  }
  return { values, failures };
}

function emitWarning({ kind, message }: Warning): void {
  process.emitWarning(`${kind}: ${message}`, 'KeyturnWarning');
}
