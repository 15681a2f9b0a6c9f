/** A value shorter than this would wreck any output: `1`, `on`, `dev` stand everywhere. */
export const SHORTEST_VALUE = 4;

/** So would these. */
const WORDS = /^(true|false|null|none|undefined)$/i;

/** A shorter line of a longer value is as likely a word of a document (`users:`, `}`) as part of a key. */
const SHORTEST_LINE = 16;

/** `maxStringLength` of `util.inspect`, which cuts a longer text off there. */
const INSPECTED = 10_000;

/**
 * A shorter string of a JSON document is as likely a setting (`info`, `eu-west`) as a password: no password that people
 * choose may be shorter by NIST SP 800-63B, and what a machine makes is longer.
 */
const SHORTEST_STRING = 8;

/** Whether a value stays as it is in output: too short, or a word that stands everywhere. */
export function isHarmless(text: string): boolean {
  const trimmed = text.trim();
  return [...trimmed].length < SHORTEST_VALUE || WORDS.test(trimmed);
}

/** What loggers make of a long value: its lines, without blanks around them, and its beginning. */
export function piecesOf(text: string): string[] {
  const lines = text.split(/[\r\n]/).map((line) => line.trim());
  const pieces = lines.filter((line) => line.length >= SHORTEST_LINE);
  return text.length > INSPECTED ? [...pieces, text.slice(0, INSPECTED)] : pieces;
}

/**
 * What a program takes out of a value, and then writes without the rest: the text without blanks around it, the
 * password of a URL, the strings of a JSON document. Each is shorter than the text.
 */
export function partsOf(text: string): string[] {
  const trimmed = text.trim();
  if (trimmed !== text) return [trimmed];
  return [...passwordsIn(text), ...stringsIn(text)].filter((part) => part.length < text.length);
}

/** The password as the URL has it, and percent-decoded. */
function passwordsIn(text: string): string[] {
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^:/?#]*:([^/?#]*)@/i.exec(text) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

function stringsIn(text: string): string[] {
  if (!/^[{[]/.test(text)) return [];
  const strings: string[] = [];
  try {
    JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === 'string' && value.length >= SHORTEST_STRING) strings.push(value);
      return undefined;
    });
  } catch {
    return [];
  }
  return strings;
}
