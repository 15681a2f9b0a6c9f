import { ConfigError, type Failure, ResolveError } from './errors.ts';
import type { ProviderSource } from './first-of.ts';
import { defaultMessage, hintFor } from './hints.ts';
import { absenceOf, type Manifest, readManifest } from './manifest.ts';
import { unknownKeys } from './nearest.ts';
import { type Limits, RESOLVE_OPTIONS, readLimits, resolveProblems } from './options.ts';
import { planItems } from './plan.ts';
import type { Provider, SecretMetadata } from './provider.ts';
import type { ReadContext, Reader } from './reader.ts';
import { describeItems } from './rotation-describe.ts';
import { judgeRotation, type RotationJudgement } from './rotation-judge.ts';
import { policyOf, type RotationOptions, type RotationPolicy } from './rotation-policy.ts';
import { TAGS_UNKNOWN } from './rotation-tags.ts';
import { openScope } from './scope.ts';
import type { Answer } from './walk.ts';

/** Options of one `rotation()`. */
export interface RotationReadOptions extends Limits {
  readonly signal?: AbortSignal | undefined;
  /**
   * The moment to judge by, on this machine's clock, such as one ahead, to see what will be overdue then.
   * @default the present
   */
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
  /**
   * How far the store's clock is ahead of this machine's, in milliseconds, negative where it is behind; only for more
   * than 5 minutes. The age is then judged by the store's clock.
   */
  readonly clockSkewMs?: number;
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
  /** In milliseconds, 0 where there is none to tell. */
  readonly skewOf: (provider: Provider) => number;
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
  reporter: RotationReporter,
): Promise<RotationStatus[]> {
  const { providers, rotation, limits, read, closing, warn } = reporter;
  const { signal, now } = options;
  const problems = [...unknownKeys('', options, [...RESOLVE_OPTIONS, 'now']), ...resolveProblems(options)];
  if (now !== undefined && (!(now instanceof Date) || Number.isNaN(now.getTime()))) {
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
    const present = now ?? new Date();
    const byName = new Map(answers.map((answer) => [answer.item.name, answer]));
    return items.flatMap(({ name }): RotationStatus[] => {
      const answer = byName.get(name);
      return answer ? [statusOf(answer, reporter, present)] : [];
    });
  } finally {
    scope.close();
  }
}

function statusOf(
  { item, provider, outcome }: Answer,
  { allowDefaults, rotation, skewOf, warn }: RotationReporter,
  present: Date,
): RotationStatus {
  const { name, entry, shown: reference } = item;
  const clockSkewMs = skewOf(provider);
  const now = new Date(present.getTime() + clockSkewMs);
  const common = {
    name,
    reference,
    provider: item.reference.provider,
    kind: provider.kind,
    source: provider.describe ? ('describe' as const) : ('fetch' as const),
    ...(clockSkewMs !== 0 && { clockSkewMs }),
  };
  if (outcome.ok) {
    const { metadata = {} } = outcome.value;
    const { tags } = metadata;
    const policy = policyOf(rotation, name, entry, tags);
    if (policy?.lacksTags && !provider.local) warn(provider, TAGS_UNKNOWN);
    return { ...common, ...metadata, ...judgeRotation(metadata, policy, now) };
  }
  const { code, message = defaultMessage(code) } = outcome;
  if (code === 'NotFound' && absenceOf(entry, allowDefaults) !== 'NotFound') {
    return { ...common, verdict: 'unknown', reason: 'it is absent, which its entry allows' };
  }
  // A right that only ages need is no reason to fail.
  if (code === 'AccessDenied' && provider.describe) {
    const policy = policyOf(rotation, name, entry);
    const judgement = undescribed(policy, `${code}: ${message}`, now);
    // What is unknown has a reason already.
    if (policy?.lacksTags && judgement.verdict !== 'unknown') warn(provider, TAGS_UNKNOWN);
    return { ...common, ...judgement };
  }
  const failure = { name, reference, code, message, hint: hintFor(code) };
  return { ...common, verdict: 'unknown', reason: `${code}: ${message}`, failure };
}

/** Where the store may not be asked, a `rotatedAt` or an exemption still counts. */
function undescribed(policy: RotationPolicy | undefined, reason: string, now: Date): RotationJudgement {
  const judgement = judgeRotation({}, policy, now);
  return judgement.verdict === 'unknown' && judgement.dated === undefined
    ? { ...judgement, reason }
    : judgement;
}
