import type { Failure } from './errors.ts';
import { chainOf, type ProviderSource } from './first-of.ts';
import { hintFor } from './hints.ts';
import type { Entry } from './manifest.ts';
import { suggestion } from './nearest.ts';
import type { ErrorCode, Locator, Provider } from './provider.ts';
import {
  formatReference,
  locatorKey,
  type Reference,
  shownReference,
  tryParseReference,
} from './reference.ts';

/** What one leg of an item reads: a checked locator, and the key that is equal for equal reads. */
export interface Leg {
  readonly provider: Provider;
  readonly locator: Locator;
  readonly key: string;
  /** True when the locator cannot travel in a batch. */
  readonly alone: boolean;
  /** The codes for which the next leg is asked, rather than this one again; none for a last leg. */
  readonly passes?: readonly ErrorCode[];
}

/** One name of a manifest, ready to be read. */
export interface Item {
  readonly name: string;
  readonly entry: Entry;
  readonly reference: Reference;
  /** The reference as text, for people. */
  readonly shown: string;
  /** In the order in which they are asked; one for a plain provider. */
  readonly legs: readonly Leg[];
  /** The codes that fall through to the next leg. */
  readonly on: readonly ErrorCode[];
}

/** A call that a boot would make. */
export interface PlannedCall {
  /** The user's name for the provider. */
  readonly provider: string;
  readonly kind: string;
  /** The store's own names for what the call reads. */
  readonly paths: readonly string[];
  /** The names of the manifest that the call serves. */
  readonly names: readonly string[];
}

/** The calls that a cold boot would make when each first leg answers; logins, retries and isolation aside. */
export interface Plan {
  readonly calls: readonly PlannedCall[];
}

type Providers = Readonly<Record<string, ProviderSource>>;

/** Checks every reference without a call: the items that can be read, and a failure for each that cannot. */
export function planItems(
  pairs: readonly (readonly [name: string, entry: Entry])[],
  providers: Providers,
): { items: Item[]; failures: Failure[] } {
  const items: Item[] = [];
  const failures: Failure[] = [];
  for (const [name, entry] of pairs) {
    const planned = planItem(name, entry, providers);
    if ('legs' in planned) items.push(planned);
    else failures.push({ name, code: 'InvalidReference', hint: hintFor('InvalidReference'), ...planned });
  }
  return { items, failures };
}

function planItem(
  name: string,
  entry: Entry,
  providers: Providers,
): Item | { readonly reference: string; readonly message: string } {
  const parsed = tryParseReference(entry.ref);
  if ('problem' in parsed) return { reference: shownReference(entry.ref), message: parsed.problem };
  const { reference } = parsed;
  const source = Object.hasOwn(providers, reference.provider) ? providers[reference.provider] : undefined;
  if (source === undefined) {
    // The rest may be a connection URL with a password in it, so it is not shown.
    const known = suggestion(reference.provider, Object.keys(providers));
    return {
      reference: shownReference(entry.ref),
      message: `there is no provider named "${reference.provider}" ${known}`,
    };
  }

  const shown = formatReference(reference);
  const { legs: candidates, on } = chainOf(source);
  const legs: Leg[] = [];
  let problem: string | undefined;
  for (const provider of candidates) {
    const leg = planLeg(provider, reference);
    if ('key' in leg) {
      legs.push(leg);
    } else {
      problem ??= leg.problem;
      if (!on.includes('InvalidReference')) return { reference: shown, message: leg.problem };
    }
  }
  if (legs.length === 0) return { reference: shown, message: problem ?? 'its firstOf() has no provider' };
  const passing = legs.map((leg, at) => (at < legs.length - 1 ? { ...leg, passes: on } : leg));
  return { name, entry, reference, shown, legs: passing, on };
}

function planLeg(provider: Provider, reference: Reference): Leg | { problem: string } {
  for (const param of Object.keys(reference.params)) {
    if (!provider.params.includes(param)) {
      const known = suggestion(param, provider.params);
      return { problem: `${provider.kind} has no parameter "${param}" ${known}` };
    }
  }
  const locator: Locator = { path: reference.path, params: reference.params };
  const checked = provider.check?.(locator) ?? { locator };
  if ('problem' in checked) return checked;
  return {
    provider,
    locator: checked.locator,
    key: locatorKey(checked.locator),
    alone: checked.alone ?? false,
  };
}

/** Items that share a provider's name, which is what is read together. */
export function groupByProvider(items: readonly Item[]): Map<string, Item[]> {
  return groupBy(items, (item) => item.reference.provider);
}

export function groupBy<K, T>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** Splits distinct legs of one provider into calls of at most `batchSize`. */
export function splitIntoCalls(provider: Provider, legs: readonly Leg[]): Leg[][] {
  const calls: Leg[][] = legs.filter((leg) => leg.alone).map((leg) => [leg]);
  const batched = legs.filter((leg) => !leg.alone);
  // Array slicing takes Infinity for its end, but not for a step.
  const size = Math.min(provider.batchSize, batched.length);
  for (let at = 0; at < batched.length; at += size) calls.push(batched.slice(at, at + size));
  return calls;
}

/** The calls that reading these items makes when each first leg answers. */
export function planCalls(items: readonly Item[]): Plan {
  const calls = [...groupByProvider(items)].flatMap(([providerName, group]) => {
    const byProvider = groupBy(group, (item) => item.legs[0]?.provider);
    return [...byProvider].flatMap(([provider, members]) => {
      if (provider === undefined) return [];
      const names = groupBy(members, (item) => item.legs[0]?.key);
      const legs = new Map(members.flatMap(({ legs: [leg] }) => (leg ? [[leg.key, leg]] : [])));
      return splitIntoCalls(provider, [...legs.values()]).map((call) => ({
        provider: providerName,
        kind: provider.kind,
        paths: call.map((leg) => leg.locator.path),
        names: call.flatMap((leg) => names.get(leg.key)?.map((item) => item.name) ?? []),
      }));
    });
  });
  return { calls };
}
