import type { Fetched, Locator, Outcome } from '@keyturn/core';
import { classify } from './classify.ts';

export type Outcomes = Map<Locator, Outcome<Fetched>>;

/** What GetSecretValue and BatchGetSecretValue both give. */
export interface SecretEntry {
  readonly VersionId?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

export function fetched(entry: SecretEntry, createdAt?: Date): Outcome<Fetched> {
  const { VersionId, SecretString, SecretBinary } = entry;
  const value = SecretString ?? SecretBinary;
  if (!(typeof value === 'string' || value instanceof Uint8Array)) {
    return { ok: false, code: 'Unavailable', message: 'the answer of Secrets Manager has no value' };
  }
  const metadata = {
    ...(VersionId !== undefined && { version: VersionId }),
    ...(createdAt && { createdAt }),
  };
  return { ok: true, value: { value, metadata } };
}

/** Secrets Manager has one name for all of this, and tells them apart in its text only. */
export function notFound({ version, stage }: Locator['params']): Outcome<never> {
  let missing = 'it has no value yet';
  if (version !== undefined) missing = `it has no version ${version}`;
  if (stage !== undefined) missing = `no version of it has the stage ${stage}`;
  return { ok: false, code: 'NotFound', message: `Secrets Manager has no such secret, or ${missing}` };
}

/** One item's failure, for calls that are made for several. */
export function failed(error: unknown): Outcome<never> {
  return { ok: false, ...(classify(error) ?? { code: 'Unknown' }) };
}
