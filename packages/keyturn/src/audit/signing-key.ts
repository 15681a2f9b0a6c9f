import { createPrivateKey, type KeyObject } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeySource } from '../key.ts';
import { readRegularFile } from '../snapshot-disk.ts';
import { fileRefusal, Refusal } from '../snapshot-refusal.ts';

const FORM = 'an Ed25519 private key in PEM: `openssl genpkey -algorithm ed25519` makes one';
const BESIDE =
  'lies in the folder of the audit, so whoever can write the one can sign with the other: keep it elsewhere';
/** More than any such key. */
const MOST_BYTES = 4_096;
const SEED_BYTES = 32;
/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Reads an Ed25519 private key, as PEM or its 32 bytes as base64 or hex; of a function, the bytes of the PEM or the 32.
 * @throws {Error} that says where it was looked for and what to do, without a byte of what was there.
 */
export async function readSigningKey(source: KeySource, folder: string): Promise<KeyObject> {
  if (typeof source === 'function') return keyOfFunction(source);
  if ('env' in source) {
    const text = process.env[source.env];
    if (!text) throw new Error(`the signing key's variable ${source.env} is not set: it holds ${FORM}`);
    return decode(Buffer.from(text), `the variable ${source.env}`);
  }
  const { file } = source;
  const doing = `the signing key ${file} could not be read`;
  let bytes: Buffer;
  try {
    const path = await realpath(file);
    if (dirname(path) === (await realpath(folder).catch(() => undefined))) {
      throw new Refusal('key', `the signing key ${file} ${BESIDE}`);
    }
    bytes = await readRegularFile(path, MOST_BYTES, doing);
  } catch (error) {
    throw new Error((error instanceof Refusal ? error : fileRefusal(error, doing)).message);
  }
  return decode(bytes, `the file ${file}`);
}

async function keyOfFunction(source: Extract<KeySource, () => unknown>): Promise<KeyObject> {
  let given: unknown;
  try {
    given = await source();
  } catch {
    // What it threw can hold the key, or a token.
    throw new Error(`the signing key's function failed: it has to give ${FORM}`);
  }
  const shown = "the signing key's function";
  if (!(given instanceof Uint8Array)) throw new Error(`${shown} gave no bytes: it has to give ${FORM}`);
  return given.length === SEED_BYTES ? fromSeed(given) : decode(Buffer.from(given), shown);
}

function decode(bytes: Buffer, shown: string): KeyObject {
  const word = bytes.toString('latin1').trim();
  try {
    if (/^[0-9a-f]{64}$/i.test(word)) return fromSeed(Buffer.from(word, 'hex'));
    if (/^[\w+/-]{43}=?$/.test(word)) return fromSeed(Buffer.from(word, 'base64'));
    const key = createPrivateKey(word);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The message of the crypto library can quote what it read.
  } finally {
    bytes.fill(0);
  }
  throw new Error(`${shown} holds no signing key: it has to hold ${FORM}`);
}

function fromSeed(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}
