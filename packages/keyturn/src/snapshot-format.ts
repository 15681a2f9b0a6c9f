import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Refusal } from './snapshot-refusal.ts';

// The file, numbers in network order: magic (16 bytes), format version (2), time of saving in milliseconds since
// 1970 (8), nonce (12), ciphertext, tag (16). All before the nonce is the cipher's additional authenticated data
// (NIST SP 800-38D), so the age cannot be changed without the key.
const MAGIC = Buffer.from('keyturn-snapshot', 'latin1');
const VERSION = 1;
const VERSION_AT = MAGIC.length;
const TIME_AT = VERSION_AT + 2;
const NONCE_AT = TIME_AT + 8;
/** 96 bits: the length that GCM takes as it is. Random for each file, which is safe for 2^32 files with one key. */
const NONCE_BYTES = 12;
const SEALED_AT = NONCE_AT + NONCE_BYTES;
const TAG_BYTES = 16;

const CIPHER = 'aes-256-gcm';

const DAMAGED =
  'is damaged, or was saved with another key (the two cannot be told apart): check the key; the next save replaces it';

/** The bytes of a snapshot file. */
export function seal(plain: Uint8Array, key: Uint8Array, savedAt: number): Buffer {
  const header = Buffer.alloc(NONCE_AT);
  MAGIC.copy(header);
  header.writeUInt16BE(VERSION, VERSION_AT);
  header.writeBigUInt64BE(BigInt(savedAt), TIME_AT);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(header);
  const sealed = [cipher.update(plain), cipher.final()];
  return Buffer.concat([header, nonce, ...sealed, cipher.getAuthTag()]);
}

/**
 * What a snapshot file holds. The caller wipes `plain`.
 * @param shown the file, as a message names it.
 * @throws {Refusal} `damaged` or `version`, before a byte of what the file says is used.
 */
export function unseal(
  file: Uint8Array,
  key: Uint8Array,
  shown: string,
): { readonly plain: Buffer; readonly savedAt: number } {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!bytes.subarray(0, VERSION_AT).equals(MAGIC)) {
    throw new Refusal('damaged', `${shown} is no snapshot, or is damaged: the next save replaces it`);
  }
  if (bytes.length < SEALED_AT + TAG_BYTES) {
    throw new Refusal('damaged', `${shown} is truncated: the next save replaces it`);
  }
  const version = bytes.readUInt16BE(VERSION_AT);
  if (version !== VERSION) {
    const found = `${shown} says that its format is ${version}, and this version of Keyturn reads ${VERSION}`;
    throw new Refusal('version', `${found}: the next save replaces it`);
  }
  const nonce = bytes.subarray(NONCE_AT, SEALED_AT);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(bytes.subarray(0, NONCE_AT))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = decipher.update(bytes.subarray(SEALED_AT, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    plain.fill(0);
    throw new Refusal('damaged', `${shown} ${DAMAGED}`);
  }
  return { plain, savedAt: Number(bytes.readBigUInt64BE(TIME_AT)) };
}
