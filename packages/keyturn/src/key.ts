import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Problem } from '@keyturn/core';
import { readRegularFile } from './snapshot-disk.ts';
import { fileRefusal, Refusal } from './snapshot-refusal.ts';

/**
 * Where a key of 32 bytes is: in a variable of the environment or a file, as base64 or hex (`openssl rand -base64
 * 32` makes one), or what a function gives, as bytes.
 */
export type KeySource =
  | { readonly env: string }
  | { readonly file: string }
  | (() => Uint8Array | PromiseLike<Uint8Array>);

/** The bytes of a key: of AES-256, and of HMAC-SHA-256. */
const KEY_BYTES = 32;
const FORM = '32 bytes as base64 or hex: `openssl rand -base64 32` makes one';
const SOURCE_FORM = 'write { env: "NAME" }, { file: "path" } or a function that gives 32 bytes';
/** More than any text of a key; less than what a wrong path could lead to. */
const MOST_BYTES = 1_024;

/**
 * Calls `use` with the key, and wipes our copy of it after.
 * @param folder no place for a key file: where the data lies that it seals.
 * @throws {Refusal} `key`
 */
export async function withKey<T>(source: KeySource, folder: string, use: (key: Uint8Array) => T): Promise<T> {
  const key = await readKey(source, folder);
  try {
    return use(key);
  } finally {
    key.fill(0);
  }
}

/** As `withKey`, for a key that is kept. @throws {Refusal} `key` */
export async function readKey(source: KeySource, folder?: string): Promise<Uint8Array> {
  if (typeof source === 'function') return callForKey(source);
  if ('file' in source) return readKeyFile(source.file, folder);
  const { env } = source;
  const text = process.env[env];
  if (!text) throw new Refusal('key', `the key's variable ${env} is not set: it holds ${FORM}`);
  return decodeKey(text, `the variable ${env}`);
}

async function callForKey(source: Extract<KeySource, () => unknown>): Promise<Uint8Array> {
  let given: unknown;
  try {
    given = await source();
  } catch {
    // What it threw can hold the key, or a token.
    throw new Refusal('key', "the key's function failed: it has to give 32 bytes");
  }
  if (given instanceof Uint8Array && given.length === KEY_BYTES) return Uint8Array.from(given);
  const found = given instanceof Uint8Array ? `${given.length} bytes` : 'no bytes';
  throw new Refusal('key', `the key's function gave ${found}: it has to give 32 bytes, as a Uint8Array`);
}

/** Reads a key file wherever links lead, so that none of them leads beside the data. */
async function readKeyFile(file: string, folder: string | undefined): Promise<Uint8Array> {
  const doing = `the key file ${file} could not be read`;
  let text: Buffer | undefined;
  try {
    const path = await realpath(file);
    // A folder that is not there holds no key; to write the snapshot there says so.
    const dataFolder = folder && (await realpath(folder).catch(() => undefined));
    if (dirname(path) === dataFolder) throw new Refusal('key', `the key file ${file} ${BESIDE}`);
    text = await readRegularFile(path, MOST_BYTES, doing);
    return decodeKey(text.toString('latin1'), `the key file ${file}`);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal('key', error.message) : fileRefusal(error, doing, 'key');
  } finally {
    text?.fill(0);
  }
}

/** What is said of a key in the snapshot's own folder, after its name. */
export const BESIDE =
  'lies in the folder of the snapshot, so whoever copies the one has the other: keep it elsewhere';

function decodeKey(text: string, shown: string): Uint8Array {
  const word = text.trim();
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex');
  // 32 bytes are 43 characters and, where it is written, one of padding.
  if (/^[\w+/-]{43}=?$/.test(word)) return Buffer.from(word, 'base64');
  throw new Refusal('key', `${shown} holds no key: it has to hold ${FORM}`);
}

/** What is wrong with the source of a key. @param form what to write instead. */
export function keyProblems(key: unknown, place: string, form = SOURCE_FORM): Problem[] {
  if (typeof key === 'function') return [];
  if (key === undefined) return [{ place, message: `is missing: ${form}` }];
  // A key that is written down in the config is no key, and is not shown.
  if (!isRecord(key)) return [{ place, message: `is no source of a key: ${form}` }];
  const { env, file } = key;
  if (Object.keys(key).length !== 1 || (env === undefined && file === undefined)) {
    return [{ place, message: `has to have one of env and file, and nothing else: ${form}` }];
  }
  if (file !== undefined) {
    return isPath(file) ? [] : [{ place: `${place}.file`, message: 'is no path: name the file' }];
  }
  if (typeof env === 'string' && env !== '' && !/[=\0]/.test(env)) return [];
  return [{ place: `${place}.env`, message: 'is no name of a variable' }];
}

/** The source as it is now: the working folder may be another by the time of reading. */
export function fixedSource(key: KeySource): KeySource {
  return 'file' in key ? { file: resolve(key.file) } : key;
}

export function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
