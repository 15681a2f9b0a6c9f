import type { SecretMetadata } from './provider.ts';
import type { RotationPolicy } from './rotation-policy.ts';

/**
 * What a secret's age comes to.
 *
 * - `fresh`: all that was asked of it is known, and none of it is near.
 * - `due`: `warnAt` has passed, or it ends within the expiry horizon.
 * - `overdue`: as old as `maxAge` or older, expired, or its planned rotation did not happen.
 * - `unknown`: nobody tells, and why. Never taken for fresh.
 * - `exempt`: left alone until a date, and why.
 */
export type RotationVerdict = 'fresh' | 'due' | 'overdue' | 'unknown' | 'exempt';

/** A verdict with what it rests on. */
export interface RotationJudgement {
  readonly verdict: RotationVerdict;
  /** Why; of all but `fresh`. Dates are in UTC, and no ages, so that it stays the same until something happens. */
  readonly reason?: string;
  /** In milliseconds. */
  readonly ageMs?: number;
  /** Only a time is known at which the value was there already: it is at least this old, and due by `dueAt` or before. */
  readonly atLeast?: true;
  /** The first moment at which it is overdue, ahead or past. */
  readonly dueAt?: Date;
  /** Where the date of its creation comes from: the store, a `rotatedAt`, or neither. */
  readonly dated?: 'store' | 'rotatedAt';
}

interface Finding {
  readonly verdict: Exclude<RotationVerdict, 'exempt'>;
  readonly reason?: string;
  readonly dueAt?: Date;
}

/** What age is counted from. */
interface Birth {
  readonly at: Date;
  readonly atLeast: boolean;
  readonly dated: 'store' | 'rotatedAt';
}

/** The worst first; a sure finding comes before what is not known. */
const ORDER: readonly Finding['verdict'][] = ['overdue', 'due', 'unknown', 'fresh'];
/** Clocks differ, and a day written down east of Greenwich begins up to 14 hours early. */
const TOLERANCE_MS = 86_400_000;

/** The last moment that a Date can be (ECMA-262, 21.4.1.1). */
const LAST_MS = 8.64e15;

const NO_POLICY: RotationPolicy = {
  maxAgeMs: undefined,
  warnAtMs: undefined,
  onOverdue: 'warn',
  expiryHorizonMs: 0,
  exempt: undefined,
  rotatedAt: undefined,
  lacksTags: false,
};

/** Judges a value's age from what is known of it. Pure: the same at the same `now`, in every time zone. */
export function judgeRotation(
  metadata: SecretMetadata,
  rule: RotationPolicy | undefined,
  now: Date,
): RotationJudgement {
  const policy = rule ?? NO_POLICY;
  const birth = birthOf(metadata, policy);
  const fromFuture = birth !== undefined && birth.at.getTime() - now.getTime() > TOLERANCE_MS;
  const findings = [
    ...ageFindings(birth, policy, now),
    ...expiryFindings(metadata, policy, now),
    ...plannedFindings(metadata, policy, now),
  ];
  const worst = ORDER.map((verdict) => findings.find((finding) => finding.verdict === verdict)).find(Boolean);
  const { verdict, reason } = worst ?? {
    verdict: 'unknown',
    reason: 'it has no maxAge, and its store tells no end',
  };
  const ends = findings.flatMap(({ dueAt }) => (dueAt ? [dueAt.getTime()] : []));
  const { exempt } = policy;
  const known = {
    ...(birth && !fromFuture && { ageMs: Math.max(0, now.getTime() - birth.at.getTime()) }),
    ...(birth?.atLeast && { atLeast: true as const }),
    ...(ends.length > 0 && { dueAt: new Date(Math.min(...ends)) }),
    ...(birth && { dated: birth.dated }),
  };
  if (exempt && now < exempt.end) {
    return { verdict: 'exempt', reason: `until ${exempt.until}: ${exempt.reason}`, ...known };
  }
  const lapsed = exempt ? `; it was exempt until ${exempt.until}` : '';
  return { verdict, ...(reason !== undefined && { reason: `${reason}${lapsed}` }), ...known };
}

/** The store's word comes first; what was there at a time cannot be younger than that, whatever else is said. */
function birthOf(metadata: SecretMetadata, { rotatedAt }: RotationPolicy): Birth | undefined {
  const created = valid(metadata.createdAt);
  const before = valid(metadata.createdBefore);
  const at = created ?? rotatedAt;
  if (before && (at === undefined || before < at)) return { at: before, atLeast: true, dated: 'store' };
  return at && { at, atLeast: false, dated: created ? 'store' : 'rotatedAt' };
}

function ageFindings(birth: Birth | undefined, { maxAgeMs, warnAtMs }: RotationPolicy, now: Date): Finding[] {
  if (maxAgeMs === undefined) return [];
  if (birth === undefined) return [{ verdict: 'unknown', reason: 'its store tells no date of the value' }];
  const { at, atLeast } = birth;
  const born = `${atLeast ? 'older than' : 'created'} ${shown(at)}`;
  const age = now.getTime() - at.getTime();
  if (age < -TOLERANCE_MS) {
    return [{ verdict: 'unknown', reason: `${born}, which is ahead: a clock or a date is wrong` }];
  }
  const dueAt = new Date(Math.min(at.getTime() + maxAgeMs, LAST_MS));
  if (age >= maxAgeMs) {
    return [{ verdict: 'overdue', reason: `${born}; its maxAge ended on ${shown(dueAt)}`, dueAt }];
  }
  if (warnAtMs !== undefined && age >= warnAtMs) {
    return [{ verdict: 'due', reason: `${born}; its maxAge ends on ${shown(dueAt)}`, dueAt }];
  }
  if (atLeast) return [{ verdict: 'unknown', reason: `${born}, and by how much nobody tells`, dueAt }];
  return [{ verdict: 'fresh', dueAt }];
}

function expiryFindings(metadata: SecretMetadata, { expiryHorizonMs }: RotationPolicy, now: Date): Finding[] {
  const dueAt = valid(metadata.expiresAt);
  if (dueAt === undefined) return [];
  const left = dueAt.getTime() - now.getTime();
  if (left <= 0) return [{ verdict: 'overdue', reason: `expired on ${shown(dueAt)}`, dueAt }];
  if (left <= expiryHorizonMs) return [{ verdict: 'due', reason: `expires on ${shown(dueAt)}`, dueAt }];
  return [{ verdict: 'fresh', dueAt }];
}

/** A rotation ahead that the store does by itself needs nobody. One that is past did not happen. */
function plannedFindings(
  { rotatesAt, rotationEnabled }: SecretMetadata,
  { expiryHorizonMs }: RotationPolicy,
  now: Date,
): Finding[] {
  const dueAt = valid(rotatesAt);
  if (dueAt === undefined) return [];
  const left = dueAt.getTime() - now.getTime();
  if (left <= 0) {
    return [{ verdict: 'overdue', reason: `its rotation of ${shown(dueAt)} did not happen`, dueAt }];
  }
  if (rotationEnabled === true) return [{ verdict: 'fresh' }];
  if (left > expiryHorizonMs) return [{ verdict: 'fresh', dueAt }];
  return [{ verdict: 'due', reason: `its store asks for a rotation by ${shown(dueAt)}`, dueAt }];
}

function valid(date: Date | undefined): Date | undefined {
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

/** The day in UTC. */
function shown(date: Date): string {
  return date.toISOString().slice(0, 10);
}
