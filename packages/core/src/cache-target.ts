import { ConfigError, ResolveError } from './errors.ts';
import { chainOf, type ProviderSource } from './first-of.ts';
import { suggestion } from './nearest.ts';
import { planItems } from './plan.ts';
import type { Provider } from './provider.ts';

/** What to invalidate: what a reference reads, or all of a provider by the user's name for it. */
export type CacheTarget = string | { readonly provider: string };

/** The providers that a target means, each with the key of its entry, or without one for all of its entries. */
export function findTarget(
  target: CacheTarget,
  providers: Readonly<Record<string, ProviderSource>>,
): readonly { readonly provider: Provider; readonly key?: string }[] {
  if (typeof target === 'string') {
    const { items, failures } = planItems([[target, { ref: target }]], providers);
    if (failures.length > 0)
      throw new ResolveError(failures.map((each) => ({ ...each, name: each.reference })));
    return items.flatMap(({ legs }) => legs);
  }
  const name: unknown = target?.provider;
  if (typeof name !== 'string') {
    const message = 'is neither a reference nor { provider: "name" }: leave it out to invalidate everything';
    throw new ConfigError([{ place: 'invalidate', message }]);
  }
  const source = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (source === undefined) {
    const message = `there is no provider named "${name}" ${suggestion(name, Object.keys(providers))}`;
    throw new ConfigError([{ place: 'invalidate', message }]);
  }
  return chainOf(source).legs.map((provider) => ({ provider }));
}
