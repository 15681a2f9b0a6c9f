import type { Problem } from './errors.ts';

/** The known word that `word` most likely meant; undefined when none is near. */
function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // Of a word that keeps none of its letters, nothing is left that could be meant.
  let bestDistance = Math.min(Math.ceil(word.length / 3) + 1, word.length);
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `(did you mean "x"?)` or `(known: x, y)`, to end a message about an unknown word. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `(did you mean "${near}"?)`;
  return known.length > 0 ? `(known: ${known.join(', ')})` : '(there are none)';
}

/** Levenshtein's distance, over one row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** One problem for each key of `object` that is not in `known`. */
export function unknownKeys(place: string, object: object, known: readonly string[]): Problem[] {
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      place: place ? `${place}.${key}` : key,
      message: `unknown key ${suggestion(key, known)}`,
    }));
}
