import { deserialize, serialize } from 'node:v8';
import type { Fetched, Fields, SnapshotEntry, SnapshotOwner } from '@keyturn/core';
import { Refusal } from './snapshot-refusal.ts';

/** What is encrypted. */
export interface Contents {
  readonly owner: SnapshotOwner;
  readonly entries: readonly SnapshotEntry[];
}

/**
 * As bytes, which can be wiped where text cannot. Node's own form keeps dates and bytes in a map of fields, and is
 * meant for files: later versions read what earlier ones wrote.
 * @throws {Refusal} `content`
 */
export function encode(contents: Contents): Buffer {
  try {
    return serialize(contents);
  } catch {
    // The message can quote what is in the way.
    throw new Refusal(
      'content',
      'the snapshot could not be written: a value is of a form that no file can hold',
    );
  }
}

/** Back from bytes that the key has vouched for. Nothing of the result is in `plain`. @throws {Refusal} `version` */
export function decode(plain: Uint8Array, shown: string): Contents {
  let contents: Contents;
  try {
    contents = deserialize(plain);
  } catch {
    const message = `${shown} was saved by a newer version of Node.js: the next save replaces it`;
    throw new Refusal('version', message);
  }
  const entries = contents.entries.map((entry) => ({ ...entry, value: copied(entry.value) }));
  return { owner: contents.owner, entries };
}

/** Bytes come out of `deserialize` as windows on its input. */
function copied(value: Fetched['value']): Fetched['value'] {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return typeof value === 'string' ? value : copiedFields(value);
}

function copiedFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, copiedField(value)]));
}

function copiedField(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(copiedField);
  return isFields(value) ? copiedFields(value) : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
