import { DATE_FORM, parseDate, parseEnd } from './date.ts';
import { parseDuration } from './duration.ts';
import type { Problem } from './errors.ts';
import { unknownKeys } from './nearest.ts';
import type { SecretMetadata } from './provider.ts';
import { isRecord, NO_RULE, type RotationRule, RULE_KEYS, ruleProblems } from './rotation-rule.ts';
import { mayRuleByTag, ruleByTags, type TagRules, tagProblems } from './rotation-tags.ts';

/** What holds for one secret, key by key, before the resolver's `rotation`. */
export interface SecretRotation extends RotationRule {
  /** Left alone for a time, by someone's decision. A day lasts until its end in UTC. */
  readonly exempt?: { readonly reason: string; readonly until: string } | undefined;
  /** When the value was last changed, for where no store tells: `2026-08-01`, or a time with its zone. */
  readonly rotatedAt?: string | undefined;
}

/** The rule for all secrets. Entries with `sensitive: false` are no secrets: only a rule of their own holds for them. */
export interface RotationOptions extends RotationRule {
  /**
   * By a tag of the store, such as `'tier=gold'`; beats the rule for all, and is beaten by a rule for one secret. Of
   * several the strictest holds. Without effect where the store does not tell tags.
   */
  readonly tags?: TagRules | undefined;
  /** By name in the manifest; beats the entry's own `rotation`. */
  readonly secrets?: Readonly<Record<string, SecretRotation>> | undefined;
}

/** What holds for one secret, all sources merged. */
export interface RotationPolicy {
  readonly maxAgeMs: number | undefined;
  readonly warnAtMs: number | undefined;
  readonly onOverdue: 'warn' | 'refuse';
  readonly expiryHorizonMs: number;
  /** `until` as it was written, `end` what it means. */
  readonly exempt: { readonly reason: string; readonly until: string; readonly end: Date } | undefined;
  readonly rotatedAt: Date | undefined;
  /** A rule by tag could say another `maxAge`, but the tags are not known. */
  readonly lacksTags: boolean;
}

/** What an entry of a manifest says of its age. */
interface Ruled {
  readonly sensitive?: boolean;
  readonly rotation?: SecretRotation | undefined;
}

const SECRET_KEYS = [...RULE_KEYS, 'exempt', 'rotatedAt'];
const HORIZON_MS = 14 * 86_400_000;

/**
 * The policy of one name; undefined where nothing was said of it. `warnAt` goes with the `maxAge` beside it: a rule that
 * sets a shorter `maxAge` does not inherit the warning of a longer one.
 * @param options without problems, as the entry is.
 * @param tags undefined where they are not known.
 */
export function policyOf(
  options: RotationOptions | undefined,
  name: string,
  entry: Ruled,
  tags?: SecretMetadata['tags'],
): RotationPolicy | undefined {
  const { sensitive, rotation: own } = entry;
  const { secrets = {}, tags: tagged = {}, ...general } = options ?? {};
  const named = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  const holdsForAll = options !== undefined && sensitive !== false;
  if (named === undefined && own === undefined && !holdsForAll) return undefined;
  const shared = sensitive === false ? [] : [ruleByTags(tagged, tags), general];
  const rules: readonly SecretRotation[] = [named ?? {}, own ?? {}, ...shared];
  const first = <Key extends keyof SecretRotation>(key: Key) =>
    rules.find((rule) => rule[key] !== undefined)?.[key];
  const aged = rules.find(({ maxAge }) => maxAge !== undefined);
  const exempt = first('exempt');
  const end = parseEnd(exempt?.until);
  return {
    maxAgeMs: parseDuration(aged?.maxAge),
    warnAtMs: parseDuration(aged?.warnAt),
    onOverdue: first('onOverdue') ?? 'warn',
    expiryHorizonMs: parseDuration(first('expiryHorizon')) ?? HORIZON_MS,
    exempt: exempt && end && { ...exempt, end },
    rotatedAt: parseDate(first('rotatedAt')),
    lacksTags:
      tags === undefined &&
      mayRuleByTag(options, entry) &&
      named?.maxAge === undefined &&
      own?.maxAge === undefined,
  };
}

/** What is wrong with a resolver's `rotation` option. */
export function rotationProblems(options: unknown, place: string): Problem[] {
  if (options === undefined) return [];
  if (!isRecord(options)) return [{ place, message: NO_RULE }];
  const problems = [
    ...unknownKeys(place, options, [...RULE_KEYS, 'tags', 'secrets']),
    ...ruleProblems(options, place),
  ];
  const { tags, secrets } = options;
  problems.push(
    ...each(tags, `${place}.tags`, 'tag', (tag, rule, here) => [
      ...tagProblems(tag, here),
      ...(isRecord(rule)
        ? [...unknownKeys(here, rule, RULE_KEYS), ...ruleProblems(rule, here)]
        : [{ place: here, message: NO_RULE }]),
    ]),
    ...each(secrets, `${place}.secrets`, 'name', (_, rule, here) =>
      rule === undefined ? [{ place: here, message: NO_RULE }] : secretRotationProblems(rule, here),
    ),
  );
  return problems;
}

function each(
  rules: unknown,
  place: string,
  what: 'name' | 'tag',
  problemsOf: (key: string, rule: unknown, place: string) => Problem[],
): Problem[] {
  if (rules === undefined) return [];
  if (!isRecord(rules)) return [{ place, message: `is no object from ${what} to rule` }];
  return Object.entries(rules).flatMap(([key, rule]) => problemsOf(key, rule, `${place}.${key}`));
}

/** What is wrong with the `rotation` of one secret. */
export function secretRotationProblems(rule: unknown, place: string): Problem[] {
  if (rule === undefined) return [];
  if (!isRecord(rule)) return [{ place, message: NO_RULE }];
  const problems = [...unknownKeys(place, rule, SECRET_KEYS), ...ruleProblems(rule, place)];
  const { exempt, rotatedAt } = rule;
  if (rotatedAt !== undefined && parseDate(rotatedAt) === undefined) {
    problems.push({ place: `${place}.rotatedAt`, message: `is no date: ${DATE_FORM}` });
  }
  if (exempt !== undefined) problems.push(...exemptionProblems(exempt, `${place}.exempt`));
  return problems;
}

function exemptionProblems(exempt: unknown, place: string): Problem[] {
  if (!isRecord(exempt)) {
    return [{ place, message: 'is no exemption: write { reason: "why", until: "2026-08-01" }' }];
  }
  const problems = unknownKeys(place, exempt, ['reason', 'until']);
  const { reason, until } = exempt;
  if (typeof reason !== 'string' || reason.trim() === '') {
    problems.push({ place: `${place}.reason`, message: 'is missing: say why it is exempt' });
  }
  if (until === undefined) {
    problems.push({ place: `${place}.until`, message: `is missing: an exemption has an end; ${DATE_FORM}` });
  } else if (parseEnd(until) === undefined) {
    problems.push({ place: `${place}.until`, message: `is no date: ${DATE_FORM}` });
  }
  return problems;
}
