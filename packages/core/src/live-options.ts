import { DURATION_FORM, parseDuration } from './duration.ts';
import { ConfigError, type Problem } from './errors.ts';
import { ENTRY_OPTIONS, type Entry, readManifest } from './manifest.ts';
import { unknownKeys } from './nearest.ts';

/** Options as they were given, before they were checked. */
type Given = Readonly<Record<string, unknown>>;

/** Collects what is wrong with the options of one call, so that all of it is told at once. */
export interface OptionChecks {
  /** An option that has to be a function. */
  needFunction(place: string, value: unknown, what: string): void;
  /** A duration of more than nothing, in milliseconds. */
  duration(place: string, fallback: number): number;
  /** Adds a problem. */
  add(place: string, message: string): void;
  /** The entry that the options and a reference make. @throws {ConfigError} for all that was found. */
  entry(reference: string): Entry;
}

/** @param own the options of the call itself; the others are those of an entry. */
export function checkOptions(options: object, own: readonly string[]): OptionChecks {
  const problems: Problem[] = [];
  const known = [...ENTRY_OPTIONS.filter((key) => key !== 'ref'), ...own];
  const given: Given = isObject(options) ? { ...options } : {};
  if (!isObject(options)) problems.push({ place: 'options', message: 'are no object' });
  problems.push(...unknownKeys('', given, known));

  return {
    needFunction(place, value, what) {
      if (typeof value !== 'function') problems.push({ place, message: `is no function: ${what}` });
    },
    duration(place, fallback) {
      const value = given[place];
      if (value === undefined) return fallback;
      const milliseconds = parseDuration(value);
      if (milliseconds === undefined) problems.push({ place, message: `is no duration: ${DURATION_FORM}` });
      if (milliseconds === 0) problems.push({ place, message: 'has to be more than 0' });
      return milliseconds ?? fallback;
    },
    add(place, message) {
      problems.push({ place, message });
    },
    entry(reference) {
      const kept = Object.entries(given).filter(([key]) => known.includes(key) && !own.includes(key));
      const entry: Entry = { ...Object.fromEntries(kept), ref: reference };
      try {
        readManifest({ reference: entry });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(...error.problems);
      }
      if (problems.length > 0) throw new ConfigError(problems);
      return entry;
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
