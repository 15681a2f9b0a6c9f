import { type CacheReader, createCache } from './cache.ts';
import { createHits } from './cache-hits.ts';
import { readCacheSettings } from './cache-settings.ts';
import { findTarget } from './cache-target.ts';
import { convert } from './convert.ts';
import { ConfigError, type Failure, ResolveError } from './errors.ts';
import { createEvents } from './events.ts';
import { createLive } from './live.ts';
import type { WatchOptions } from './live-watch.ts';
import { type Detailed, type Entry, type Manifest, readManifest } from './manifest.ts';
import { createMonitor } from './monitor.ts';
import {
  distinctProviders,
  optionProblems,
  type ResolveOptions,
  type ResolverOptions,
  readLimits,
  type Warning,
} from './options.ts';
import { groupByProvider, type Item, planCalls, planItems } from './plan.ts';
import type { Provider } from './provider.ts';
import { nameProviders } from './provider-names.ts';
import { createReader } from './reader.ts';
import { tellRefused, tellResolved } from './resolve-events.ts';
import { readInput } from './resolve-input.ts';
import type { Resolver, SingleOptions } from './resolver-api.ts';
import { readRetrySettings } from './retry-options.ts';
import { Cut, openScope, type Scope } from './scope.ts';
import { createSnapshotKeeper } from './snapshot-keeper.ts';
import { type Answer, walk } from './walk.ts';

const DEFAULTS = { deadlineMs: 10_000, timeoutMs: 3_000 };
const OUTAGE = {
  stale: 'cached values are served past their ttl until it answers again',
  snapshot: 'values of the snapshot are served until it answers again',
};

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
  const events = createEvents((message) => warn({ kind: 'events' }, message));
  const monitor = createMonitor(events, nameProviders(providers));
  const reader = createReader(readRetrySettings(options.retry), monitor);
  const cacheSettings = readCacheSettings(options.cache || {});
  const keeper =
    options.snapshot &&
    createSnapshotKeeper(options.snapshot, {
      providers,
      environment,
      maxEntries: cacheSettings.maxEntries,
      limitMs: limits.deadlineMs,
      warn: (message) => warn({ kind: 'snapshot' }, message),
    });
  const cache =
    options.cache === false
      ? undefined
      : createCache(reader, cacheSettings, {
          background: { ...limits, warn },
          onOutage: ({ kind }, code, source) => onWarning({ kind, message: `${code}: ${OUTAGE[source]}` }),
          onChange: () => hits?.clear(),
          keeper: keeper || undefined,
          monitor,
        });
  const hits = cache && createHits(cache, { limit: cacheSettings.maxEntries, events, monitor });
  const read = cache?.read ?? reader;
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const warned = new Set<string>();
  let closed: Promise<void> | undefined;
  const live = createLive({
    read,
    resolve: (entry, callOptions, reader) =>
      tracked(resolveItems([[entry.ref, entry]], callOptions, true, reader)),
    check(entries) {
      assertOpen();
      const { failures } = planItems(
        entries.map((entry) => [entry.ref, entry]),
        providers,
      );
      if (failures.length > 0) throw namedByReference(failures);
    },
    rotated({ item, provider, outcome }) {
      // Of what is kept, the cache tells.
      if (cache && !provider.local && item.entry.cache !== false) return;
      const leg = item.legs.find((each) => each.provider === provider);
      if (leg && outcome.ok) monitor.probe(provider).rotated(leg, outcome.value);
    },
    closing: closing.signal,
    tell: quietly(onWarning),
    tellOnce: quietly((warning) => warn(warning, warning.message)),
  });

  function warn({ kind }: Pick<Provider, 'kind'>, message: string): void {
    const key = `${kind}: ${message}`;
    if (warned.has(key)) return;
    warned.add(key);
    onWarning({ kind, message });
  }

  /**
   * What came of each item, in the manifest's order. Rejects only with the caller's own abort reason.
   * @param isBare there is one item, a bare reference.
   */
  async function resolveItems(
    pairs: readonly (readonly [string, Entry])[],
    callOptions: ResolveOptions,
    isBare: boolean,
    reader: CacheReader = read,
  ): Promise<{ values: [string, Detailed<unknown>][]; failures: Failure[]; answers: Answer[] }> {
    const { signal, fresh = false } = callOptions;
    signal?.throwIfAborted();
    const { deadlineMs, timeoutMs } = readLimits(callOptions, limits);
    const begunAt = performance.now();
    const { items, failures } = planItems(pairs, providers);
    if (failures.length > 0) {
      tellRefused(events, begunAt, isBare, failures);
      return { values: [], failures, answers: [] };
    }

    const deadline = begunAt + deadlineMs;
    let scope: Scope | undefined;
    const context = {
      // What the cache answers needs neither timer nor signal.
      get signal() {
        const message = `no answer within the deadline of ${deadlineMs} ms`;
        scope ??= openScope(deadlineMs, message, [closing.signal, signal]);
        return scope.signal;
      },
      deadlineAt: () => deadline,
      timeoutMs,
      fresh,
      warn,
      allowDefaults,
      environment,
    };
    try {
      const groups = [...groupByProvider(items).values()];
      const answers: Answer[] = [];
      const results = new Map<Item, Detailed<unknown> | Failure>();
      const work = groups.map(async (group) => {
        const answered = await walk(group, reader, context);
        answers.push(...answered);
        // Beside the reads of other stores, so that one that is slow leaves them their time.
        const conversions = answered.map(async (answer) =>
          results.set(answer.item, await convert(answer, context)),
        );
        await Promise.all(conversions);
      });
      await Promise.all(work);
      tellResolved(events, begunAt, isBare, answers, results);
      return { ...inOrder(items, results), answers };
    } finally {
      scope?.close();
    }
  }

  /** The one door: every `resolve` comes through here. */
  async function resolveAny(
    subject: Manifest | string,
    callOptions: SingleOptions = {},
  ): Promise<{ values: [string, Detailed<unknown>][]; answers: Answer[] }> {
    assertOpen();
    const pairs = readInput(subject, callOptions);
    const { values, failures, answers } = await resolveItems(pairs, callOptions, typeof subject === 'string');
    if (failures.length === 0) return { values, answers };
    throw typeof subject === 'string' ? namedByReference(failures) : new ResolveError(failures);
  }

  async function resolveValues(subject: Manifest | string, callOptions?: SingleOptions): Promise<unknown> {
    const { values, answers } = await tracked(resolveAny(subject, callOptions));
    const resolved = Object.fromEntries(values.map(([name, { value }]) => [name, value]));
    if (callOptions === undefined) hits?.add(subject, answers, resolved);
    return typeof subject === 'string' ? values[0]?.[1].value : resolved;
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
    const reason = new Cut('the resolver was closed');
    closing.abort(reason);
    await Promise.all([live.close(), cache?.close(reason), ...running]);
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
    resolve(subject: Manifest | string, callOptions?: SingleOptions) {
      const hit = callOptions === undefined ? hits?.get(subject) : undefined;
      return (hit ?? resolveValues(subject, callOptions)) as never;
    },
    async resolveWithMetadata(subject: Manifest | string, callOptions?: SingleOptions) {
      const { values } = await tracked(resolveAny(subject, callOptions));
      return (typeof subject === 'string' ? values[0]?.[1] : Object.fromEntries(values)) as never;
    },
    async resolveSettled(manifest, callOptions = {}) {
      assertOpen();
      const pairs = readInput(manifest, callOptions);
      const { values, failures } = await tracked(resolveItems(pairs, callOptions, false));
      return { values: Object.fromEntries(values), failures };
    },
    plan(manifest) {
      const { items, failures } = planItems(readManifest(manifest), providers);
      if (failures.length > 0) throw new ResolveError(failures);
      return planCalls(items);
    },
    invalidate(target) {
      for (const { provider, key } of target === undefined ? [{}] : findTarget(target, providers)) {
        cache?.invalidate(provider, key);
      }
    },
    watch: (reference: string, watchOptions: WatchOptions = {}) =>
      live.watch(reference, watchOptions) as never,
    handle: (reference, build, handleOptions) => live.handle(reference, build as never, handleOptions ?? {}),
    withSecret: (references, use, secretOptions) => live.withSecret(references, use as never, secretOptions),
    subscribe: events.subscribe,
    metrics: monitor.metrics,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** For bare references: one that is wrong may be a value put in the wrong place, so its text names nothing. */
function namedByReference(failures: readonly Failure[]): ResolveError {
  return new ResolveError(failures.map((failure) => ({ ...failure, name: failure.reference })));
}

/** What a listener of warnings throws is its own affair: nobody waits for what runs by the clock. */
function quietly(tell: (warning: Warning) => void): typeof tell {
  return (warning) => {
    try {
      tell(warning);
    } catch {}
  };
}

function inOrder(
  items: readonly Item[],
  results: ReadonlyMap<Item, Detailed<unknown> | Failure>,
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
