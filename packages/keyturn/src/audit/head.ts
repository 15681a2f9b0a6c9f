import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { isCount, type Link, linkOf } from './record.ts';

/**
 * A signed statement on a segment, to be kept where whoever writes the audit cannot change it. `head`: this is its
 * record `n`. `removed`: it was removed by rule when this was its last record.
 */
export interface AuditHead extends Link {
  readonly kind: 'head' | 'removed';
  /** When it was signed: ISO 8601, UTC. */
  readonly time: string;
  /** Which key signed: the first 16 hex digits of the SHA-256 of the public key's DER (SPKI). */
  readonly key: string;
  /** Ed25519 (RFC 8032) over what `signedText` gives, in hex. */
  readonly signature: string;
}

/** What is signed: a line each, the last one ended too. */
function signedText({ kind, segment, n, hash, time }: Omit<AuditHead, 'key' | 'signature'>): Buffer {
  return Buffer.from(`keyturn audit ${kind} 1\n${segment}\n${n}\n${hash}\n${time}\n`);
}

export function signHead(kind: AuditHead['kind'], link: Link, time: string, key: KeyObject): AuditHead {
  const unsigned = { kind, ...link, time };
  const signature = sign(undefined, signedText(unsigned), key).toString('hex');
  return { ...unsigned, key: keyId(createPublicKey(key)), signature };
}

export function keyId(key: KeyObject): string {
  return hash('sha256', key.export({ type: 'spki', format: 'der' }), 'hex').slice(0, 16);
}

/** Public keys by their ids. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** Whether a key signed this; undefined when the key is not there to tell. */
export function isSigned(head: AuditHead, keys: PublicKeys): boolean | undefined {
  const key = keys.get(head.key);
  return key && verify(undefined, signedText(head), key, Buffer.from(head.signature, 'hex'));
}

/** What another process wrote; undefined for what is no head. */
export function readHead(value: Readonly<Record<string, unknown>> | undefined): AuditHead | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, time, key, signature } = value;
  const link = linkOf(value);
  if (!link || !isCount(link.n) || (kind !== 'head' && kind !== 'removed')) return undefined;
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return undefined;
  if (typeof key !== 'string' || !/^[0-9a-f]{16}$/.test(key)) return undefined;
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature)) return undefined;
  return { kind, ...link, time, key, signature };
}
