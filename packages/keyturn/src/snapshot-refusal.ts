import type { SnapshotReason } from '@keyturn/core';

/** Why a snapshot cannot be read or written, thrown to end the attempt. Its message never holds a value. */
export class Refusal {
  readonly reason: SnapshotReason;
  readonly message: string;

  constructor(reason: SnapshotReason, message: string) {
    this.reason = reason;
    this.message = message;
  }
}

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that: correct the permissions',
  EPERM: 'this user may not do that: correct the permissions',
  EISDIR: 'it is a folder: name a file in it',
  ENOENT: 'it does not exist: create it, or correct the path',
  ENOTDIR: 'a folder in its path is a file: correct the path',
  ELOOP: 'its path has too many symbolic links: correct the path',
  ENAMETOOLONG: 'its path is too long: choose a shorter one',
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the quota of this user is used up: make room',
  EROFS: 'the file system is read-only: choose another path',
};

/** What the file system said, in our words: `doing` such as `the snapshot /a/b could not be read`. */
export function fileRefusal(error: unknown, doing: string, reason: SnapshotReason = 'file'): Refusal {
  const code = errnoOf(error) ?? 'an unknown error';
  return new Refusal(reason, `${doing}: ${TEXTS[code] ?? `the file system says ${code}`}`);
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
