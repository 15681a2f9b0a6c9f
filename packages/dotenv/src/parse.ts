import { createDirectives, type LineProblem } from './directives.ts';

/** The quote that a value opens with. */
type Quote = 'none' | 'single' | 'double' | 'backtick';

/** One `NAME=value` of a .env file. */
export interface Entry {
  readonly value: string;
  readonly quote: Quote;
  /** The line of the name, from 1. */
  readonly line: number;
  /** What a comment directly above says of when the value was last changed. */
  readonly rotatedAt?: Date;
}

export interface Parsed {
  /** By name; of a name that stands twice, the last. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly problems: readonly LineProblem[];
  /** Comments to Keyturn that say nothing: no reason to refuse the file. */
  readonly remarks: readonly LineProblem[];
}

const NOT_AN_ENTRY = 'expected NAME=value, with a name of A-Z, a-z, 0-9, "_", "." and "-"';
const NOT_CLOSED = 'a quote is opened and not closed (only a comment may follow the closing quote)';
const NOT_ON_ITS_LINE = 'no value follows the ":" on its line';

// Each matches from `lastIndex` on. As in dotenv, blanks reach over line ends, and lines end at U+2028 and
// U+2029 too, except within an unquoted value.
const BLANKS = /\s*/y;
const HEAD = /(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/y;
const UNQUOTED = /[^#\n]*/y;
const REST_OF_LINE = /.*/y;
const TAIL = /\s*(?:#|$)/my;

/** dotenv's own: the quotes go where the first and the last character of a line are the same quote. */
const OUTER_QUOTES = /^(['"`])([\s\S]*)\1$/gm;

const QUOTES: Readonly<Record<string, Quote>> = { "'": 'single', '"': 'double', '`': 'backtick' };

/**
 * Reads the text of a .env file as `parse` of the npm package `dotenv` (16 to 18) does, keeping line and
 * quote, and reporting what `dotenv` keeps silent about:
 *
 * - a line it drops: no entry and no comment;
 * - a quote that is not closed, which it takes into the value;
 * - `NAME:` at the end of a line, which takes the next line, such as `OTHER=1`, for the value.
 *
 * Without problems, the names and values are those of `dotenv`, and also `__proto__`, which it loses.
 */
export function parse(source: string): Parsed {
  const text = source.replace(/\r\n?/g, '\n');
  const lineAt = lineCounter(text);
  const entries = new Map<string, Entry>();
  const problems: LineProblem[] = [];
  const directives = createDirectives();

  let at = end(BLANKS, text, 0);
  while (at < text.length) {
    const head = text[at] === '#' ? undefined : match(HEAD, text, at);
    const line = lineAt(at);
    if (head?.[1] === undefined) {
      const stop = end(REST_OF_LINE, text, at);
      if (text[at] === '#') directives.comment(text.slice(at, stop), line);
      else problems.push({ line, message: NOT_AN_ENTRY });
      at = stop;
    } else {
      const start = at + head[0].length;
      const read = readValue(text, start);
      const rotatedAt = directives.above(line);
      if ('problem' in read) problems.push({ line, message: read.problem });
      else
        entries.set(head[1], { value: read.value, quote: read.quote, line, ...(rotatedAt && { rotatedAt }) });
      at = read.end;
    }
    at = end(BLANKS, text, at);
  }
  return { entries, problems, remarks: directives.remarks() };
}

type ReadValue =
  | { readonly value: string; readonly quote: Quote; readonly end: number }
  | { readonly problem: string; readonly end: number };

/** Reads the value that follows the separator, and says where its line ends. */
function readValue(text: string, start: number): ReadValue {
  const open = end(BLANKS, text, start);
  const close = QUOTES[text[open] ?? ''] === undefined ? -1 : closingQuote(text, open);
  if (close !== -1) {
    const quote = QUOTES[text[open] ?? ''] ?? 'none';
    return { ...finish(text.slice(open + 1, close), quote), end: end(REST_OF_LINE, text, close + 1) };
  }

  const stop = end(UNQUOTED, text, start);
  const raw = text.slice(start, stop).trim();
  if (raw !== '' && text[start - 1] === '\n') return { problem: NOT_ON_ITS_LINE, end: start };
  const first = raw[0] ?? '';
  const quote = QUOTES[first] ?? 'none';
  const lineEnd = end(REST_OF_LINE, text, stop);
  if (quote !== 'none' && !raw.includes(first, 1)) return { problem: NOT_CLOSED, end: lineEnd };
  return { ...finish(raw.replace(OUTER_QUOTES, '$2'), quote), end: lineEnd };
}

/**
 * The quote that closes the one at `open`, or -1: among those up to the first without a backslash, the last
 * with only blanks or a comment behind it. So `"a\"b"` holds a quote, and `"C:\"` ends with a backslash.
 */
function closingQuote(text: string, open: number): number {
  const quote = text.charAt(open);
  let close = -1;
  for (let at = text.indexOf(quote, open + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (match(TAIL, text, at + 1) !== undefined) close = at;
    if (text[at - 1] !== '\\') break;
  }
  return close;
}

function finish(value: string, quote: Quote): { readonly value: string; readonly quote: Quote } {
  if (quote !== 'double') return { value, quote };
  return { value: value.replaceAll('\\n', '\n').replaceAll('\\r', '\r'), quote };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function end(pattern: RegExp, text: string, at: number): number {
  return at + (match(pattern, text, at)?.[0].length ?? 0);
}

/** The line of a position, for positions that never go back. */
function lineCounter(text: string): (at: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (at) => {
    while (next !== -1 && next < at) {
      line += 1;
      next = text.indexOf('\n', next + 1);
    }
    return line;
  };
}
