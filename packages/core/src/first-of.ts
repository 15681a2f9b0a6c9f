import type { Problem } from './errors.ts';
import { ERROR_CODES } from './hints.ts';
import { suggestion } from './nearest.ts';
import type { ErrorCode, Provider } from './provider.ts';

/** Providers asked one after the other: core walks them, so each leg is batched and judged by its own codes. */
export interface Chain {
  readonly legs: readonly Provider[];
  /** The codes that fall through to the next leg. */
  readonly on: readonly ErrorCode[];
}

export interface FirstOfOptions {
  /** The codes that fall through to the next leg. @default ['NotFound'] */
  readonly on?: readonly ErrorCode[];
}

/** What stands behind a provider's name: one provider, or several in order. */
export type ProviderSource = Provider | Chain;

/**
 * Asks providers in order; the first that has the secret answers.
 *
 * Only `NotFound` falls through unless `on` says otherwise, so that a store that is down is never skipped
 * silently; and a later leg's NotFound never hides another code of an earlier leg. What is wrong here is told by
 * `createResolver`, with all other mistakes.
 *
 * @example providers: { app: firstOf(env(), dotenv()) }
 */
export function firstOf(
  ...args: readonly [...legs: Provider[], options: FirstOfOptions] | readonly Provider[]
): Chain {
  const parts: readonly (Provider | FirstOfOptions)[] = args;
  const last = parts.at(-1);
  const options = isOptions(last) ? last : {};
  // Whatever else was given is kept as it is, to be found by the check.
  const legs = parts.filter((part): part is Provider => part !== options);
  return { ...options, legs, on: options.on ?? ['NotFound'] };
}

function isOptions(part: Provider | FirstOfOptions | undefined): part is FirstOfOptions {
  return typeof part === 'object' && part !== null && !('contract' in part) && !('legs' in part);
}

/** What is wrong with the options of a `firstOf()`. */
export function chainProblems(chain: object, place: string): Problem[] {
  const { legs: _, ...options }: { readonly legs?: unknown; readonly on?: unknown } = chain;
  const { on } = options;
  const messages = Object.keys(options)
    .filter((key) => key !== 'on')
    .map((key) => `firstOf() has no option "${key}" ${suggestion(key, ['on'])}`);
  if (!Array.isArray(on)) messages.push('firstOf() takes a list of codes: write { on: ["NotFound"] }');
  for (const code of Array.isArray(on) ? on : []) {
    if (ERROR_CODES.includes(code)) continue;
    messages.push(`firstOf() knows no code "${code}" ${suggestion(String(code), ERROR_CODES)}`);
  }
  return messages.map((message) => ({ place, message }));
}

/** The legs of what stands behind a name: one for a plain provider. */
export function chainOf(source: ProviderSource): Chain {
  return 'legs' in source ? source : { legs: [source], on: [] };
}
