/** What a process holds on to at the end of a window, when all its work has settled. */
export interface Holding {
  /** How many resolves there were until then. */
  readonly resolves: number;
  /** Bytes of heap after a full collection. */
  readonly heap: number;
  /** What keeps the event loop alive, such as `Timeout`, and how many of each. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on the signal that every resolve was given. */
  readonly listeners: number;
}

/** What an endurance run prints. */
export interface EnduranceReport {
  readonly windows: readonly Holding[];
  /** How often what happened. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Windows in which compilers, caches and pools fill up to what they stay at. */
const WARM_UP = 3;

/**
 * Bytes that a resolve may seem to leave behind: compiled code is on the heap too, and comes to some 2. The smallest
 * object, with the pointer that keeps it, takes 32.
 */
const MOST_BYTES = 12;

/** In words, what grows with the number of resolves; empty when all is flat. */
export function growth({ windows }: EnduranceReport): string[] {
  const later = windows.slice(WARM_UP);
  const [first, last] = [later.at(0), later.at(-1)];
  if (later.length < 5 || !first || !last) throw new RangeError('too few windows to see what grows');
  const found: string[] = [];
  const bytes = slope(later.map(({ resolves, heap }) => [resolves, heap]));
  if (bytes > MOST_BYTES) found.push(`the heap: ${bytes.toFixed(0)} bytes a resolve`);
  for (const [kind, count] of Object.entries(last.resources)) {
    if (count > (first.resources[kind] ?? 0)) found.push(`resources: ${count} ${kind}`);
  }
  if (last.listeners > 0) found.push(`listeners: ${last.listeners}`);
  return found;
}

/** The median of the slopes between any two points (Theil and Sen): one window that is off does not decide. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).map(([later, above]) => (above - y) / (later - x)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? Number.NaN;
}
