import type { Result } from './convert.ts';
import type { Failure } from './errors.ts';
import { defaultMessage } from './hints.ts';
import type { Detailed } from './manifest.ts';
import type { Item } from './plan.ts';
import type { Fetched, Provider, SecretMetadata } from './provider.ts';
import type { ReadContext, Reader } from './reader.ts';
import { describeItems } from './rotation-describe.ts';
import { judgeRotation, type RotationJudgement } from './rotation-judge.ts';
import { policyOf, type RotationOptions } from './rotation-policy.ts';
import { mayRuleByTag, TAGS_UNKNOWN } from './rotation-tags.ts';
import type { Answer } from './walk.ts';

/** Judges the ages of what was resolved: the same results, of which those that a policy refuses are failures. */
export type RotationGuard = (
  answers: readonly Answer[],
  results: readonly Result[],
  context: ReadContext,
) => Promise<Result[]>;

export interface GuardHooks {
  readonly rotation: RotationOptions | undefined;
  /** How many dates are remembered. */
  readonly limit: number;
  readonly read: Reader;
  /** How far the store's clock is ahead of this machine's, in milliseconds; 0 where there is nothing to tell. */
  readonly skewOf: (provider: Provider) => number;
  /** Told of each verdict, before anything is refused. */
  readonly judged: (answer: Answer, fetched: Fetched, judgement: RotationJudgement) => void;
  /** Runs what no caller waits for, within limits of its own. */
  readonly background: (work: (context: ReadContext) => Promise<void>) => void;
}

/** A value that was resolved, and that a policy holds for. */
interface Subject {
  readonly answer: Answer;
  readonly detailed: Detailed<unknown>;
  readonly fetched: Fetched;
}

/** What was told of a version by a call of its own. */
interface Told {
  readonly fetched: Fetched;
  /** What holds of it from now on: its creation does not change, and tags are taken as they were. Other dates may change. */
  readonly lasting?: Pick<SecretMetadata, 'createdAt' | 'tags'>;
  /** Why there was no answer. */
  readonly problem?: string;
}

/**
 * Makes the guard of a resolver. What a read brought along is enough for most stores. Where it has no date, the store is
 * asked for it once for each version: at once after a read, in the background after a hit of the cache.
 */
export function createRotationGuard({
  rotation,
  limit,
  read,
  skewOf,
  judged,
  background,
}: GuardHooks): RotationGuard {
  const told = new Map<string, Told>();

  function toldOf({ answer, fetched }: Subject): Told | undefined {
    const known = told.get(keyOf(answer));
    if (known === undefined || known.fetched === fetched) return known;
    const version = fetched.metadata?.version;
    return version !== undefined && known.fetched.metadata?.version === version ? known : undefined;
  }

  async function ask(subjects: readonly Subject[], context: ReadContext): Promise<void> {
    for (const { answer, fetched } of subjects) remember(keyOf(answer), { fetched });
    const items = subjects.map(({ answer }) => answeringLegOnly(answer));
    // One attempt: ages are no reason to hold up a resolve for longer.
    const described = await describeItems(items, read, { ...context, deadlineAt: () => 0 });
    const byName = new Map(described.map(({ item, outcome }) => [item.name, outcome]));
    for (const { answer, fetched } of subjects) {
      const outcome = byName.get(answer.item.name);
      if (outcome?.ok) {
        const { createdAt, tags } = outcome.value.metadata ?? {};
        remember(keyOf(answer), {
          fetched,
          lasting: { ...(createdAt && { createdAt }), ...(tags && { tags }) },
        });
      } else if (outcome) {
        const { code, message = defaultMessage(code) } = outcome;
        remember(keyOf(answer), { fetched, problem: `${code}: ${message}` });
      }
    }
  }

  function remember(key: string, what: Told): void {
    told.delete(key);
    told.set(key, what);
    const [oldest] = told.keys();
    if (told.size > limit && oldest !== undefined) told.delete(oldest);
  }

  return async (answers, results, context) => {
    const subjects = answers.flatMap((answer, index) => subjectOf(answer, results[index], rotation));
    if (subjects.length === 0) return [...results];
    const untold = subjects.filter(
      (subject) => isWanting(subject, rotation) && toldOf(subject) === undefined,
    );
    const read = untold.filter(({ detailed }) => detailed.source === 'store');
    const hit = untold.filter(({ detailed }) => detailed.source === 'cache');
    if (hit.length > 0) background((own) => ask(hit, own));
    if (read.length > 0) await ask(read, context);

    const present = Date.now();
    const refused = new Map<Result, Failure>();
    for (const subject of subjects) {
      const { fetched, answer, detailed } = subject;
      const { name, entry, shown } = answer.item;
      const { lasting, problem } = toldOf(subject) ?? {};
      const metadata: SecretMetadata = { ...lasting, ...fetched.metadata };
      const policy = policyOf(rotation, name, entry, metadata.tags);
      if (policy === undefined) continue;
      const judgement = judgeRotation(metadata, policy, new Date(present + skewOf(answer.provider)));
      const { verdict, reason = '' } = judgement;
      judged(answer, fetched, judgement);
      if (policy.lacksTags && !answer.provider.local && !hit.includes(subject)) {
        context.warn(answer.provider, TAGS_UNKNOWN);
      }
      if (verdict === 'overdue' && policy.onOverdue === 'refuse') {
        refused.set(detailed, refusal(answer.item, reason));
      } else if (verdict === 'overdue' || verdict === 'due') {
        context.warn(answer.provider, `${shown} is ${verdict} for rotation: ${reason}`);
      } else if (verdict === 'unknown' && policy.onOverdue === 'refuse' && !hit.includes(subject)) {
        context.warn(
          answer.provider,
          `the age of ${shown} is unknown, so it is not refused: ${problem ?? reason}`,
        );
      }
    }
    return results.map((result) => refused.get(result) ?? result);
  };
}

function subjectOf(
  answer: Answer,
  result: Result | undefined,
  rotation: RotationOptions | undefined,
): Subject[] {
  const { item, outcome } = answer;
  if (result === undefined || 'code' in result || !outcome.ok) return [];
  if (result.source === 'default' || result.source === 'absent') return [];
  if (policyOf(rotation, item.name, item.entry) === undefined) return [];
  return [{ answer, detailed: result, fetched: outcome.value }];
}

/** Whether only the store can still tell how old the value is, or what rules hold for it. */
function isWanting({ answer, fetched }: Subject, rotation: RotationOptions | undefined): boolean {
  const { item, provider } = answer;
  const { createdAt, createdBefore, tags } = fetched.metadata ?? {};
  if (!provider.describe) return false;
  if (tags === undefined && !provider.local && mayRuleByTag(rotation, item.entry)) return true;
  const policy = policyOf(rotation, item.name, item.entry, tags);
  if (policy?.maxAgeMs === undefined || policy.rotatedAt) return false;
  return createdAt === undefined && createdBefore === undefined;
}

/** The item, asked of the one provider that its value came from. */
function answeringLegOnly({ item, provider }: Answer): Item {
  return { ...item, legs: item.legs.filter((leg) => leg.provider === provider), on: [] };
}

/** One for each read of one provider: two fields of a document share its date. */
function keyOf({ item, provider }: Answer): string {
  const at = item.legs.findIndex((leg) => leg.provider === provider);
  return `${item.reference.provider} ${at} ${item.legs[at]?.key}`;
}

function refusal({ name, shown: reference }: Item, reason: string): Failure {
  return {
    name,
    reference,
    code: 'Refused',
    message: `is overdue for rotation: ${reason}`,
    hint: 'Rotate it; or exempt it for a time, with a reason and an end date, in the `rotation` of the config.',
  };
}
