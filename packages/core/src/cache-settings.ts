import { DURATION_FORM, type Duration, parseDuration } from './duration.ts';
import type { Problem } from './errors.ts';
import { unknownKeys } from './nearest.ts';

/** How long what was read may be served without asking the store again. */
export interface FreshnessOptions {
  /** How long a value is fresh. @default 5 min */
  readonly ttl?: Duration | undefined;
  /** How long past `ttl` a value is still served while it is read anew; 0: not at all. @default 60 s */
  readonly staleWhileRevalidate?: Duration | undefined;
  /** How long past `ttl` a value is still served while the store fails; 0: not at all. @default 1 h */
  readonly staleIfError?: Duration | undefined;
  /** How long a NotFound is remembered, though never longer than `ttl`; 0: not at all. @default 10 s */
  readonly negativeTtl?: Duration | undefined;
}

export interface CacheOptions extends FreshnessOptions {
  /**
   * The most by which `ttl` is shortened at random, so that a fleet does not ask all at once: a part of it, from 0
   * to 1. @default 0.1
   */
  readonly jitter?: number | undefined;
  /** How many reads are kept; beyond that the one that was not used for longest goes. @default 1,000 */
  readonly maxEntries?: number | undefined;
}

/** `FreshnessOptions` in milliseconds. */
export type Freshness = { readonly [Key in keyof typeof FRESHNESS]: number };

export interface CacheSettings {
  readonly freshness: Freshness;
  readonly jitter: number;
  readonly maxEntries: number;
}

const FRESHNESS = {
  ttl: 300_000,
  staleWhileRevalidate: 60_000,
  staleIfError: 3_600_000,
  negativeTtl: 10_000,
};
const FRESHNESS_KEYS = ['ttl', 'staleWhileRevalidate', 'staleIfError', 'negativeTtl'] as const;
const CACHE_KEYS = [...FRESHNESS_KEYS, 'jitter', 'maxEntries'];

/** A resolver's `cache` option. @param options without problems. */
export function readCacheSettings({
  jitter = 0.1,
  maxEntries = 1_000,
  ...options
}: CacheOptions): CacheSettings {
  return { freshness: readFreshness(options, FRESHNESS), jitter, maxEntries };
}

function readFreshness(options: FreshnessOptions, defaults: Freshness): Freshness {
  const of = (key: keyof Freshness) => parseDuration(options[key]) ?? defaults[key];
  return {
    ttl: of('ttl'),
    staleWhileRevalidate: of('staleWhileRevalidate'),
    staleIfError: of('staleIfError'),
    negativeTtl: of('negativeTtl'),
  };
}

/** What holds for a read that several entries share: the strictest of each; false where one of them says so. */
export function strictest(
  rules: readonly (false | FreshnessOptions | undefined)[],
  defaults: Freshness,
): Freshness | false {
  if (rules.every((rule) => rule === undefined)) return defaults;
  if (rules.includes(false)) return false;
  const all = rules.map((rule) => (rule ? readFreshness(rule, defaults) : defaults));
  const least = (key: keyof Freshness) => Math.min(...all.map((freshness) => freshness[key]));
  return {
    ttl: least('ttl'),
    staleWhileRevalidate: least('staleWhileRevalidate'),
    staleIfError: least('staleIfError'),
    negativeTtl: least('negativeTtl'),
  };
}

/** What is wrong with a resolver's `cache` option. */
export function cacheProblems(options: unknown, place: string): Problem[] {
  if (!isSettings(options)) return unset(options, place);
  const problems = unknownKeys(place, options, CACHE_KEYS);
  problems.push(...durationProblems(options, place));
  const { jitter, maxEntries } = options;
  if (jitter !== undefined && !(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    problems.push({ place: `${place}.jitter`, message: 'is no number from 0 to 1' });
  }
  if (maxEntries !== undefined && !(maxEntries === Infinity || isCount(maxEntries))) {
    problems.push({ place: `${place}.maxEntries`, message: `is no whole number of 1 or more${OFF}` });
  }
  return problems;
}

/** What is wrong with an entry's `cache` option. */
export function freshnessProblems(options: unknown, place: string): Problem[] {
  if (!isSettings(options)) return unset(options, place);
  return [...unknownKeys(place, options, FRESHNESS_KEYS), ...durationProblems(options, place)];
}

const OFF = '; `cache: false` turns caching off';

function unset(options: unknown, place: string): Problem[] {
  if (options === undefined || options === false) return [];
  return [{ place, message: 'is neither false nor an object such as { ttl: "5m" }' }];
}

function durationProblems(options: Readonly<Record<string, unknown>>, place: string): Problem[] {
  const problems: Problem[] = [];
  for (const key of FRESHNESS_KEYS) {
    if (options[key] !== undefined && parseDuration(options[key]) === undefined) {
      problems.push({ place: `${place}.${key}`, message: `is no duration: ${DURATION_FORM}` });
    }
  }
  const [ttl, whileRevalidate, ifError, negative] = FRESHNESS_KEYS.map((key) => parseDuration(options[key]));
  if (ttl === 0) problems.push({ place: `${place}.ttl`, message: `has to be more than 0${OFF}` });
  if (ttl && negative !== undefined && negative > ttl) {
    problems.push({
      place: `${place}.negativeTtl`,
      message: 'is longer than ttl: what is absent would be kept for longer than what is there',
    });
  }
  if (ifError && whileRevalidate !== undefined && ifError < whileRevalidate) {
    problems.push({
      place: `${place}.staleIfError`,
      message:
        'is shorter than staleWhileRevalidate: a store that fails would be bridged for less long than one that answers',
    });
  }
  return problems;
}

function isSettings(options: unknown): options is Readonly<Record<string, unknown>> {
  return typeof options === 'object' && options !== null && !Array.isArray(options);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
