import type { Fetched, SecretMetadata } from './provider.ts';

/** Whose values a snapshot holds: one of anyone else is refused as foreign. */
export interface SnapshotOwner {
  /** The environment's name; undefined where the resolver has none. */
  readonly environment: string | undefined;
  /** The user's names for the providers whose values may be in it, in any order. */
  readonly providers: readonly string[];
}

/** The last good value of one read. */
export interface SnapshotEntry {
  /** The user's name for the provider, with its place where `firstOf` gives the name several: `app/2`. */
  readonly provider: string;
  /** The kind of that provider. */
  readonly kind: string;
  /** What was read there: equal for equal reads. */
  readonly key: string;
  readonly value: Fetched['value'];
  readonly metadata?: SecretMetadata;
  /** When the store was asked for it. Its age counts from here, however often it is saved again. */
  readonly savedAt: Date;
}

/**
 * Why a snapshot could not be read or written:
 * - `damaged`: not a snapshot, truncated, altered, or sealed with another key.
 * - `version`: of a format that this version does not know.
 * - `expired`: older than it may be.
 * - `future`: saved at a time that has not come yet.
 * - `foreign`: of another app or environment.
 * - `size`: larger than a snapshot can be.
 * - `key`: there is no key, or it is none.
 * - `content`: a value of a form that no file can hold.
 * - `file`: the file system refused.
 */
export type SnapshotReason =
  | 'damaged'
  | 'version'
  | 'expired'
  | 'future'
  | 'foreign'
  | 'size'
  | 'key'
  | 'content'
  | 'file';

/** What came of reading or writing a snapshot. The message says what to do, and holds no value. */
export type SnapshotOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: SnapshotReason; readonly message: string };

/**
 * Keeps the last good values where a process that starts while its store is down finds them. `snapshot()` of the
 * package `keyturn` is one, in an encrypted file.
 */
export interface Snapshot {
  /** The age from which on an entry is not used, in milliseconds. */
  readonly maxAgeMs: number;
  /** What was last saved and is not too old; nothing where none was saved yet. */
  load(owner: SnapshotOwner): Promise<SnapshotOutcome<readonly SnapshotEntry[]>>;
  /** Puts these entries in the place of all that were saved. Not called again before it has ended. */
  save(owner: SnapshotOwner, entries: readonly SnapshotEntry[]): Promise<SnapshotOutcome<void>>;
}
