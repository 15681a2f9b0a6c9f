import { createAudit } from './audit.ts';
import { createCache } from './cache.ts';
import { createHits } from './cache-hits.ts';
import { readCacheSettings } from './cache-settings.ts';
import { findTarget } from './cache-target.ts';
import { ConfigError, type Failure, ResolveError } from './errors.ts';
import { createEvents } from './events.ts';
import { createLive } from './live.ts';
import type { WatchOptions } from './live-watch.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { createMonitor } from './monitor.ts';
import { distinctProviders, optionProblems, type ResolverOptions, readLimits } from './options.ts';
import { type Leg, planCalls, planItems } from './plan.ts';
import { nameProviders } from './provider-names.ts';
import { createReader } from './reader.ts';
import { ofProviders } from './redactor.ts';
import { createResolve, type Resolution } from './resolve.ts';
import { readInput } from './resolve-input.ts';
import type { Resolver, SingleOptions } from './resolver-api.ts';
import { readRetrySettings } from './retry-options.ts';
import { createRotationGuard } from './rotation-guard.ts';
import { reportRotation } from './rotation-report.ts';
import { Cut, openScope } from './scope.ts';
import { createSnapshotKeeper } from './snapshot-keeper.ts';
import type { Answer } from './walk.ts';
import { createWarnings } from './warnings.ts';

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
  const { providers, environment, allowDefaults = false, rotation } = options;
  const redactor = options.redactor && ofProviders(options.redactor, providers);
  const { warn, tell, tellQuietly, warnQuietly } = createWarnings(options.onWarning);
  const limits = readLimits(options, DEFAULTS);
  const events = createEvents((message) => warn({ kind: 'events' }, message));
  const monitor = createMonitor(events, nameProviders(providers), ({ kind }, message) =>
    warnQuietly({ kind, message }),
  );
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
          onOutage: ({ kind }, code, source) => tell({ kind, message: `${code}: ${OUTAGE[source]}` }),
          onChange: () => hits?.clear(),
          keeper: keeper || undefined,
          monitor,
        });
  // What has to be on the record does not go past it.
  const hits =
    cache && !options.audit
      ? createHits(cache, { limit: cacheSettings.maxEntries, events, monitor })
      : undefined;
  const read = cache?.read ?? reader;
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;
  const guard = createRotationGuard({
    rotation,
    limit: cacheSettings.maxEntries,
    read: reader,
    skewOf: monitor.skewOf,
    judged(answer, fetched, judgement) {
      const leg = legOf(answer);
      if (leg) monitor.probe(answer.provider).judged(leg, fetched, judgement);
    },
    background(work) {
      const scope = openScope(limits.deadlineMs, 'no answer within the deadline', [closing.signal], false);
      const context = { ...limits, signal: scope.signal, deadlineAt: () => 0, warn, isBackground: true };
      void tracked(work(context).catch(() => {})).finally(scope.close);
    },
  });
  const audit = options.audit
    ? createAudit(options.audit, {
        environment,
        deadlineMs: limits.deadlineMs,
        tell: (message) => tellQuietly({ kind: 'audit', message }),
      })
    : undefined;
  const resolve = createResolve({
    providers,
    environment,
    allowDefaults,
    redactor,
    limits,
    read,
    guard,
    audit,
    events,
    closing: closing.signal,
    warn,
  });
  const live = createLive({
    read,
    resolve: (entry, callOptions, reader) =>
      tracked(resolve([[entry.ref, entry]], callOptions, true, reader)),
    check(entries) {
      assertOpen();
      const { failures } = planItems(
        entries.map((entry) => [entry.ref, entry]),
        providers,
      );
      if (failures.length === 0) return;
      audit?.note(failures.map((result) => ({ result })));
      throw namedByReference(failures);
    },
    rotated(answer) {
      const leg = legOf(answer);
      if (isCached(answer) || !leg || !answer.outcome.ok) return;
      monitor.probe(answer.provider).rotated(leg, answer.outcome.value);
    },
    kept({ provider, outcome: before }, answer) {
      const leg = legOf(answer);
      const { outcome: after } = answer;
      if (isCached(answer) || answer.provider !== provider || !leg || !before.ok || !after.ok) return;
      monitor.probe(provider).kept(leg, before.value, after.value);
    },
    closing: closing.signal,
    tell: tellQuietly,
    tellOnce: warnQuietly,
  });

  /** The one door: every `resolve` comes through here. */
  async function resolveAny(
    subject: Manifest | string,
    callOptions: SingleOptions = {},
  ): Promise<Pick<Resolution, 'values' | 'answers'>> {
    assertOpen();
    const pairs = readInput(subject, callOptions);
    const { values, failures, answers } = await resolve(pairs, callOptions, typeof subject === 'string');
    if (failures.length === 0) return { values, answers };
    throw typeof subject === 'string' ? namedByReference(failures) : new ResolveError(failures);
  }

  async function resolveValues(subject: Manifest | string, callOptions?: SingleOptions): Promise<unknown> {
    const { values, answers } = await tracked(resolveAny(subject, callOptions));
    const resolved = Object.fromEntries(values.map(([name, { value }]) => [name, value]));
    if (callOptions === undefined) hits?.add(subject, answers, resolved);
    return typeof subject === 'string' ? values[0]?.[1].value : resolved;
  }

  /** Whether the cache keeps it, and so tells of its rotation. */
  function isCached({ item, provider }: Answer): boolean {
    return cache !== undefined && !provider.local && item.entry.cache !== false;
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
    await audit?.close();
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
      const { values, failures } = await tracked(resolve(pairs, callOptions, false));
      return { values: Object.fromEntries(values), failures };
    },
    plan(manifest) {
      const { items, failures } = planItems(readManifest(manifest), providers);
      if (failures.length > 0) throw new ResolveError(failures);
      return planCalls(items);
    },
    async rotation(manifest, callOptions = {}) {
      assertOpen();
      const reporter = {
        providers,
        rotation,
        allowDefaults,
        limits,
        read: reader,
        closing: closing.signal,
        warn,
        skewOf: monitor.skewOf,
      };
      return await tracked(reportRotation(manifest, callOptions, reporter));
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

/** What was read for an answer: of the leg that gave it. */
function legOf({ item, provider }: Answer): Leg | undefined {
  return item.legs.find((leg) => leg.provider === provider);
}

/** For bare references: one that is wrong may be a value put in the wrong place, so its text names nothing. */
function namedByReference(failures: readonly Failure[]): ResolveError {
  return new ResolveError(failures.map((failure) => ({ ...failure, name: failure.reference })));
}
