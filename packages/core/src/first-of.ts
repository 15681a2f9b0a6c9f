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
 * silently; and a later leg's NotFound never hides another code of an earlier leg.
 *
 * @example providers: { app: firstOf(env(), dotenv()) }
 */
export function firstOf(
  ...args: readonly [...legs: Provider[], options: FirstOfOptions] | readonly Provider[]
): Chain {
  const parts: readonly (Provider | FirstOfOptions)[] = args;
  const legs = parts.filter((part): part is Provider => 'contract' in part);
  const options = parts.find((part): part is FirstOfOptions => !('contract' in part));
  return { legs, on: options?.on ?? ['NotFound'] };
}

/** The legs of what stands behind a name: one for a plain provider. */
export function chainOf(source: ProviderSource): Chain {
  return 'legs' in source ? source : { legs: [source], on: [] };
}
