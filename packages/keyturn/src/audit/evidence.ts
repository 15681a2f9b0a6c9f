import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '@keyturn/core';
import { readRegularFile } from '../snapshot-disk.ts';
import { fileRefusal, Refusal } from '../snapshot-refusal.ts';
import { type AuditHead, isSigned, keyId, type PublicKeys, readHead } from './head.ts';
import { linesOf } from './lines.ts';
import { parseRecord } from './record.ts';
import type { AuditProblem } from './verdict.ts';

/** More than a few hundred keys. */
const MOST_KEY_BYTES = 65_536;

/** The Ed25519 public keys of a PEM file. @throws {ConfigError} */
export async function readPublicKeys(path: string): Promise<PublicKeys> {
  const fail = (message: string) => new ConfigError([{ place: path, message }]);
  let text: string;
  try {
    text = (await readRegularFile(path, MOST_KEY_BYTES, path)).toString('latin1');
  } catch (error) {
    const { message } = error instanceof Refusal ? error : fileRefusal(error, `${path} could not be read`);
    throw new ConfigError([{ place: '', message }]);
  }
  if (text.includes('PRIVATE KEY')) {
    throw fail(
      'holds a private key, which stays with who signs: make a file of the public one: `openssl pkey -in key.pem -pubout`',
    );
  }
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.map(publicKey);
  if (keys.length === 0 || keys.includes(undefined)) {
    throw fail('holds no Ed25519 public key in PEM: `openssl pkey -in key.pem -pubout` makes one');
  }
  return new Map(keys.flatMap((key) => (key ? [[keyId(key), key] as const] : [])));
}

function publicKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** What was kept outside. */
export interface OutsideHeads {
  /** By segment: the head that vouches for the most records. */
  readonly heads: ReadonlyMap<string, AuditHead>;
  /** Segments that were removed by rule. */
  readonly removed: ReadonlySet<string>;
  readonly problems: readonly AuditProblem[];
}

/**
 * The heads of a file, those that the keys have signed where keys are given. What a crash tore off, or what nobody
 * signed, is a problem of the file.
 * @throws {ConfigError} for a file that cannot be read, or holds no head at all.
 */
export async function readHeads(path: string, keys: PublicKeys | undefined): Promise<OutsideHeads> {
  const heads = new Map<string, AuditHead>();
  const removed = new Set<string>();
  const problems: AuditProblem[] = [];
  let line = 0;
  let count = 0;
  const add = (what: AuditProblem['what'], message: string) =>
    problems.push({ segment: path, file: path, line, what, message });
  try {
    for await (const { lines, tornBytes, tooLong } of linesOf(path)) {
      for (const bytes of lines) {
        line += 1;
        // Two writers at once may both have ended a line that was cut off.
        if (bytes.length === 0) continue;
        const head = readHead(parseRecord(bytes));
        if (!head) {
          add('unreadable', 'is no head of an audit file');
          continue;
        }
        count += 1;
        const verdict = keys && isSigned(head, keys);
        if (keys && !verdict) {
          const other = verdict === undefined;
          const message = other
            ? `is signed by the key ${head.key}, which is not among the given ones`
            : 'does not fit its signature';
          add(other ? 'key' : 'changed', message);
        } else if (head.kind === 'removed') removed.add(head.segment);
        else if (head.n > (heads.get(head.segment)?.n ?? 0)) heads.set(head.segment, head);
      }
      line += tornBytes || tooLong ? 1 : 0;
      if (tornBytes || tooLong) add('unreadable', 'is no whole head');
    }
  } catch (error) {
    throw new ConfigError([{ place: '', message: fileRefusal(error, `${path} could not be read`).message }]);
  }
  if (count === 0) {
    throw new ConfigError([
      {
        place: path,
        message: 'holds no head of an audit file: name the one that `heads` of auditFile() names',
      },
    ]);
  }
  return { heads, removed, problems };
}
