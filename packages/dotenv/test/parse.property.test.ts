import dotenv from 'dotenv';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from '../src/parse.ts';

const numRuns = 5_000;
const NO_VALUE = 'no value follows the ":" on its line';
const NOT_CLOSED = 'a quote is opened and not closed (only a comment may follow the closing quote)';
const NOT_AN_ENTRY = 'expected NAME=value, with a name of A-Z, a-z, 0-9, "_", "." and "-"';

/** The pieces whose meeting is hard, in any order. */
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'AB1=:\'"`#\\$-. \t\n\n\r\0É😀\u00A0\u2028\u2029\uFEFF'),
      fc.constantFrom(
        'export',
        'export ',
        '=',
        ': ',
        '1 2',
        '\\n',
        '\\r',
        '${A}',
        '__proto__=',
        'constructor=',
      ),
      fc.constantFrom(
        '\r\n',
        '\n\n',
        '# c\n',
        'A=1\n',
        '\nA: 1\n',
        'A:\n',
        'A="',
        "B='",
        'C=`',
        '"\n',
        "'\n",
        '`\n',
      ),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

/** A line, and what it must come to: an entry, a report, or (neither) nothing. */
interface Line {
  readonly text: string;
  readonly entry?: readonly [name: string, value: string];
  readonly reported?: true;
}

const name = fc.constantFrom('A', 'B', 'a.b', 'c-d', '_1', '9', 'export', 'constructor', 'LONG_NAME');
const textOf = (...parts: string[]) =>
  fc.array(fc.constantFrom('a', 'Z', '0', 'é', '😀', '=', ':', '$', '${A}', '\\t', '\\', ...parts), {
    maxLength: 8,
  });

const unquoted = textOf(' x', '"', "'", '`')
  .map((parts) => parts.join('').trim())
  .filter((text) => !/^["'`]/.test(text))
  .map((text) => ({ written: text, value: text }));
const quoted = fc.constantFrom('"', "'", '`').chain((quote) =>
  textOf(' ', '#', '\n', '\\n', '\\r', ...['"', "'", '`'].filter((other) => other !== quote)).map((parts) => {
    // A backslash before the closing quote could keep the quote open.
    const text = parts.join('').replace(/\\+$/, '');
    const value = quote === '"' ? text.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : text;
    return { written: quote + text + quote, value };
  }),
);
const entryLine: fc.Arbitrary<Line> = fc
  .record({
    before: fc.constantFrom('', ' ', '\t', 'export ', ' export  '),
    name,
    separator: fc.constantFrom('=', ' = ', '= ', ': ', ':\t'),
    value: fc.oneof(unquoted, quoted),
    after: fc.constantFrom('', ' ', ' # it\'s "c"', '#c', ' #A=1'),
  })
  .map(({ before, name, separator, value, after }) => ({
    text: before + name + separator + value.written + after,
    entry: [name, value.value],
  }));
const quietLine: fc.Arbitrary<Line> = fc
  .constantFrom('', '  ', '# c', ' # A=1', '#"', '\uFEFF')
  .map((text) => ({ text }));
const strayLine: fc.Arbitrary<Line> = fc
  .constantFrom('stray text', 'É=1', '=1', 'A B=1', 'A:1', 'A$=1', '- A=1', 'export A B', '$A', '/A=1')
  .map((text) => ({ text, reported: true }));

const endOfLine = fc.constantFrom('\n', '\r\n', '\r');
const mark = fc.constantFrom('', '\uFEFF');

function write(lines: readonly Line[], newline: string, mark: string): string {
  return mark + lines.map(({ text }) => text.replaceAll('\n', newline) + newline).join('');
}

/** What is to be reported, told by dotenv's own pattern (`dist/index.cjs` of 18.0.10), its value group in two. */
function expectedProblems(source: string): { line: number; message: string }[] {
  const ENTRY =
    /(?:^|^)\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(?:(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`)|([^#\r\n]+))?\s*(?:#.*)?(?:$|$)/gm;
  const text = source.replace(/\r\n?/g, '\n');
  const lineOf = (at: number) => text.slice(0, at).split('\n').length;

  const problems: { line: number; message: string }[] = [];
  const drop = (from: number, to: number) => {
    for (const part of text.slice(from, to).matchAll(/^.*$/gm)) {
      if (/^\s*(#|$)/.test(part[0])) continue;
      problems.push({ line: lineOf(from + part.index), message: NOT_AN_ENTRY });
    }
  };
  let last = 0;
  for (const match of text.matchAll(ENTRY)) {
    drop(last, match.index);
    last = match.index + match[0].length;
    const entry = match[0].trimStart();
    const unquoted = (match[3] ?? '').trim();
    const line = lineOf(match.index + match[0].length - entry.length);
    const takesNextLine = unquoted !== '' && /^(?:export\s+)?[\w.-]+:\n/.test(entry);
    if (takesNextLine) return [{ line, message: NO_VALUE }];
    if (/^(['"`])(?!.*\1)/s.test(unquoted)) problems.push({ line, message: NOT_CLOSED });
  }
  drop(last, text.length);
  return problems;
}

/** dotenv writes to a plain object, which cannot take this name. */
const LOST = '__proto__';
const ours = (text: string) =>
  Object.fromEntries(
    [...parse(text).entries].filter(([name]) => name !== LOST).map(([k, v]) => [k, v.value]),
  );

it('any text: what dotenv drops or takes wrongly is reported, and only that; the rest is as dotenv has it', () => {
  const seen = { clean: 0, [NOT_AN_ENTRY]: 0, [NOT_CLOSED]: 0, [NO_VALUE]: 0 };
  fc.assert(
    fc.property(soup, (text) => {
      const { problems } = parse(text);
      const expected = expectedProblems(text);
      const kinds = new Set(expected.map(({ message }) => message));
      for (const kind of [NOT_AN_ENTRY, NOT_CLOSED, NO_VALUE] as const) if (kinds.has(kind)) seen[kind] += 1;
      if (kinds.has(NO_VALUE)) {
        // Here the two part: we read on behind the ":", dotenv behind the line that it took.
        expect(problems).toContainEqual(expected[0]);
        return;
      }
      expect(problems).toEqual(expected);
      if (kinds.has(NOT_CLOSED)) return;
      expect(ours(text)).toEqual(dotenv.parse(text));
      if (expected.length === 0 && text.includes('=')) seen.clean += 1;
    }),
    { numRuns },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 100);
});

it('well-formed lines: no report, and the values they were made from, in dotenv too', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(entryLine, quietLine)), endOfLine, mark, (lines, newline, bom) => {
      const text = write(lines, newline, bom);
      const expected = Object.fromEntries(lines.flatMap(({ entry }) => (entry ? [entry] : [])));
      expect(parse(text).problems).toEqual([]);
      expect(ours(text)).toEqual(expected);
      expect(dotenv.parse(text)).toEqual(expected);
    }),
    { numRuns },
  );
});

it('stray lines among well-formed ones: exactly these are reported, by their lines', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(entryLine, quietLine, strayLine)),
      endOfLine,
      mark,
      (lines, newline, bom) => {
        const text = write(lines, newline, bom);
        let line = 1;
        const expected: number[] = [];
        for (const each of lines) {
          if (each.reported) expected.push(line);
          line += each.text.split('\n').length;
        }
        expect(parse(text).problems).toEqual(expected.map((line) => ({ line, message: NOT_AN_ENTRY })));
        expect(ours(text)).toEqual(dotenv.parse(text));
      },
    ),
    { numRuns },
  );
});
