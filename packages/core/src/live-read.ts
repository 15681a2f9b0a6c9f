import type { AuditContext } from './audit-context.ts';
import type { CacheReader } from './cache.ts';
import { pickStored } from './convert.ts';
import type { Failure } from './errors.ts';
import type { Detailed, Entry } from './manifest.ts';
import type { ResolveOptions, Warning } from './options.ts';
import { isSameValue, type Picked } from './value.ts';
import type { Answer } from './walk.ts';

/** What following a secret takes of its resolver. */
export interface LiveSource {
  /**
   * Resolves entries whose references were checked; `reader` stands in for the resolver's own.
   * Rejects only with the reason of the options' signal.
   */
  resolve(
    entry: Entry,
    options: Pick<ResolveOptions, 'signal' | 'fresh'> & AuditContext,
    reader?: CacheReader,
  ): Promise<{
    readonly values: readonly (readonly [string, Detailed<unknown>])[];
    readonly failures: readonly Failure[];
    readonly answers: readonly Answer[];
  }>;
  /** Aborts when the resolver is closed. */
  readonly closing: AbortSignal;
  /** Told of an answer whose stored value is not that of the answer before. */
  readonly rotated: (answer: Answer) => void;
  /** Told of an answer whose stored value is that of the answer before. */
  readonly kept: (before: Answer, after: Answer) => void;
  /** Tells the operator, each time. */
  readonly tell: (warning: Warning) => void;
  /** Tells the operator, once for each distinct message. */
  readonly tellOnce: (warning: Warning) => void;
}

/** What is stored, after `#field` and before conversion; undefined where a default or nothing stands in for it. */
type Stored = Picked | undefined;

/** One version of a secret. */
export interface Version {
  readonly ok: true;
  readonly detailed: Detailed<unknown>;
  readonly stored: Stored;
  readonly answer: Answer;
}

/** What one read of a secret came to, and the kind of provider that answered. */
export type Reading = { readonly kind: string } & (
  | Version
  | { readonly ok: false; readonly failure: Failure }
);

/** Reads one secret. Rejects only with the reason of the signal. */
export async function readVersion(
  source: LiveSource,
  entry: Entry,
  options: Pick<ResolveOptions, 'signal' | 'fresh'>,
  reader?: CacheReader,
): Promise<Reading> {
  const { values, failures, answers } = await source.resolve(entry, options, reader);
  const [[, detailed] = []] = values;
  const [failure] = failures;
  const [answer] = answers;
  if (answer === undefined) throw new RangeError('an entry whose reference was checked has an answer');
  const { kind } = answer.provider;
  if (failure) return { ok: false, kind, failure: { ...failure, name: failure.reference } };
  if (detailed === undefined) throw new RangeError('an answer is a value or a failure');
  return { ok: true, kind, detailed, stored: storedIn(answer, detailed), answer };
}

function storedIn({ item, outcome }: Answer, { source }: Detailed<unknown>): Stored {
  if (!outcome.ok || source === 'default' || source === 'absent') return undefined;
  const picked = pickStored(item, outcome.value);
  return picked.ok ? picked.value : undefined;
}

/** Whether two versions store the same. */
export function isSame(
  { stored: a }: Pick<Version, 'stored'>,
  { stored: b }: Pick<Version, 'stored'>,
): boolean {
  return isSameValue(a, b);
}

/** A time between two checks: shorter than the interval by up to a tenth, so that a fleet does not ask all at once. */
export function drawInterval(intervalMs: number): number {
  return intervalMs * (1 - 0.1 * Math.random());
}
