import type { Audit, AuditAccess, AuditSubject } from './audit.ts';
import type { CacheReader } from './cache.ts';
import type { CallContext } from './call.ts';
import { type ConvertContext, convert, type Result } from './convert.ts';
import type { Failure } from './errors.ts';
import type { Events } from './events.ts';
import type { ProviderSource } from './first-of.ts';
import type { Detailed, Entry } from './manifest.ts';
import { type ResolveOptions, readLimits } from './options.ts';
import { groupByProvider, type Item, planItems } from './plan.ts';
import { tellRefused, tellResolved } from './resolve-events.ts';
import type { RotationGuard } from './rotation-guard.ts';
import { openScope, type Scope } from './scope.ts';
import { type Answer, walk } from './walk.ts';

/** What came of the names of one resolve, in the manifest's order. */
export interface Resolution {
  readonly values: readonly (readonly [name: string, detailed: Detailed<unknown>])[];
  readonly failures: readonly Failure[];
  readonly answers: readonly Answer[];
}

/**
 * Resolves entries. Rejects only with the caller's own abort reason.
 * @param isBare there is one entry, a bare reference, which then stands for its own name.
 * @param reader stands in for the resolver's own.
 */
export type Resolve = (
  pairs: readonly (readonly [name: string, entry: Entry])[],
  options: ResolveOptions,
  isBare: boolean,
  reader?: CacheReader,
) => Promise<Resolution>;

export interface ResolveParts extends Omit<ConvertContext, 'signal'>, Pick<CallContext, 'warn'> {
  readonly providers: Readonly<Record<string, ProviderSource>>;
  readonly limits: { readonly deadlineMs: number; readonly timeoutMs: number };
  readonly read: CacheReader;
  readonly guard: RotationGuard;
  readonly audit: Audit | undefined;
  readonly events: Events;
  /** Aborts when the resolver is closed. */
  readonly closing: AbortSignal;
}

/** Makes what all ways to a value come through: `resolve`, cache hits, watches, handles and `withSecret`. */
export function createResolve(parts: ResolveParts): Resolve {
  const { providers, limits, read, guard, audit, events, closing, warn } = parts;
  const { allowDefaults, environment, redactor } = parts;

  /** Nothing is handed out, and no failure is told, before it is on the record. */
  async function recorded(
    subjects: readonly AuditSubject[],
    access: AuditAccess,
  ): Promise<readonly Result[]> {
    return audit ? audit.record(subjects, access) : subjects.map(({ result }) => result);
  }

  return async (pairs, options, isBare, reader = read) => {
    const { signal, fresh = false } = options;
    signal?.throwIfAborted();
    const { deadlineMs, timeoutMs } = readLimits(options, limits);
    const begunAt = performance.now();
    const deadline = begunAt + deadlineMs;
    const access = { options, isBare, begunAt, deadline };
    const { items, failures: wrong } = planItems(pairs, providers);
    const refused = [...wrong.map((result) => ({ result })), ...unreasoned(items, options.reason)];
    if (refused.length > 0) {
      const failures = (await recorded(refused, access)).filter((result) => 'code' in result);
      tellRefused(events, begunAt, isBare, failures);
      return { values: [], failures, answers: [] };
    }

    let scope: Scope | undefined;
    const context = {
      // What the cache answers needs neither timer nor signal.
      get signal() {
        const message = `no answer within the deadline of ${deadlineMs} ms`;
        scope ??= openScope(deadlineMs, message, [closing, signal]);
        return scope.signal;
      },
      deadlineAt: () => deadline,
      timeoutMs,
      fresh,
      warn,
      allowDefaults,
      environment,
      redactor,
    };
    try {
      const groups = [...groupByProvider(items).values()];
      const answers: Answer[] = [];
      const results = new Map<Item, Result>();
      const work = groups.map(async (group) => {
        const answered = await walk(group, reader, context);
        answers.push(...answered);
        // Beside the reads of other stores, so that one that is slow leaves them their time.
        const conversions = answered.map(async (answer) =>
          results.set(answer.item, await convert(answer, context)),
        );
        await Promise.all(conversions);
      });
      await Promise.all(work);
      const converted = answers.flatMap(({ item }) => results.get(item) ?? []);
      const judged = await guard(answers, converted, context);
      const subjects = answers.flatMap((answer, index) => subjectOf(answer, judged[index]));
      const final = await recorded(subjects, access);
      final.forEach((result, index) => {
        const item = answers[index]?.item;
        if (item) results.set(item, result);
      });
      tellResolved(events, begunAt, isBare, answers, results);
      return { ...inOrder(items, results), answers };
    } finally {
      scope?.close();
    }
  };
}

function subjectOf({ item, provider, outcome }: Answer, result: Result | undefined): AuditSubject[] {
  if (result === undefined) return [];
  return [{ result, item, provider, ...(outcome.ok && { fetched: outcome.value }) }];
}

/** A failure for each item that is only given for a reason, where there is none. */
function unreasoned(items: readonly Item[], reason: string | undefined): AuditSubject[] {
  if (reason !== undefined) return [];
  const wanting = items.filter(({ entry }) => entry.requireReason);
  return wanting.map((item) => {
    const { name, shown: reference, legs } = item;
    const message = 'is only given for a reason, and there is none';
    const hint = 'Say why: resolve(…, { reason: "…" }), or --reason on the command line.';
    const [leg] = legs;
    const result: Failure = { name, reference, code: 'Refused', message, hint };
    return { result, item, ...(leg && { provider: leg.provider }) };
  });
}

function inOrder(
  items: readonly Item[],
  results: ReadonlyMap<Item, Result>,
): Pick<Resolution, 'values' | 'failures'> {
  const values: (readonly [string, Detailed<unknown>])[] = [];
  const failures: Failure[] = [];
  for (const item of items) {
    const result = results.get(item);
    if (result === undefined) continue;
    if ('code' in result) failures.push(result);
    else values.push([item.name, result]);
  }
  return { values, failures };
}
