import { DURATION_FORM, type Duration, parseDuration } from './duration.ts';
import type { Problem } from './errors.ts';

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

export const RULE_KEYS = ['maxAge', 'warnAt', 'onOverdue', 'expiryHorizon'];
export const NO_RULE = 'is no rule: write an object such as { maxAge: "90d" }';

/** What is wrong with the values of a rule, whatever else stands beside them. */
export function ruleProblems(rule: Readonly<Record<string, unknown>>, place: string): Problem[] {
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

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
