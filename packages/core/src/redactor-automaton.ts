/**
 * Finds every one of many byte patterns in one pass (Aho and Corasick, 1975): time is linear in the text,
 * whatever the text and the patterns. A state stands for the bytes read last that begin some pattern.
 */
export interface Automaton {
  /** The state after one more byte. State 0 is the start. */
  step(state: number, byte: number): number;
  /** Length of the longest pattern that ends at this state; 0 when none does. */
  readonly matched: Int32Array;
  /** How many of the bytes read last are the beginning of a pattern, or all of it: no later match reaches before them. */
  readonly depth: Int32Array;
}

/** Takes some 20 bytes of memory for each byte of the patterns, less what they begin with in common. */
export function createAutomaton(patterns: readonly Uint8Array[]): Automaton {
  const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
  const byteInto = new Uint8Array(size);
  // Most states have one follower: `next` holds it. One that has more holds minus the number of its row.
  const next = new Int32Array(size);
  const rows: Int32Array[] = [new Int32Array(256)];
  const fallback = new Int32Array(size);
  const matched = new Int32Array(size);
  const depth = new Int32Array(size);
  let states = 1;

  function follower(state: number, byte: number): number {
    const only = next[state] ?? 0;
    if (only < 0) return rows[-only]?.[byte] ?? 0;
    return byteInto[only] === byte ? only : 0;
  }

  function addFollower(state: number, byte: number): number {
    const added = states++;
    byteInto[added] = byte;
    const only = next[state] ?? 0;
    if (only === 0) {
      next[state] = added;
      return added;
    }
    const row = rows[-only] ?? new Int32Array(256);
    if (only > 0) {
      row[byteInto[only] ?? 0] = only;
      next[state] = -rows.length;
      rows.push(row);
    }
    row[byte] = added;
    return added;
  }

  function followersOf(state: number): readonly number[] {
    const only = next[state] ?? 0;
    if (only < 0) return [...(rows[-only] ?? [])].filter((each) => each > 0);
    return only > 0 ? [only] : [];
  }

  function step(state: number, byte: number): number {
    for (let from = state; ; from = fallback[from] ?? 0) {
      const to = follower(from, byte);
      if (to > 0 || from === 0) return to;
    }
  }

  for (const pattern of patterns) {
    let state = 0;
    for (const byte of pattern) state = follower(state, byte) || addFollower(state, byte);
    matched[state] = pattern.length;
  }

  // By rising depth: a state falls back to a shallower one, which must be complete.
  for (let level = followersOf(0), deep = 1; level.length > 0; deep++) {
    const deeper: number[] = [];
    for (const state of level) {
      const back = fallback[state] ?? 0;
      depth[state] = deep;
      matched[state] ||= matched[back] ?? 0;
      for (const each of followersOf(state)) {
        fallback[each] = step(back, byteInto[each] ?? 0);
        deeper.push(each);
      }
    }
    level = deeper;
  }
  // Most bytes of any text lead from one of these states to one of these: there a single look has to do.
  const shallow = [0, ...followersOf(0)];
  const direct = new Int32Array((shallow.length + 1) * 256);
  /** Where the 256 followers of a state begin in `direct`; 0 for one that has none there. */
  const directOf = new Int32Array(states);
  shallow.forEach((state, index) => {
    const begin = (index + 1) * 256;
    directOf[state] = begin;
    for (let byte = 0; byte < 256; byte++) direct[begin + byte] = step(state, byte);
  });
  return {
    step(state, byte) {
      const begin = directOf[state] ?? 0;
      return begin > 0 ? (direct[begin + byte] ?? 0) : step(state, byte);
    },
    matched,
    depth,
  };
}
