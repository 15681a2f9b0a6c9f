import assert from 'node:assert/strict';
import type { SecretMetadata } from '@keyturn/core';
import { type Cell, cell } from '../cell.ts';
import { describeAll, fetchAll, found, putAll, withStore } from '../session.ts';
import type { Subject } from '../subject.ts';

const FIELDS: { readonly [K in keyof Required<SecretMetadata>]: (value: unknown) => boolean } = {
  version: (value) => typeof value === 'string' && value !== '',
  createdAt: isDate,
  createdBefore: isDate,
  expiresAt: isDate,
  rotatesAt: isDate,
  lastRotatedAt: isDate,
  rotationEnabled: (value) => typeof value === 'boolean',
  rotationRule: (value) => typeof value === 'string' && value !== '',
  tags: isTags,
};

export function metadataChecks(subject: Subject): Cell[] {
  return [
    cell('gives metadata of the form the contract has', undefined, () => wellFormed(subject)),
    cell('describes what it fetches', subject.cannot.describe, () => describesWhatItFetches(subject)),
  ];
}

function wellFormed(subject: Subject): Promise<void> {
  return withStore(subject, async (store) => {
    const paths = await putAll(subject, store, { alpha: 'text-a' });
    for (const outcome of await fetchAll(store.provider, paths)) assertForm(found(outcome).metadata ?? {});
    if (!store.provider.describe) return;
    for (const outcome of await describeAll(store.provider, paths)) assertForm(found(outcome));
  });
}

function describesWhatItFetches(subject: Subject): Promise<void> {
  return withStore(subject, async (store) => {
    const paths = await putAll(subject, store, { alpha: 'text-a', charlie: 'text-c' });
    const asked = ['alpha', 'bravo', 'charlie'].map((name) => store.path(name));
    const described = await describeAll(store.provider, asked);
    const codes = described.map((outcome) => (outcome.ok ? 'metadata' : outcome.code));
    assert.deepEqual(codes, ['metadata', 'NotFound', 'metadata']);
    const [alpha, , charlie] = described;
    const fetched = await fetchAll(store.provider, paths);
    assertSame(found(fetched[0]).metadata ?? {}, found(alpha));
    assertSame(found(fetched[1]).metadata ?? {}, found(charlie));
  });
}

function assertForm(metadata: SecretMetadata): void {
  for (const [name, value] of Object.entries(metadata)) {
    assert.ok(isField(name), `the contract knows no metadata field \`${name}\``);
    assert.ok(
      value === undefined || FIELDS[name](value),
      `\`metadata.${name}\` is not what the contract says`,
    );
  }
}

function assertSame(fetched: SecretMetadata, described: SecretMetadata): void {
  for (const name of Object.keys(FIELDS).filter(isField)) {
    if (fetched[name] === undefined || described[name] === undefined) continue;
    assert.deepEqual(described[name], fetched[name], `\`fetch\` and \`describe\` differ on \`${name}\``);
  }
}

function isField(name: string): name is keyof SecretMetadata {
  return Object.hasOwn(FIELDS, name);
}

function isTags(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text: unknown) => typeof text === 'string')
  );
}

function isDate(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
