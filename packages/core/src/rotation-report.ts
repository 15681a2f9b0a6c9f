import { ConfigError, type Failure, ResolveError } from './errors.ts';
import type { ProviderSource } from './first-of.ts';
import { defaultMessage, hintFor } from './hints.ts';
import { absenceOf, type Manifest, readManifest } from './manifest.ts';
import { unknownKeys } from './nearest.ts';
import { type Limits, RESOLVE_OPTIONS, readLimits, resolveProblems } from './options.ts';
import { type Item, planItems } from './plan.ts';
import type { SecretMetadata } from './provider.ts';
import type { ReadContext, Reader } from './reader.ts';
import { describeItems } from './rotation-describe.ts';
import { judgeRotation, type RotationJudgement } from './rotation-judge.ts';
import { policyOf, type RotationOptions } from './rotation-policy.ts';
import { openScope } from './scope.ts';
import type { Answer } from './walk.ts';

/** Options of one `rotation()`. */
export interface RotationReadOptions extends Limits {
  readonly signal?: AbortSignal | undefined;
  /** The moment to judge by, such as one ahead, to see what will be overdue then. @default the present */
  readonly now?: Date | undefined;
}

/** The age of one secret. */
export interface RotationStatus extends RotationJudgement, SecretMetadata {
  /** The name in the manifest. */
  readonly name: string;
  readonly reference: string;
  /** The user's name for the provider. */
  readonly provider: string;
  /** The kind of store that answered. */
  readonly kind: string;
  /** What the metadata was had by: `fetch` read the value, since the store has no other way. */
  readonly source: 'describe' | 'fetch';
  /** Why the store could not be asked; the verdict is then `unknown`. */
  readonly failure?: Failure;
}

/** What a report needs of its resolver. */
export interface RotationReporter {
  readonly providers: Readonly<Record<string, ProviderSource>>;
  readonly rotation: RotationOptions | undefined;
  readonly allowDefaults: boolean;
  readonly limits: { readonly deadlineMs: number; readonly timeoutMs: number };
  readonly read: Reader;
  readonly closing: AbortSignal;
  readonly warn: ReadContext['warn'];
}

/**
 * The age of each secret of a manifest, in its order. Entries that are no secrets and have no rule of their own are
 * left out.
 * @throws {ConfigError} for a manifest or options of the wrong shape.
 * @throws {ResolveError} `InvalidReference` for every reference that is wrong, before any call.
 * @throws the signal's reason, when the caller aborts.
 */
export async function reportRotation(
  manifest: Manifest,
  options: RotationReadOptions,
  { providers, rotation, allowDefaults, limits, read, closing, warn }: RotationReporter,
): Promise<RotationStatus[]> {
  const { signal, now = new Date() } = options;
  const problems = [...unknownKeys('', options, [...RESOLVE_OPTIONS, 'now']), ...resolveProblems(options)];
  if (!(now instanceof Date) || Number.isNaN(now.getTime())) {
    problems.push({ place: 'now', message: 'is no valid Date' });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  signal?.throwIfAborted();
  const { deadlineMs, timeoutMs } = readLimits(options, limits);
  const judged = readManifest(manifest).filter(([name, entry]) => {
    return entry.sensitive !== false || policyOf(rotation, name, entry) !== undefined;
  });
  const { items, failures } = planItems(judged, providers);
  if (failures.length > 0) throw new ResolveError(failures);

  const deadline = performance.now() + deadlineMs;
  const late = `no answer within the deadline of ${deadlineMs} ms`;
  const scope = openScope(deadlineMs, late, [closing, signal]);
  try {
    const context = { signal: scope.signal, deadlineAt: () => deadline, timeoutMs, warn };
    const answers = await describeItems(items, read, context);
    const byName = new Map(answers.map((answer) => [answer.item.name, answer]));
    return items.flatMap(({ name }): RotationStatus[] => {
      const answer = byName.get(name);
      return answer ? [statusOf(answer, allowDefaults, rotation, now)] : [];
    });
  } finally {
    scope.close();
  }
}

function statusOf(
  { item, provider, outcome }: Answer,
  allowDefaults: boolean,
  rotation: RotationOptions | undefined,
  now: Date,
): RotationStatus {
  const { name, entry, shown: reference } = item;
  const common = {
    name,
    reference,
    provider: item.reference.provider,
    kind: provider.kind,
    source: provider.describe ? ('describe' as const) : ('fetch' as const),
  };
  if (outcome.ok) {
    const { metadata = {} } = outcome.value;
    return { ...common, ...metadata, ...judgeRotation(metadata, policyOf(rotation, name, entry), now) };
  }
  const { code, message = defaultMessage(code) } = outcome;
  if (code === 'NotFound' && absenceOf(entry, allowDefaults) !== 'NotFound') {
    return { ...common, verdict: 'unknown', reason: 'it is absent, which its entry allows' };
  }
  // A right that only ages need is no reason to fail.
  if (code === 'AccessDenied' && provider.describe) {
    return { ...common, ...undescribed(item, `${code}: ${message}`, rotation, now) };
  }
  const failure = { name, reference, code, message, hint: hintFor(code) };
  return { ...common, verdict: 'unknown', reason: `${code}: ${message}`, failure };
}

/** Where the store may not be asked, a `rotatedAt` or an exemption still counts. */
function undescribed(
  { name, entry }: Item,
  reason: string,
  rotation: RotationOptions | undefined,
  now: Date,
): RotationJudgement {
  const judgement = judgeRotation({}, policyOf(rotation, name, entry), now);
  return judgement.verdict === 'unknown' && judgement.dated === undefined
    ? { ...judgement, reason }
    : judgement;
}
