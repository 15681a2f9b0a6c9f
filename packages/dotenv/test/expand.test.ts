import { describe, expect, it } from 'vitest';
import { expander, type Placed } from '../src/expand.ts';
import { parse } from '../src/parse.ts';

/** Expands `name`, or gives the problem. */
function expand(text: string, name = 'X'): string {
  const { entries, problems } = parse(text);
  expect(problems).toEqual([]);
  const lookup = (key: string): Placed | undefined => {
    const entry = entries.get(key);
    return entry && { ...entry, file: '.env' };
  };
  const entry = lookup(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  const expanded = expander(lookup)(entry, name);
  return 'problem' in expanded ? expanded.problem : expanded.value;
}

describe('expansion', () => {
  it.each([
    ['a name', 'A=1\nX=<${A}${A}>', '<11>'],
    ['a later name', 'X=${A}\nA=1', '1'],
    ['a chain', 'X=${A}\nA=${B}\nB=1', '1'],
    ['double quotes', 'A=1\nX="${A}"', '1'],
    ['backticks', 'A=1\nX=`${A}`', '1'],
    ['no single quotes', "A=1\nX='${A}'", '${A}'],
    ['no single quotes with text behind them', "A=1\nX='${A}' b", "'${A}' b"],
    ['a default for a missing name', 'X=${A:-1:-2 }', '1:-2 '],
    ['a default for an empty name', 'A=\nX=${A:-1}', '1'],
    ['an empty default', 'X=<${A:-}>', '<>'],
    ['no default for a name with a value', 'A=1\nX=${A:-2}', '1'],
    ['an empty name', 'A=\nX=<${A}>', '<>'],
    ['a default over lines', 'X="${A:-a\nb}"', 'a\nb'],
    ['an escape', 'A=1\nX=\\${A}${A}', '${A}1'],
    ['nothing in what was put in', "A='${B}'\nB=1\nC=\\${B}\nX=${A}${C}", '${B}${B}'],
    ['nothing else', 'X=$A $$ $1 $(id) \\$A $2b$10$abc {A}', '$A $$ $1 $(id) \\$A $2b$10$abc {A}'],
    ['no name of a prototype', 'X=${constructor:-1}', '1'],
  ])('knows %s', (_, text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  const malformed =
    '.env:1: "${" begins neither ${NAME} nor ${NAME:-default}; write \\${ for the text itself';
  it.each([
    ['X=${canary', malformed],
    ['X=${}', malformed],
    ['X=${A-canary}', malformed],
    ['X=${A:?canary}', malformed],
    ['X=${ A }', malformed],
    ['X=${A:-${B}}', '.env:1: the default of ${A} may not hold another "${"'],
    ['\nX=${A}', '.env:2: ${A} stands in none of the files; give it there or write ${A:-default}'],
    ['X=${A}\n\nA=${B}', '.env:3: ${B} stands in none of the files; give it there or write ${B:-default}'],
    ['X=${A:-1}\nA=${B}', '.env:2: ${B} stands in none of the files; give it there or write ${B:-default}'],
    ['X=a${X}', '.env:1: a cycle: X -> X'],
    ['A=${B}\nB=${A}\nX=${A}', '.env:2: a cycle: A -> B -> A'],
    ['A=${B:-1}\nB=${A:-1}\nX=${A}', '.env:2: a cycle: A -> B -> A'],
  ])('refuses %j', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  it('stops values that double each other', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `A${n}=\${A${n + 1}}\${A${n + 1}}`);
    expect(expand([...lines, 'A60=xx'].join('\n'), 'A50')).toHaveLength(2 ** 11);
    expect(expand([...lines, 'A60=xx', 'X=${A0}'].join('\n'))).toMatch(
      /^\.env:4\d: the expanded value is larger than 1 MiB$/,
    );
  });

  it('expands each name once', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `A${n}=\${A${n + 1}}\${A${n + 1}}`);
    expect(expand([...lines, 'A60='].join('\n'), 'A0')).toBe('');
  });

  it('stops chains that are too deep', () => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `A${n}=\${A${n + 1}}`);
    const text = [...lines, 'A100000=1'].join('\n');
    expect(expand(text, 'A99901')).toBe('1');
    expect(expand(text, 'A0')).toBe('.env:100: more than 100 references lead to one another');
  });
});
