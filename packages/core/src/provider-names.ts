import { chainOf, type ProviderSource } from './first-of.ts';
import type { Provider } from './provider.ts';

/**
 * One name for each provider: the user's, with its place behind `firstOf` where it is not the first, such as `app/2`.
 * A provider that has several is known by its first.
 *
 * The names outlive the process in a snapshot, and are what metrics are told by, so they depend on nothing but
 * the order of the providers.
 */
export function nameProviders(
  providers: Readonly<Record<string, ProviderSource>>,
): ReadonlyMap<Provider, string> {
  const names = new Map<Provider, string>();
  for (const [name, source] of Object.entries(providers)) {
    chainOf(source).legs.forEach((provider, index) => {
      if (!names.has(provider)) names.set(provider, index === 0 ? name : `${name}/${index + 1}`);
    });
  }
  return names;
}
