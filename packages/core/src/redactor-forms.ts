import { escapedForms } from './redactor-escapes.ts';
import { isHarmless, partsOf, piecesOf, SHORTEST_VALUE } from './redactor-parts.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What each encoder leaves as it is beside letters and digits, and what a blank becomes. */
const URL_ENCODERS = [
  ["-._~!'()*", '%20'], // encodeURIComponent
  ["-._~!'()*", '+'], // the same, then made a form value by hand
  ['-._*', '+'], // URLSearchParams, HTML forms, Java
  ['-._~', '%20'], // RFC 3986: Python's quote(safe=''), PHP's rawurlencode
  ['-._~', '+'], // Python's quote_plus, Go's QueryEscape
  ['-._~/', '%20'], // Python's quote
] as const;

/** The ways a value and its parts are written in output, as bytes. None for a value that stays as it is. */
export function* formsOf(value: string | Uint8Array): Generator<Uint8Array> {
  const text = typeof value === 'string' ? value : textOf(value);
  if (text === undefined ? value.length < SHORTEST_VALUE : isHarmless(text)) return;
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  yield bytes;
  const forms = new Set([...base64Forms(bytes), ...hexForms(bytes), ...urlForms(bytes)]);
  const texts = text === undefined ? [] : [text, ...piecesOf(text)];
  for (const form of texts.flatMap((each) => [each, ...escapedForms(each)])) forms.add(form);
  for (const form of forms) yield encoder.encode(form);
  for (const part of text === undefined ? [] : partsOf(text)) yield* formsOf(part);
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * What base64 makes of a value wherever it stands in the encoded bytes. A character carries six bits, so the
 * first one that is the value's alone starts at its bit 0, 4 or 2, by how many bytes stand before it; the last
 * one is the value's alone unless bytes follow. At an inner edge up to four bits stay in a shared character.
 */
function* base64Forms(bytes: Uint8Array): Generator<string> {
  for (const alphabet of [`${BASE64}+/`, `${BASE64}-_`]) {
    for (const firstBit of [0, 4, 2]) {
      const atEnd = base64(bytes, firstBit, alphabet);
      const bitsOver = (bytes.length * 8 - firstBit) % 6;
      if (bitsOver > 0) yield atEnd.slice(0, -1);
      yield atEnd;
      if (bitsOver > 0) yield atEnd + (bitsOver === 2 ? '==' : '=');
    }
  }
}

function base64(bytes: Uint8Array, firstBit: number, alphabet: string): string {
  let text = '';
  for (let bit = firstBit; bit < bytes.length * 8; bit += 6) {
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += alphabet[(pair >> (10 - (bit & 7))) & 63];
  }
  return text;
}

/** Lower-case and upper-case. */
function hexForms(bytes: Uint8Array): string[] {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex, hex.toUpperCase()];
}

function* urlForms(bytes: Uint8Array): Generator<string> {
  for (const [unreserved, blank] of URL_ENCODERS) {
    const encode = (hex: (byte: number) => string) =>
      Array.from(bytes, (byte) => {
        const character = String.fromCharCode(byte);
        if (/[A-Za-z0-9]/.test(character) || unreserved.includes(character)) return character;
        return byte === 0x20 ? blank : `%${hex(byte)}`;
      }).join('');
    const lower = (byte: number) => byte.toString(16).padStart(2, '0');
    yield encode(lower);
    yield encode((byte) => lower(byte).toUpperCase());
  }
}
