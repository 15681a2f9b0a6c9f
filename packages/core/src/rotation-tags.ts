import { parseDuration } from './duration.ts';
import type { Problem } from './errors.ts';
import type { SecretMetadata } from './provider.ts';
import type { RotationRule } from './rotation-rule.ts';

/** Rules by tag, each written as `key=value`. */
export type TagRules = Readonly<Record<string, RotationRule>>;

/**
 * The rule that a secret's tags ask for: of several the strictest, key by key. `warnAt` stays with the `maxAge` that it
 * belongs to.
 * @param rules without problems.
 */
export function ruleByTags(rules: TagRules, tags: SecretMetadata['tags']): RotationRule {
  const held = Object.entries(tags ?? {}).flatMap(([key, value]) => {
    const tag = `${key}=${value}`;
    return Object.hasOwn(rules, tag) && rules[tag] ? [rules[tag]] : [];
  });
  const shortest = held.toSorted(
    (a, b) => lengthOf(a.maxAge) - lengthOf(b.maxAge) || lengthOf(a.warnAt) - lengthOf(b.warnAt),
  )[0];
  const horizons = held.flatMap(({ expiryHorizon }) => parseDuration(expiryHorizon) ?? []);
  return {
    maxAge: shortest?.maxAge,
    warnAt: shortest?.warnAt,
    onOverdue: ['refuse' as const, 'warn' as const].find((way) =>
      held.some(({ onOverdue }) => onOverdue === way),
    ),
    expiryHorizon: horizons.length > 0 ? Math.max(...horizons) : undefined,
  };
}

/** What is wrong with how a tag is written. */
export function tagProblems(tag: string, place: string): Problem[] {
  if (tag.indexOf('=') > 0) return [];
  return [{ place, message: 'is no tag: write "key=value", as in { "tier=gold": { maxAge: "30d" } }' }];
}

/** Whether rules by tag can have a say in what holds for a secret. */
export function mayRuleByTag(
  options: { readonly tags?: TagRules | undefined } | undefined,
  { sensitive }: { readonly sensitive?: boolean },
): boolean {
  return sensitive !== false && Object.keys(options?.tags ?? {}).length > 0;
}

/** For a secret whose tags are not known, and whose `maxAge` no rule of its own says; once for each kind of store. */
export const TAGS_UNKNOWN =
  'the tags of some secrets are not told, so no rule of `rotation.tags` holds for those: give them a `maxAge` by name';

function lengthOf(duration: RotationRule['maxAge']): number {
  return parseDuration(duration) ?? Infinity;
}
