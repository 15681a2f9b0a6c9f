import { describe, expect, it } from 'vitest';
import { canary, formsOf, leaksIn, NEEDLES, SPECIAL } from './search.ts';

describe.each([...NEEDLES])('a search for %j', (needle) => {
  it.each(formsOf(needle))('finds it as %s, whatever stands around it', (name, form) => {
    const planted = Buffer.concat([Buffer.from('\nü\0before '), Buffer.from(form), Buffer.from(' after\n')]);
    expect(leaksIn(planted)).toContain(`${name} of ${JSON.stringify(needle)}`);
  });

  it('finds it inside of longer base64, wherever it stands', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
      const planted = Buffer.from(`${before}${needle}tail`);
      expect(leaksIn(`<${planted.toString('base64')}>`)).toContainEqual(expect.stringMatching(/^base64 at/));
      expect(leaksIn(`<${planted.toString('base64url')}>`)).toContainEqual(
        expect.stringMatching(/^base64url at/),
      );
    }
  });
});

it('finds nothing where nothing is', () => {
  const harmless = `canary-7, ${SPECIAL.slice(1)}, ${Buffer.from('canary 7').toString('base64')}`;
  expect(leaksIn(harmless)).toEqual([]);
});

it('every canary is found by what it begins with', () => {
  expect(leaksIn(canary('password').slice(0, 7))).toEqual([
    'plain of "canary7"',
    'JSON of "canary7"',
    'inspect of "canary7"',
    'JSON in ASCII of "canary7"',
    'JSON in JSON of "canary7"',
    'URL of "canary7"',
    'form of "canary7"',
  ]);
});
