import { DURATION_FORM, type Duration, parseDuration } from './duration.ts';
import type { Problem } from './errors.ts';
import { unknownKeys } from './nearest.ts';

/** When a call that ended Throttled or Unavailable is made again; within the deadline of its resolve, always. */
export interface RetryOptions {
  /** The longest wait before the first retry of what was Unavailable; doubled for each further one. @default 100 ms */
  readonly baseDelay?: Duration | undefined;
  /** The same for what was Throttled: a quota takes longer to recover than a connection. @default 1 s */
  readonly throttledBaseDelay?: Duration | undefined;
  /** What the doubling stops at. @default 10 s */
  readonly maxDelay?: Duration | undefined;
  /**
   * The most retries that one provider of one resolver makes at once; each is given back after a second, so that a
   * long outage costs one retry a second, however many resolves it fails. @default 100
   */
  readonly budget?: number | undefined;
}

/** `RetryOptions` in milliseconds. */
export interface RetrySettings {
  readonly baseDelayMs: number;
  readonly throttledBaseDelayMs: number;
  readonly maxDelayMs: number;
  readonly budget: number;
}

const DELAYS = { baseDelay: 100, throttledBaseDelay: 1_000, maxDelay: 10_000 };
const DELAY_KEYS = ['baseDelay', 'throttledBaseDelay', 'maxDelay'] as const;
const OFF = '; `retry: false` turns retries off';

/** A resolver's `retry` option; undefined where retries are off. @param options without problems. */
export function readRetrySettings(options: false | RetryOptions = {}): RetrySettings | undefined {
  if (options === false) return undefined;
  return {
    baseDelayMs: delayOf('baseDelay', options),
    throttledBaseDelayMs: delayOf('throttledBaseDelay', options),
    maxDelayMs: delayOf('maxDelay', options),
    budget: options.budget ?? 100,
  };
}

function delayOf(key: keyof typeof DELAYS, options: RetryOptions): number {
  return parseDuration(options[key]) ?? DELAYS[key];
}

/** What is wrong with a resolver's `retry` option. */
export function retryProblems(options: unknown, place: string): Problem[] {
  if (options === undefined || options === false) return [];
  if (!isRecord(options)) {
    return [{ place, message: 'is neither false nor an object such as { maxDelay: "10s" }' }];
  }
  const problems = unknownKeys(place, options, [...DELAY_KEYS, 'budget']);
  for (const key of DELAY_KEYS) {
    if (options[key] === undefined) continue;
    const delay = parseDuration(options[key]);
    if (delay === undefined)
      problems.push({ place: `${place}.${key}`, message: `is no duration: ${DURATION_FORM}` });
    if (delay === 0) problems.push({ place: `${place}.${key}`, message: `has to be more than 0${OFF}` });
  }
  const longest = parseDuration(options.maxDelay ?? DELAYS.maxDelay);
  for (const key of ['baseDelay', 'throttledBaseDelay'] as const) {
    const delay = parseDuration(options[key]);
    if (delay === undefined || !longest || delay <= longest) continue;
    problems.push({ place: `${place}.${key}`, message: `is longer than maxDelay, which is ${longest} ms` });
  }
  const { budget } = options;
  if (budget !== undefined && !(typeof budget === 'number' && Number.isSafeInteger(budget) && budget >= 1)) {
    problems.push({ place: `${place}.budget`, message: `is no whole number of 1 or more${OFF}` });
  }
  return problems;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
