import { AUDIT_CONTEXT, type AuditContext, contextProblems } from './audit-context.ts';
import { type AuditOptions, auditProblems } from './audit-options.ts';
import { type CacheOptions, cacheProblems } from './cache-settings.ts';
import { DURATION_FORM, type Duration, parseDuration } from './duration.ts';
import type { Problem } from './errors.ts';
import { chainOf, chainProblems, type ProviderSource } from './first-of.ts';
import { unknownKeys } from './nearest.ts';
import type { Provider } from './provider.ts';
import type { Redactor } from './redactor.ts';
import { PROVIDER_NAME } from './reference.ts';
import { type RetryOptions, retryProblems } from './retry-options.ts';
import { type RotationOptions, rotationProblems } from './rotation-policy.ts';
import type { Snapshot } from './snapshot.ts';

/** Something that an operator should know, though nothing failed. */
export interface Warning {
  /** The kind of provider that says it. */
  readonly kind: string;
  readonly message: string;
}

/** Limits of one `resolve()`. */
export interface Limits {
  /** The whole resolve, however many calls it takes. @default 10 s */
  readonly deadline?: Duration | undefined;
  /** One call to a store. @default 3 s */
  readonly timeout?: Duration | undefined;
}

export interface ResolverOptions extends Limits {
  /** Your names for the stores: `prod` in `prod://path`. */
  readonly providers: Readonly<Record<string, ProviderSource>>;
  /** The environment's name, for messages. */
  readonly environment?: string | undefined;
  /** When a call that ended Throttled or Unavailable is made again; `false`: never. @default `{}` */
  readonly retry?: false | RetryOptions | undefined;
  /** How long values are served again without a call; `false`: not at all. @default `{}`, 5 minutes */
  readonly cache?: false | CacheOptions | undefined;
  /**
   * Keeps the last good values for a start while the store is down; `snapshot()` of the package `keyturn` makes one.
   * @default false
   */
  readonly snapshot?: false | Snapshot | undefined;
  /** How old the values of secrets may grow. @default no rule: ages are not judged */
  readonly rotation?: RotationOptions | undefined;
  /** Gets each sensitive value before it is handed out, to mask it: `createRedactor()`. @default none */
  readonly redactor?: Pick<Redactor, 'add'> | undefined;
  /** Who read which secret, when, from where and why. @default false */
  readonly audit?: false | AuditOptions | undefined;
  /** Whether sensitive secrets may fall back to their defaults here. @default false */
  readonly allowDefaults?: boolean | undefined;
  /** Told each distinct warning once. @default `process.emitWarning` */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

export interface ResolveOptions extends Limits, AuditContext {
  /** Aborting it rejects with its reason, at once. */
  readonly signal?: AbortSignal | undefined;
  /** Asks the stores, whatever is cached; the cache takes the answers over. @default false */
  readonly fresh?: boolean | undefined;
}

const RESOLVER_OPTIONS = [
  'providers',
  'environment',
  'deadline',
  'timeout',
  'retry',
  'cache',
  'snapshot',
  'rotation',
  'redactor',
  'audit',
  'allowDefaults',
  'onWarning',
] as const;

export const RESOLVE_OPTIONS = ['deadline', 'timeout', 'signal', 'fresh', ...AUDIT_CONTEXT] as const;

/** What is wrong with a resolver's options; empty when nothing is. */
export function optionProblems(options: ResolverOptions): Problem[] {
  if (typeof options !== 'object' || options === null) {
    return [{ place: '', message: 'options are missing: write { providers: { … } }' }];
  }
  const problems = unknownKeys('', options, RESOLVER_OPTIONS);
  problems.push(...providerProblems(options.providers, 'providers'));
  problems.push(...limitProblems(options));
  problems.push(...retryProblems(options.retry, 'retry'));
  problems.push(...cacheProblems(options.cache, 'cache'));
  problems.push(...snapshotProblems(options));
  problems.push(...rotationProblems(options.rotation, 'rotation'));
  problems.push(...auditProblems(options.audit, 'audit'));
  const { redactor, allowDefaults, onWarning } = options;
  if (redactor !== undefined && !isRedactor(redactor)) {
    problems.push({ place: 'redactor', message: 'is no redactor: write createRedactor()' });
  }
  if (allowDefaults !== undefined && typeof allowDefaults !== 'boolean') {
    problems.push({ place: 'allowDefaults', message: 'is neither true nor false' });
  }
  if (onWarning !== undefined && typeof onWarning !== 'function') {
    problems.push({ place: 'onWarning', message: 'is no function' });
  }
  return problems;
}

/** What is wrong with the options of one resolve, unknown keys aside. */
export function resolveProblems(options: ResolveOptions): Problem[] {
  if (!isObject(options)) return [];
  const { signal, fresh } = options;
  const problems = [...limitProblems(options), ...contextProblems(options)];
  if (signal !== undefined && !isAbortSignal(signal)) {
    problems.push({ place: 'signal', message: 'is no AbortSignal: write controller.signal' });
  }
  if (fresh !== undefined && typeof fresh !== 'boolean') {
    problems.push({ place: 'fresh', message: 'is neither true nor false' });
  }
  return problems;
}

/** By what it can do, since a test runner or a browser shim can bring a class of its own. */
function isAbortSignal(value: unknown): boolean {
  return isObject(value) && 'throwIfAborted' in value && 'addEventListener' in value;
}

/** Limits in milliseconds. @param limits without problems. */
export function readLimits(
  limits: Limits,
  defaults: { readonly deadlineMs: number; readonly timeoutMs: number },
): { deadlineMs: number; timeoutMs: number } {
  return {
    deadlineMs: parseDuration(limits.deadline) ?? defaults.deadlineMs,
    timeoutMs: parseDuration(limits.timeout) ?? defaults.timeoutMs,
  };
}

function limitProblems(limits: Limits): Problem[] {
  return (['deadline', 'timeout'] as const).flatMap((key) => {
    const limit = limits[key];
    if (limit === undefined) return [];
    const milliseconds = parseDuration(limit);
    if (milliseconds === undefined) return [{ place: key, message: `is no duration: ${DURATION_FORM}` }];
    return milliseconds === 0 ? [{ place: key, message: 'has to be more than 0' }] : [];
  });
}

function snapshotProblems({ snapshot, cache }: ResolverOptions): Problem[] {
  const place = 'snapshot';
  if (snapshot === undefined || snapshot === false) return [];
  if (!isSnapshot(snapshot)) {
    return [
      { place, message: 'is no snapshot: write snapshot({ file, key }) of the package keyturn, or false' },
    ];
  }
  if (cache === false) {
    return [{ place, message: 'contradicts `cache: false`: only what is kept can be saved and stand in' }];
  }
  if (parseDuration(cache?.staleIfError) !== 0) return [];
  const message = 'contradicts `staleIfError: 0`, by which no old value stands in for a store that fails';
  return [{ place, message }];
}

function isSnapshot(value: unknown): boolean {
  if (!isObject(value) || !('load' in value) || !('save' in value) || !('maxAgeMs' in value)) return false;
  const { load, save, maxAgeMs } = value;
  return (
    typeof load === 'function' && typeof save === 'function' && typeof maxAgeMs === 'number' && maxAgeMs > 0
  );
}

function isRedactor(value: unknown): boolean {
  return isObject(value) && 'add' in value && typeof value.add === 'function';
}

function providerProblems(providers: unknown, place: string): Problem[] {
  if (typeof providers !== 'object' || providers === null || Object.keys(providers).length === 0) {
    return [{ place, message: 'there is no provider: write { name: env() } or another' }];
  }
  return Object.entries(providers).flatMap(([name, source]: [string, unknown]) => {
    const here = `${place}.${name}`;
    if (!PROVIDER_NAME.test(name)) {
      return [{ place: here, message: 'a provider name is a letter, then letters, digits, "-" and "_"' }];
    }
    if (!isObject(source)) return [{ place: here, message: NO_PROVIDER }];
    if (!('legs' in source) || !Array.isArray(source.legs)) return legProblems(source, here);
    if (source.legs.length === 0) return [{ place: here, message: 'firstOf() names no provider' }];
    return [...source.legs.flatMap((leg) => legProblems(leg, here)), ...chainProblems(source, here)];
  });
}

function legProblems(leg: unknown, place: string): Problem[] {
  if (!isObject(leg) || !('contract' in leg)) return [{ place, message: NO_PROVIDER }];
  if (leg.contract === 1) return [];
  return [{ place, message: 'was made for another version of Keyturn: its contract is not 1' }];
}

const NO_PROVIDER = 'is no provider: write env(), dotenv(), file() or another provider package';

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Every provider object behind the names, once each. */
export function distinctProviders(sources: Readonly<Record<string, ProviderSource>>): Set<Provider> {
  return new Set(Object.values(sources).flatMap((source) => chainOf(source).legs));
}
