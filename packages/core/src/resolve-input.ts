import { ConfigError } from './errors.ts';
import { checkOptions } from './live-options.ts';
import { type Entry, type Manifest, readManifest } from './manifest.ts';
import { unknownKeys } from './nearest.ts';
import { RESOLVE_OPTIONS, type ResolveOptions, resolveProblems } from './options.ts';

/**
 * The names and entries that one resolve is asked for; a bare reference has the name `reference`, and its entry's
 * options among those of the resolve.
 * @throws {ConfigError} for options or a manifest of the wrong shape.
 */
export function readInput(
  subject: Manifest | string,
  options: ResolveOptions,
): (readonly [name: string, entry: Entry])[] {
  if (typeof subject === 'string') {
    const checks = checkOptions(options, RESOLVE_OPTIONS);
    for (const { place, message } of resolveProblems(options)) checks.add(place, message);
    return [['reference', checks.entry(subject)]];
  }
  const isObject = typeof options === 'object' && options !== null;
  const problems = isObject
    ? [...unknownKeys('', options, RESOLVE_OPTIONS), ...resolveProblems(options)]
    : [{ place: 'options', message: 'are no object' }];
  if (problems.length > 0) throw new ConfigError(problems);
  return readManifest(subject);
}
