import type { AuditEvent } from '@keyturn/core';

/** Versions of one reference that had the same value: a rotation that rotated nothing. */
export interface SameValue {
  readonly name: string;
  readonly reference: string;
  readonly environment?: string;
  /** In the order in which they were first used. */
  readonly versions: readonly string[];
}

export interface SameValues {
  add(event: AuditEvent): void;
  /** Undefined where no event told it: fingerprints are off, or the stores have no versions. */
  found(): readonly SameValue[] | undefined;
}

/** Of each reference so many of the newest values are compared, so that memory does not grow with the record. */
const MOST_VALUES = 10;

export function sameValues(): SameValues {
  /** By what is read by whom: another environment or app can have another store behind the same reference. */
  const secrets = new Map<string, Map<string, Set<string>>>();
  const found = new Map<Set<string>, AuditEvent>();
  return {
    add(event) {
      const { reference, environment, kind, process, version, fingerprint } = event;
      if (version === undefined || fingerprint === undefined) return;
      const key = JSON.stringify([reference, environment, kind, process.app]);
      const values = secrets.get(key) ?? new Map<string, Set<string>>();
      secrets.set(key, values);
      const versions = values.get(fingerprint) ?? new Set([version]);
      versions.add(version);
      // Used last, it is the newest.
      values.delete(fingerprint);
      values.set(fingerprint, versions);
      if (versions.size > 1 && !found.has(versions)) found.set(versions, event);
      const [oldest] = values.keys();
      if (oldest !== undefined && values.size > MOST_VALUES) values.delete(oldest);
    },
    found() {
      if (secrets.size === 0) return undefined;
      return [...found].map(([versions, { name, reference, environment }]) => ({
        name,
        reference,
        ...(environment !== undefined && { environment }),
        versions: [...versions],
      }));
    },
  };
}
