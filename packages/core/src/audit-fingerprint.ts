import type { AuditOptions } from './audit-options.ts';
import { ConfigError } from './errors.ts';
import { lazy } from './lazy.ts';
import type { Item } from './plan.ts';
import type { Fetched } from './provider.ts';
import { pick } from './value.ts';

/** The user's key; asked for at the first event, and again only after a failure. */
type FingerprintKey = NonNullable<AuditOptions['fingerprintKey']>;

/**
 * The fingerprint of what is stored for an item; undefined where there is no key, or no value.
 * Rejects when the key cannot be had.
 */
export type Fingerprint = (item: Item, fetched: Fetched) => Promise<string | undefined>;

type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** As long as what it makes: RFC 2104 discourages a shorter one. */
const LEAST_KEY_BYTES = 32;
const NEEDED = `it has to give ${LEAST_KEY_BYTES} bytes or more, as a Uint8Array`;

/** Makes the fingerprints of one resolver: HMAC-SHA-256, so that without the key no value can be tried out. */
export function createFingerprint(source: FingerprintKey): Fingerprint {
  const key = lazy(() => importKey(source));
  // What the cache serves is the same object, so a hit costs no HMAC.
  const made = new WeakMap<Fetched, Map<string | undefined, Promise<string>>>();

  async function sign(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', await key(), bytes));
    return `hmac-sha256:${[...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }

  return async ({ reference: { field } }, fetched) => {
    const ofDocument = made.get(fetched) ?? new Map<string | undefined, Promise<string>>();
    made.set(fetched, ofDocument);
    const known = ofDocument.get(field);
    if (known) return known;
    const bytes = storedBytes(fetched, field);
    if (bytes === undefined) return undefined;
    const signing = sign(bytes);
    ofDocument.set(field, signing);
    signing.catch(() => ofDocument.delete(field));
    return signing;
  };
}

/** What `run` hands over, whatever the conversion: text as UTF-8, bytes as they are, a structure as JSON. */
function storedBytes(fetched: Fetched, field: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  const plain = pick(fetched, field, 'bytes');
  const picked = plain.ok ? plain : pick(fetched, field, 'structure');
  if (!picked.ok) return undefined;
  const { value } = picked;
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

async function importKey(source: FingerprintKey): Promise<HmacKey> {
  const given: unknown = await source();
  const bytes = given instanceof Uint8Array ? Uint8Array.from(given) : new Uint8Array();
  if (bytes.length < LEAST_KEY_BYTES) {
    const message = `the function gave ${given instanceof Uint8Array ? `${bytes.length} bytes` : 'no bytes'}: ${NEEDED}`;
    throw new ConfigError([{ place: 'audit.fingerprintKey', message }]);
  }
  try {
    return await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  } finally {
    bytes.fill(0);
  }
}
