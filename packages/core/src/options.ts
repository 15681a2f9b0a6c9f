import { DURATION_FORM, type Duration, parseDuration } from './duration.ts';
import { ConfigError, type Problem } from './errors.ts';
import { chainOf, type ProviderSource } from './first-of.ts';
import { unknownKeys } from './manifest.ts';
import type { Provider } from './provider.ts';
import { PROVIDER_NAME } from './reference.ts';

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
  /** Whether sensitive secrets may fall back to their defaults here. @default false */
  readonly allowDefaults?: boolean | undefined;
  /** Told each distinct warning once. @default `process.emitWarning` */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

export interface ResolveOptions extends Limits {
  /** Aborting it rejects with its reason, at once. */
  readonly signal?: AbortSignal | undefined;
}

const RESOLVER_OPTIONS = [
  'providers',
  'environment',
  'deadline',
  'timeout',
  'allowDefaults',
  'onWarning',
] as const;

/** What is wrong with a resolver's options; empty when nothing is. */
export function optionProblems(options: ResolverOptions): Problem[] {
  if (typeof options !== 'object' || options === null) {
    return [{ place: '', message: 'options are missing: write { providers: { … } }' }];
  }
  const problems = unknownKeys('', options, RESOLVER_OPTIONS);
  problems.push(...providerProblems(options.providers, 'providers'));
  problems.push(...limitProblems(options));
  const { allowDefaults, onWarning } = options;
  if (allowDefaults !== undefined && typeof allowDefaults !== 'boolean') {
    problems.push({ place: 'allowDefaults', message: 'is neither true nor false' });
  }
  if (onWarning !== undefined && typeof onWarning !== 'function') {
    problems.push({ place: 'onWarning', message: 'is no function' });
  }
  return problems;
}

/** The limits of one resolve in milliseconds. @throws {ConfigError} for a limit that is no duration. */
export function readLimits(
  limits: Limits,
  defaults: { readonly deadlineMs: number; readonly timeoutMs: number },
): { deadlineMs: number; timeoutMs: number } {
  const problems = limitProblems(limits);
  if (problems.length > 0) throw new ConfigError(problems);
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
    const legs = 'legs' in source && Array.isArray(source.legs) ? source.legs : [source];
    if (legs.length === 0) return [{ place: here, message: 'firstOf() names no provider' }];
    return legs.flatMap((leg: unknown) => {
      if (!isObject(leg) || !('contract' in leg)) return [{ place: here, message: NO_PROVIDER }];
      if (leg.contract === 1) return [];
      return [{ place: here, message: 'was made for another version of Keyturn: its contract is not 1' }];
    });
  });
}

const NO_PROVIDER = 'is no provider: write env(), dotenv(), file() or another provider package';

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Every provider object behind the names, once each. */
export function distinctProviders(sources: Readonly<Record<string, ProviderSource>>): Set<Provider> {
  return new Set(Object.values(sources).flatMap((source) => chainOf(source).legs));
}
