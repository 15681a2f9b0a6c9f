import type { protos } from '@google-cloud/secret-manager';
import type { Fetched, Outcome } from '@keyturn/core';

type Answer = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse;

/** What AccessSecretVersion answered. An answer without a checksum, as emulators give, is taken as it is. */
export function toFetched({ name, payload }: Answer): Outcome<Fetched> {
  const { data, dataCrc32c } = payload ?? {};
  if (!(data instanceof Uint8Array)) return unavailable('the answer of Secret Manager has no payload');
  // https://docs.cloud.google.com/secret-manager/docs/data-integrity. An int64, which the SDK gives as text.
  if (dataCrc32c !== undefined && dataCrc32c !== null && Number(dataCrc32c) !== crc32c(data)) {
    return unavailable('the payload was damaged on the way: its CRC32C is another');
  }
  return { ok: true, value: { value: data, metadata: versionOf(name) } };
}

/** `latest` and aliases come back as the number they stand for. */
export function versionOf(name: string | null | undefined): { version?: string } {
  const version = /\/versions\/(\d+)$/.exec(name ?? '')?.[1];
  return version === undefined ? {} : { version };
}

function unavailable(message: string): Outcome<never> {
  return { ok: false, code: 'Unavailable', message };
}

/** CRC-32C (Castagnoli), reflected: RFC 3720, section 12.1. `node:zlib` has CRC-32 only, which is another polynomial. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  return remainder;
});

/** The CRC-32C of some bytes, as an unsigned 32-bit integer. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
