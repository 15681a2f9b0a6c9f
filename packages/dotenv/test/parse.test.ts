import dotenv from 'dotenv';
import { describe, expect, it } from 'vitest';
import { parse } from '../src/parse.ts';

const values = (text: string) => Object.fromEntries([...parse(text).entries].map(([k, v]) => [k, v.value]));

describe('parse agrees with dotenv', () => {
  it.each([
    ['plain', 'A=1', { A: '1' }],
    ['empty', 'A=\nB= \n', { A: '', B: '' }],
    ['blanks around', '  A \t=  1 2  \n', { A: '1 2' }],
    ['export', 'export A=1\n export\tB=2\nexport=3', { A: '1', B: '2', export: '3' }],
    ['colon', 'A: 1', { A: '1' }],
    ['inline comment', 'A=1#c\nB=1 # c\nC="1#2" # c', { A: '1', B: '1', C: '1#2' }],
    ['single quotes', 'A=\'a\\nb # "c"\'', { A: 'a\\nb # "c"' }],
    ['double quotes', 'A="a\\nb\\rc\\td\\\\e"', { A: 'a\nb\rc\\td\\\\e' }],
    ['backticks', 'A=`it\'s "so"\\n`', { A: 'it\'s "so"\\n' }],
    ['escaped quote', 'A="a\\"b"', { A: 'a\\"b' }],
    ['escaped quote before a line end', 'A="a\\"\nb"\nB=1', { A: 'a\\"\nb', B: '1' }],
    ['backslash at the end', "A='C:\\'\nB=2", { A: 'C:\\', B: '2' }],
    ['lines in quotes', 'A="a\n\n b"\nB=\'c\r\nd\'', { A: 'a\n\n b', B: 'c\nd' }],
    ['text after the closing quote', "A=\"1\" 2\nB='a' 'b'", { A: '"1" 2', B: "a' 'b" }],
    ['byte order mark', '\uFEFFA=1', { A: '1' }],
    ['CRLF and lone CR', 'A=1\r\nB=2\rC=3', { A: '1', B: '2', C: '3' }],
    ['twice', 'A=1\nB=2\nA=3', { A: '3', B: '2' }],
    ['names', 'a.b-c_1=1\n1=2\n-=3', { 'a.b-c_1': '1', 1: '2', '-': '3' }],
    ['a name apart from its value', 'A\n=1\nexport\nB=2\nC=\n"3"', { A: '1', B: '2', C: '3' }],
    ['line separators', '# c\u2028A=1\u2028B=2\nC="3"\u2029D=4', { A: '1\u2028B=2', C: '3', D: '4' }],
    ['quotes by line separators', "A=1\u2028'2'", { A: '1\u20282' }],
    ['nothing executed', 'A=$(id)\nB=`id`', { A: '$(id)', B: 'id' }],
  ])('%s', (_, text, expected) => {
    expect(parse(text).problems).toEqual([]);
    expect(values(text)).toEqual(expected);
    expect(dotenv.parse(text)).toEqual(expected);
  });

  it('and keeps the names of prototypes, which dotenv loses', () => {
    const { entries } = parse('__proto__=1\nconstructor=2\ntoString=3');
    expect([...entries.keys()]).toEqual(['__proto__', 'constructor', 'toString']);
    expect(parse('A=1').entries.get('constructor')).toBeUndefined();
  });

  it('keeping line and opening quote', () => {
    const text = '# c\nA=1\nB="x\ny"\r\n\r\nC=\'z\'\rD=`w`\nE="1" 2\n';
    expect([...parse(text).entries].map(([name, { quote, line }]) => [name, quote, line])).toEqual([
      ['A', 'none', 2],
      ['B', 'double', 3],
      ['C', 'single', 6],
      ['D', 'backtick', 7],
      ['E', 'double', 8],
    ]);
  });
});

describe('parse reports', () => {
  const dropped = 'expected NAME=value, with a name of A-Z, a-z, 0-9, "_", "." and "-"';
  it.each([
    'canary',
    'canary 1=2',
    'É=canary',
    '=canary',
    'A:canary',
    'A$=canary',
    '"A"=canary',
    'export canary',
  ])('the dropped line %j', (line) => {
    const { problems, entries } = parse(`A=1\n\n${line}\nB=2`);
    expect(problems).toEqual([{ line: 3, message: dropped }]);
    expect([...entries.keys()]).toEqual(['A', 'B']);
  });

  const open = 'a quote is opened and not closed (only a comment may follow the closing quote)';
  it.each(["A='canary", 'A="', 'A=`canary # c', 'A="canary\\', "A='canary#b' c"])(
    'the open quote %j',
    (line) => {
      const { problems, entries } = parse(`Z=1\n${line}\nB=2`);
      expect(problems).toEqual([{ line: 2, message: open }]);
      expect([...entries.keys()]).toEqual(['Z', 'B']);
    },
  );

  it('a quote closed on a later line with text behind it', () => {
    expect(parse('A="canary\ncanary" x\nB=2').problems).toEqual([
      { line: 1, message: open },
      { line: 2, message: dropped },
    ]);
  });

  it('a colon that would take the next line for its value', () => {
    const text = 'A:\nB=2\nC:\n\nD=3';
    expect(dotenv.parse(text)).toEqual({ A: 'B=2', C: '', D: '3' });
    expect(parse(text).problems).toEqual([{ line: 1, message: 'no value follows the ":" on its line' }]);
    expect(values(text)).toEqual({ B: '2', C: '', D: '3' });
  });
});
