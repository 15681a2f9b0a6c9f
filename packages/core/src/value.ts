import type { Fetched, Fields, Outcome } from './provider.ts';
import { pointerKeys } from './reference.ts';
import type { Takes } from './schema.ts';

/** What a conversion is given: text, the bytes as they are, or a structure where it takes one. */
export type Picked = string | Uint8Array | object;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NOT_UTF8 = 'holds bytes that are not UTF-8 text: take it as.bytes()';

/** A document is parsed once for all fields that are picked from it. */
const documents = new WeakMap<Fetched, Outcome<unknown>>();

/** Picks the field, decodes bytes and gives what a conversion of this kind takes. Messages never quote. */
export function pick(fetched: Fetched, field: string | undefined, takes: Takes): Outcome<Picked> {
  const { value } = fetched;
  if (field !== undefined) return pickField(fetched, field, takes);
  if (value instanceof Uint8Array) return takes === 'bytes' ? found(value) : decoded(value);
  if (typeof value === 'string' || takes === 'structure') return found(value);
  return invalid('is a map of fields: name one with "#field", or take it whole with as.json()');
}

/** Whether two values are the same: text by its characters, bytes by their values, fields by their JSON. */
export function isSameValue(a: Picked | undefined, b: Picked | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
  }
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}

function pickField(fetched: Fetched, field: string, takes: Takes): Outcome<Picked> {
  const document = documents.get(fetched) ?? parseDocument(fetched.value);
  documents.set(fetched, document);
  if (!document.ok) return document;

  let current: unknown = document.value;
  for (const key of field.startsWith('/') ? pointerKeys(field) : [field]) {
    if (!isIndexable(current) || !hasKey(current, key)) {
      return { ok: false, code: 'NotFound', message: `has no field "${field}"` };
    }
    current = current[key];
  }
  return picked(current, field, takes);
}

function picked(value: unknown, field: string, takes: Takes): Outcome<Picked> {
  if (typeof value === 'string') return found(value);
  if (value instanceof Uint8Array) return takes === 'bytes' ? found(value) : decoded(value);
  if (typeof value === 'boolean') return found(String(value));
  if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return invalid(`field "${field}" is a number too large to read exactly: store it as a string`);
    }
    return found(String(value));
  }
  if (value === null || value === undefined) return invalid(`field "${field}" is null`);
  // Several names may share the document: what one of them does to its object is its own affair.
  if (takes === 'structure') return found(structuredClone(value));
  const form = Array.isArray(value) ? 'an array' : 'an object';
  return invalid(`field "${field}" is ${form}: go deeper with a JSON Pointer (#/a/b), or take it as.json()`);
}

function parseDocument(value: Fetched['value']): Outcome<unknown> {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) return { ok: true, value };
  const text = typeof value === 'string' ? value : decodeText(value);
  if (text === undefined) return invalid('is not UTF-8 text, so it has no field to pick');
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    // The parser's message quotes the text, which is the secret.
    return invalid('is not JSON, so it has no field to pick');
  }
}

function isIndexable(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function hasKey(document: Fields, key: string): boolean {
  return Object.hasOwn(document, key) && (!Array.isArray(document) || /^\d+$/.test(key));
}

function decoded(bytes: Uint8Array): Outcome<string> {
  const text = decodeText(bytes);
  return text === undefined ? invalid(NOT_UTF8) : { ok: true, value: text };
}

function found(value: Picked): Outcome<Picked> {
  return { ok: true, value };
}

function invalid(message: string): { ok: false; code: 'InvalidValue'; message: string } {
  return { ok: false, code: 'InvalidValue', message };
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
