import type { Entry, FormatName } from '../../src/cli/formats/index.ts';

/** A value that has broken some writer of some format, and the formats that have to refuse it. */
export interface NastyValue extends Entry {
  readonly refusedBy: readonly FormatName[];
}

const pem = `-----BEGIN PRIVATE KEY-----\n${'canary+canary/canary='.repeat(3)}\n-----END PRIVATE KEY-----\n`;

const table: Record<string, readonly [value: string, ...refusedBy: FormatName[]]> = {
  PLAIN: ['canary-plain'],
  EMPTY: [''],
  URL: ['postgres://app:canary@db.internal:5432/app?sslmode=require', 'eb'],
  EQUALS: ['a=b==c='],
  SINGLE_QUOTE: ["it's a canary", 'eb'],
  DOUBLE_QUOTE: ['say "canary"', 'eb'],
  BACKTICK: ['a `canary` b', 'eb'],
  IN_SINGLE_QUOTES: ["'canary'", 'eb'],
  IN_DOUBLE_QUOTES: ['"canary"', 'eb'],
  IN_BACKTICKS: ['`canary`', 'eb'],
  SINGLE_AND_DOUBLE: [`it's "canary"`, 'eb'],
  ALL_QUOTES: ['it\'s "canary" `x`', 'eb'],
  STARTS_WITH_QUOTE_HOLDS_BOTH: [`"it's`, 'eb', 'dotenv'],
  HASH_AND_BOTH_QUOTES: [`it's "canary" # x`, 'eb', 'dotenv'],
  JSON: ['{"user":"app","password":"can\\nary"}', 'eb'],
  DOLLAR: ['$HOME $$ $(id) $1 pa$$word', 'eb'],
  BRACES: ['a${HOME}b', 'eb', 'dotenv'],
  BRACES_DEFAULT: ['${NOPE:-canary}', 'eb', 'dotenv'],
  BRACES_OPEN: ['a${HOME', 'eb'],
  BRACES_COLON: ['${a:canary}', 'eb'],
  HASH: ['canary # no comment', 'eb'],
  HASH_FIRST: ['#canary', 'eb'],
  HASH_INSIDE: ['can#ary', 'eb'],
  SEMICOLON: ['a;b&c|d>e<f', 'eb'],
  HEREDOC: ['a<<EOF', 'eb'],
  BANG: ['canary!!$!', 'eb'],
  PERCENT: ['100%25%s%%', 'eb'],
  TILDE_AND_GLOB: ['~/*?[a]', 'eb'],
  LEADING_BLANKS: ['  canary'],
  TRAILING_BLANKS: ['canary  '],
  ONLY_BLANKS: ['   '],
  TAB: ['\tcan\tary\t'],
  BACKSLASH: ['can\\ary', 'eb'],
  BACKSLASH_N: ['can\\nary\\t', 'eb'],
  BACKSLASH_TWICE: ['\\\\server\\share', 'eb'],
  BACKSLASH_LAST: ['canary\\', 'eb'],
  BACKSLASH_LAST_AFTER_BLANK: [' canary\\', 'eb', 'dotenv'],
  BACKSLASH_QUOTE: ["can\\'ary", 'eb'],
  BACKSLASH_DOUBLE_QUOTE: ['can\\"ary', 'eb'],
  NEWLINE: ['can\nary', 'eb', 'docker'],
  NEWLINE_FIRST: ['\ncanary', 'eb', 'docker'],
  NEWLINE_LAST: ['canary\n', 'eb', 'docker'],
  NEWLINE_ONLY: ['\n', 'eb', 'docker'],
  NEWLINE_AND_SINGLE: ["it's\na canary", 'eb', 'docker'],
  NEWLINE_AND_DOUBLE: ['say\n"canary"', 'eb', 'docker'],
  NEWLINE_AND_BOTH: [`it's\n"canary"`, 'eb', 'docker', 'dotenv'],
  NEWLINE_AND_ASSIGNMENT: ['canary\nEVIL=1\nexport EVIL=1', 'eb', 'docker'],
  CRLF: ['can\r\nary', 'eb', 'docker'],
  CR: ['can\rary', 'eb'],
  CR_LAST: ['canary\r', 'eb', 'docker', 'github'],
  CR_AND_DOUBLE: ['say\r"canary"', 'eb', 'dotenv'],
  PEM: [pem, 'eb', 'docker'],
  DELIMITER: ['a\nKEYTURN_EOF_0\nb', 'eb', 'docker'],
  UNICODE: ['gärtnerei 鍵 ключ', 'eb'],
  EMOJI: ['🔑 👩‍👩‍👧', 'eb'],
  LINE_SEPARATOR: ["a\u2028'b'\u2029c\u0085d", 'eb'],
  LINE_SEPARATOR_AND_BACKSLASHES: ["\u2028'\\\\'", 'eb', 'dotenv'],
  NO_BREAK_SPACE: ['\u00a0canary\u00a0', 'eb'],
  BYTE_ORDER_MARK: ['\ufeffcanary', 'eb'],
  CONTROL: ['\u0001\u000b\u000c\u001b[31m\u007f', 'eb'],
  NUL: ['can\0ary', 'dotenv', 'shell', 'docker', 'github', 'lambda', 'eb'],
  HALF_A_SURROGATE: ['\ud83d canary', 'dotenv', 'shell', 'docker', 'github', 'k8s', 'lambda', 'eb'],
};

export const nastyValues: readonly NastyValue[] = Object.entries(table).map(
  ([name, [value, ...refusedBy]]) => ({
    name,
    value,
    refusedBy,
  }),
);

/** The entries of the table that a format carries. */
export function carriedBy(format: FormatName): Entry[] {
  return nastyValues
    .filter(({ refusedBy }) => !refusedBy.includes(format))
    .map(({ name, value }) => ({ name, value }));
}

export function asObject(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}
