import { describe, expect, it } from 'vitest';
import { suggestion } from '../src/nearest.ts';

describe('suggestion', () => {
  it.each([
    ['ttll', ['ttl', 'jitter'], '(did you mean "ttl"?)'],
    ['TTL', ['ttl'], '(did you mean "ttl"?)'],
    ['db', ['dbs'], '(did you mean "dbs"?)'],
    ['timeout', ['deadline', 'signal'], '(known: deadline, signal)'],
    ['x', [], '(there are none)'],
  ])('%s of %o', (word, known, expected) => {
    expect(suggestion(word, known)).toBe(expected);
  });

  it.each([
    ['z', ['a']],
    ['z', ['ab', 'a']],
    ['xy', ['ab']],
    ['', ['a']],
  ])('%s keeps nothing of %o, so none of them was meant', (word, known) => {
    expect(suggestion(word, known)).toBe(`(known: ${known.join(', ')})`);
  });
});
