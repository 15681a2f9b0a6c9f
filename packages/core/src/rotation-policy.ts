import { DATE_FORM, parseDate, parseEnd } from './date.ts';
import { DURATION_FORM, type Duration, parseDuration } from './duration.ts';
import type { Problem } from './errors.ts';
import { unknownKeys } from './nearest.ts';

/** How old a value may grow, and what happens then. */
export interface RotationRule {
  /** The age, counted from the creation of the current version's value, at which a secret is overdue. @default none */
  readonly maxAge?: Duration | undefined;
  /** The age from which it is due; stands beside the `maxAge` that it belongs to. @default none */
  readonly warnAt?: Duration | undefined;
  /** `refuse`: what is overdue is not resolved, but fails with Refused. @default 'warn' */
  readonly onOverdue?: 'warn' | 'refuse' | undefined;
  /** How long before it expires, or its store asks for a rotation, a secret is due. @default 14 d */
  readonly expiryHorizon?: Duration | undefined;
}

/** What holds for one secret, key by key, before the resolver's `rotation`. */
export interface SecretRotation extends RotationRule {
  /** Left alone for a time, by someone's decision. A day lasts until its end in UTC. */
  readonly exempt?: { readonly reason: string; readonly until: string } | undefined;
  /** When the value was last changed, for where no store tells: `2026-08-01`, or a time with its zone. */
  readonly rotatedAt?: string | undefined;
}

/** The rule for all secrets. Entries with `sensitive: false` are no secrets: only a rule of their own holds for them. */
export interface RotationOptions extends RotationRule {
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
}

/** What an entry of a manifest says of its age. */
interface Ruled {
  readonly sensitive?: boolean;
  readonly rotation?: SecretRotation | undefined;
}

const RULE_KEYS = ['maxAge', 'warnAt', 'onOverdue', 'expiryHorizon'];
const SECRET_KEYS = [...RULE_KEYS, 'exempt', 'rotatedAt'];
const HORIZON_MS = 14 * 86_400_000;

/**
 * The policy of one name; undefined where nothing was said of it. `warnAt` goes with the `maxAge` beside it: a rule that
 * sets a shorter `maxAge` does not inherit the warning of a longer one.
 * @param options without problems, as the entry is.
 */
export function policyOf(
  options: RotationOptions | undefined,
  name: string,
  { sensitive, rotation: own }: Ruled,
): RotationPolicy | undefined {
  const { secrets = {}, ...general } = options ?? {};
  const named = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  const holdsForAll = options !== undefined && sensitive !== false;
  if (named === undefined && own === undefined && !holdsForAll) return undefined;
  const rules: readonly SecretRotation[] = [named ?? {}, own ?? {}, sensitive === false ? {} : general];
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
  };
}

/** What is wrong with a resolver's `rotation` option. */
export function rotationProblems(options: unknown, place: string): Problem[] {
  if (options === undefined) return [];
  if (!isRecord(options)) return [{ place, message: NO_RULE }];
  const problems = [
    ...unknownKeys(place, options, [...RULE_KEYS, 'secrets']),
    ...ruleProblems(options, place),
  ];
  const { secrets } = options;
  if (secrets === undefined) return problems;
  if (!isRecord(secrets)) {
    problems.push({ place: `${place}.secrets`, message: 'is no object from name to rule' });
    return problems;
  }
  for (const [name, rule] of Object.entries(secrets)) {
    const here = `${place}.secrets.${name}`;
    problems.push(
      ...(rule === undefined ? [{ place: here, message: NO_RULE }] : secretRotationProblems(rule, here)),
    );
  }
  return problems;
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

function ruleProblems(rule: Readonly<Record<string, unknown>>, place: string): Problem[] {
  const problems: Problem[] = [];
  for (const key of ['maxAge', 'warnAt', 'expiryHorizon']) {
    if (rule[key] !== undefined && parseDuration(rule[key]) === undefined) {
      problems.push({ place: `${place}.${key}`, message: `is no duration: ${DURATION_FORM}` });
    }
  }
  const maxAge = parseDuration(rule.maxAge);
  const warnAt = parseDuration(rule.warnAt);
  if (maxAge === 0) problems.push({ place: `${place}.maxAge`, message: 'has to be more than 0' });
  if (rule.warnAt !== undefined && rule.maxAge === undefined) {
    problems.push({ place: `${place}.warnAt`, message: 'has no maxAge beside it, which it belongs to' });
  }
  if (maxAge && warnAt !== undefined && warnAt >= maxAge) {
    const message = 'is not shorter than maxAge: it would warn of nothing before it is overdue';
    problems.push({ place: `${place}.warnAt`, message });
  }
  const { onOverdue } = rule;
  if (onOverdue !== undefined && onOverdue !== 'warn' && onOverdue !== 'refuse') {
    problems.push({ place: `${place}.onOverdue`, message: 'is neither "warn" nor "refuse"' });
  }
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

const NO_RULE = 'is no rule: write an object such as { maxAge: "90d" }';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
