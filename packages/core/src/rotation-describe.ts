import { groupByProvider, type Item } from './plan.ts';
import type { ErrorCode } from './provider.ts';
import type { ReadContext, Reader } from './reader.ts';
import { type Answer, walk } from './walk.ts';

/**
 * Codes that metadata and value have in common. A right to describe that is missing, or a store that is down, says
 * nothing of where the value would come from, so no other leg is asked for its age.
 */
const SAME_FOR_BOTH: readonly ErrorCode[] = ['NotFound', 'Disabled', 'InvalidReference'];

/**
 * Asks the stores for the metadata of items, past the cache: batched, bounded and retried as values are, but without
 * reading one where the store can do so. Rejects only with a caller's abort reason.
 */
export async function describeItems(
  items: readonly Item[],
  read: Reader,
  context: ReadContext,
): Promise<Answer[]> {
  const groups = [...groupByProvider(items.map(askedForMetadata)).values()];
  const asked = { ...context, fresh: true, metadataOnly: true } as const;
  return (await Promise.all(groups.map((group) => walk(group, read, asked)))).flat();
}

function askedForMetadata(item: Item): Item {
  const on = item.on.filter((code) => SAME_FOR_BOTH.includes(code));
  const legs = item.legs.map((leg) => (leg.passes ? { ...leg, passes: on } : leg));
  return { ...item, legs, on };
}
