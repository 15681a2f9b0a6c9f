import { type AuditOptions, ConfigError, type Problem } from '@keyturn/core';
import { fixedSource, type KeySource, keyProblems, readKey } from '../key.ts';
import { Refusal } from '../snapshot-refusal.ts';

/** The audit of a config: that of a resolver, with its key by name. */
export interface AuditConfig extends Omit<AuditOptions, 'fingerprintKey'> {
  /**
   * The key of the fingerprints: 32 bytes by `{ env }` or `{ file }`, 32 or more by a function. The same key in two
   * environments shows the same value as the same. @default no fingerprints
   */
  readonly fingerprintKey?: KeySource | undefined;
}

const PLACE = 'audit.fingerprintKey';

/** The options for the resolver, and what is wrong with the key, which is then left out. */
export function readAuditConfig(audit: false | AuditConfig | undefined): {
  readonly audit: false | AuditOptions | undefined;
  readonly problems: readonly Problem[];
} {
  // What is no object is the resolver's to judge.
  if (!isObject(audit)) return { audit, problems: [] };
  const { fingerprintKey, ...others } = audit;
  if (fingerprintKey === undefined) return { audit: others, problems: [] };
  const problems = keyProblems(fingerprintKey, PLACE);
  if (problems.length > 0) return { audit: others, problems };
  return { audit: { ...others, fingerprintKey: readerOf(fixedSource(fingerprintKey)) }, problems };
}

function readerOf(source: KeySource): () => Uint8Array | PromiseLike<Uint8Array> {
  if (typeof source === 'function') return source;
  return async () => {
    try {
      return await readKey(source);
    } catch (error) {
      throw error instanceof Refusal ? new ConfigError([{ place: PLACE, message: error.message }]) : error;
    }
  };
}

function isObject(audit: false | AuditConfig | undefined): audit is AuditConfig {
  return typeof audit === 'object' && audit !== null && !Array.isArray(audit);
}
