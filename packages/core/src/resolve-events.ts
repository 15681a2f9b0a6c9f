import type { CacheOutcome } from './cache-outcome.ts';
import type { Result } from './convert.ts';
import type { Failure } from './errors.ts';
import type { Events } from './events.ts';
import type { Detailed } from './manifest.ts';
import type { Item } from './plan.ts';
import type { Provider } from './provider.ts';

interface Answered {
  readonly item: Item;
  readonly provider: Provider;
}

/**
 * Tells what the names of a resolve came to.
 * @param isBare the resolve was of a reference, which then stands for its own name.
 */
export function tellResolved(
  events: Events,
  begunAt: number,
  isBare: boolean,
  answers: readonly Answered[],
  results: ReadonlyMap<Item, Result>,
): void {
  if (!events.isHeard()) return;
  for (const answer of answers) {
    const result = results.get(answer.item);
    if (result) tellAnswer(events, begunAt, isBare, answer, result);
  }
}

/** As `tellResolved`, of what the cache had. */
export function tellServed(
  events: Events,
  begunAt: number,
  isBare: boolean,
  answers: readonly (Answered & { readonly outcome: CacheOutcome })[],
): void {
  for (const answer of answers) {
    const { version } = (answer.outcome.ok && answer.outcome.value.metadata) || {};
    tellAnswer(events, begunAt, isBare, answer, {
      source: 'cache',
      ...(version !== undefined && { version }),
    });
  }
}

/** As `tellResolved`, of references that are wrong. */
export function tellRefused(
  events: Events,
  begunAt: number,
  isBare: boolean,
  failures: readonly Failure[],
): void {
  if (!events.isHeard()) return;
  const durationMs = performance.now() - begunAt;
  for (const { name, reference, code } of failures) {
    events.tell({ type: 'resolve', name: isBare ? reference : name, reference, code, durationMs });
  }
}

function tellAnswer(
  events: Events,
  begunAt: number,
  isBare: boolean,
  { item, provider }: Answered,
  result: Pick<Detailed<unknown>, 'source' | 'version'> | Pick<Failure, 'code'>,
): void {
  events.tell({
    type: 'resolve',
    name: isBare ? item.shown : item.name,
    reference: item.shown,
    provider: item.reference.provider,
    kind: provider.kind,
    ...endOf(result),
    durationMs: performance.now() - begunAt,
  });
}

function endOf(result: Pick<Detailed<unknown>, 'source' | 'version'> | Pick<Failure, 'code'>) {
  if ('code' in result) return { code: result.code };
  const { source, version } = result;
  return { source, ...(version !== undefined && { version }) };
}
