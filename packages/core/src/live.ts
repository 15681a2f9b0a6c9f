import { AUDIT_CONTEXT, type AuditContext, contextProblems } from './audit-context.ts';
import type { CacheReader } from './cache.ts';
import { type Handle, type HandleOptions, openHandle } from './live-handle.ts';
import { checkOptions, type OptionChecks } from './live-options.ts';
import type { LiveSource } from './live-read.ts';
import { createReread } from './live-reread.ts';
import { type WatchOptions, watchVersions } from './live-watch.ts';
import { bridgeRotation, type WithSecretOptions } from './live-with-secret.ts';
import type { Detailed, Entry, EntryOptions } from './manifest.ts';

/** The part of a resolver that follows secrets. The types of their values are the resolver's affair. */
export interface Live {
  watch(reference: string, options: WatchOptions): AsyncIterable<Detailed<unknown>>;
  handle<C>(
    reference: string,
    build: (secret: unknown) => C | PromiseLike<C>,
    options: EntryOptions & HandleOptions<C>,
  ): Promise<Handle<C>>;
  withSecret<R>(
    references: string | readonly string[],
    use: (secret: unknown) => R | PromiseLike<R>,
    options: EntryOptions & WithSecretOptions,
  ): Promise<R>;
  /** Closes all handles; watches end by `LiveSource.closing`. */
  close(): Promise<void>;
}

export interface LiveHooks extends LiveSource {
  /** The resolver's own reader. */
  readonly read: CacheReader;
  /** Throws when the resolver is closed, or for references that are wrong, all of them. */
  readonly check: (entries: readonly Entry[]) => void;
}

const INTERVAL_MS = 60_000;
const DRAIN_MS = 30_000;
const WITHIN_MS = 10_000;
const IS_REJECTED = 'say whether an error means that the secret was rejected: (error) => boolean';

export function createLive(hooks: LiveHooks): Live {
  const { check } = hooks;
  const reread = createReread(hooks.read);
  const handles = new Set<Handle<unknown>>();

  return {
    watch(reference, options) {
      const checks = checkLive(options, ['interval', 'signal']);
      const intervalMs = checks.duration('interval', INTERVAL_MS);
      const entry = checks.entry(reference);
      check([entry]);
      return watchVersions(speakingFor(options, hooks), entry, { intervalMs, signal: options.signal });
    },

    async handle(reference, build, options) {
      const checks = checkLive(options, ['interval', 'close', 'drainTimeout']);
      checks.needFunction('build', build, 'make a client of the secret: (secret) => client');
      if (options?.close !== undefined)
        checks.needFunction('close', options.close, '(client) => client.end()');
      const intervalMs = checks.duration('interval', INTERVAL_MS);
      const drainMs = checks.duration('drainTimeout', DRAIN_MS);
      const entry = checks.entry(reference);
      check([entry]);
      const { close } = options;
      return openHandle(speakingFor(options, hooks), entry, {
        build,
        close,
        drainMs,
        intervalMs,
        open: handles,
      });
    },

    async withSecret(references, use, options) {
      const checks = checkLive(options, ['isRejected', 'within', 'signal']);
      checks.needFunction('use', use, 'use the secret: (secret) => connect(secret.reveal())');
      checks.needFunction('isRejected', options?.isRejected, IS_REJECTED);
      const withinMs = checks.duration('within', WITHIN_MS);
      const list = typeof references === 'string' ? [references] : references;
      const isList = Array.isArray(list) && list.length > 0;
      if (!isList) checks.add('references', 'are neither a reference nor an array of them');
      const [first = '', ...others] = isList ? list : [];
      const entry = checks.entry(first);
      const entries: [Entry, ...Entry[]] = [entry, ...others.map((ref) => ({ ...entry, ref }))];
      check(entries);
      const { isRejected, signal } = options;
      return bridgeRotation(speakingFor(options, hooks), reread, entries, {
        use,
        isRejected,
        withinMs,
        signal,
      });
    },

    async close() {
      await Promise.all([...handles].map((handle) => handle.close()));
    },
  };
}

/** @param options as they were given: not always an object. */
function checkLive(options: AuditContext, own: readonly string[]): OptionChecks {
  const checks = checkOptions(options, [...own, ...AUDIT_CONTEXT]);
  for (const { place, message } of contextProblems(options ?? {})) checks.add(place, message);
  return checks;
}

/** Each of its reads is on the record with what the caller said of it. */
function speakingFor({ actor, reason, traceparent }: AuditContext, source: LiveSource): LiveSource {
  const context = { actor, reason, traceparent };
  return {
    ...source,
    resolve: (entry, options, reader) => source.resolve(entry, { ...options, ...context }, reader),
  };
}
