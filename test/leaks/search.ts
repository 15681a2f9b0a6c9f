import { inspect } from 'node:util';

/** Stands at the front of every canary, so that the first characters that a parser quotes give it away. */
const MARK = 'canary7';

/** No character of it survives URL-encoding or JSON. */
export const SPECIAL = '"ü\n€%&"\\';

/** A canary, told apart by a word. */
export const canary = (word: string): string => `${MARK}-${word}`;

/** Values of every kind, each with the mark at its front. */
export const KINDS: Readonly<Record<string, string | Uint8Array>> = {
  short: MARK,
  long: `${MARK}-${'x'.repeat(100_000)}`,
  'of many lines': `${MARK}-one\r\n${MARK}-two\n\n\t${MARK}-three\n`,
  'like a regular expression': `${MARK}.*(?<a>[^"]+)\\1|$&{2,}?)(`,
  'like JSON': `{"${MARK}": ["${MARK}-item", {"__proto__": null}]}`,
  'like a format': `${MARK} %s %o %j %d %c \${x} {{x}} \x1b[31m`,
  binary: Buffer.concat([Buffer.from(MARK), Buffer.from([0, 255, 254, 128, 10])]),
};

/** What to look for: what is part of every canary, and the one without it. */
export const NEEDLES: readonly string[] = [MARK, SPECIAL];

/** The forms in which a needle occurs in what a program has shown; empty when it has kept it to itself. */
export function leaksIn(shown: string | Uint8Array, needles: readonly string[] = NEEDLES): string[] {
  // Byte by byte, so that text in any encoding is found; `form` does the same with what is looked for.
  const haystack = Buffer.from(shown).toString('latin1');
  return needles.flatMap((needle) =>
    formsOf(needle)
      .filter(([, form]) => haystack.includes(Buffer.from(form).toString('latin1')))
      .map(([name]) => `${name} of ${JSON.stringify(needle)}`),
  );
}

/** A text as people, encoders, loggers and debuggers write it. */
export function formsOf(text: string): (readonly [name: string, form: string | Uint8Array])[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  return [
    ['plain', text],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['JSON', JSON.stringify(text).slice(1, -1)],
    ['inspect', inspect(text).slice(1, -1)],
    ['JSON in ASCII', inAscii(JSON.stringify(text).slice(1, -1))],
    ['JSON in JSON', JSON.stringify(JSON.stringify(text)).slice(3, -3)],
    ['URL', encodeURIComponent(text)],
    ['form', new URLSearchParams({ '': text }).toString().slice(1)],
    ['hex', hex],
    ['upper-case hex', hex.toUpperCase()],
    ['a Buffer', hex.match(/../g)?.join(' ') ?? ''],
    ['an array', bytes.join(', ')],
    ['an array in JSON', bytes.join(',')],
    ['bytes in JSON', JSON.stringify(new Uint8Array(bytes)).slice(1, -1)],
    ...[0, 1, 2].flatMap((offset) => [
      [`base64 at ${offset}`, base64At(bytes, offset)] as const,
      [`base64url at ${offset}`, base64At(bytes, offset).replaceAll('+', '-').replaceAll('/', '_')] as const,
    ]),
  ];
}

function inAscii(text: string): string {
  return text.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What of the bytes' base64 is the same whatever stands around them, `offset` bytes into a group of three. */
function base64At(bytes: Uint8Array, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
