import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('.', import.meta.url).pathname;

/** The type assertions of a file, and how many of them are the refused twin of another. */
function count(source: string): { held: number; refused: number } {
  const all = source.match(/^\s*expectTypeOf\b/gm)?.length ?? 0;
  const refused = source.match(/^\s*\/\/ @ts-expect-error \S.*$/gm)?.length ?? 0;
  return { held: all - (source.match(/@ts-expect-error .*\n\s*expectTypeOf\b/g)?.length ?? 0), refused };
}

// An assertion that `any` satisfies proves nothing: its twin, which must not compile, shows that it can fail.
describe('type tests', () => {
  it('sees an assertion without a twin', () => {
    const twin = '// @ts-expect-error not a string\nexpectTypeOf(a).toEqualTypeOf<string>();\n';
    expect(count('expectTypeOf(a).toEqualTypeOf<number>();\n')).toEqual({ held: 1, refused: 0 });
    expect(count(`expectTypeOf(a).toEqualTypeOf<number>();\n${twin}`)).toEqual({ held: 1, refused: 1 });
  });

  it.each(globSync('*.test-d.ts', { cwd: folder }))('%s: every assertion has its refused twin', (file) => {
    const { held, refused } = count(readFileSync(`${folder}${file}`, 'utf8'));
    expect(held).toBeGreaterThan(0);
    expect(refused).toBeGreaterThanOrEqual(held);
  });
});
