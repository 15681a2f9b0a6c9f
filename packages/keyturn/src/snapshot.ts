import { dirname } from 'node:path';
import type { Snapshot, SnapshotEntry, SnapshotOutcome, SnapshotOwner } from '@keyturn/core';
import { withKey } from './key.ts';
import { decode, encode } from './snapshot-contents.ts';
import { readRegularFile, replaceFile } from './snapshot-disk.ts';
import { seal, unseal } from './snapshot-format.ts';
import { readSnapshotOptions, type SnapshotOptions } from './snapshot-options.ts';
import { errnoOf, fileRefusal, Refusal } from './snapshot-refusal.ts';

/** More than 250 secrets of the largest size that a store takes, 64 KiB. */
const MOST_BYTES = 16 * 1_024 * 1_024;
/** How far the clocks of the machines that share a snapshot may differ. */
const SKEW_MS = 5 * 60_000;

/**
 * Keeps the last good values in a file, encrypted with AES-256-GCM, so that an app can start while its store is down.
 * To be given to a resolver or a config as `snapshot`. Touches neither the file nor the key before the first read.
 *
 * @throws {ConfigError} with everything that is wrong in the options.
 * @example
 * snapshot({ file: '/var/lib/myapp/secrets.snapshot', key: { env: 'SNAPSHOT_KEY' }, maxAge: '12h' })
 */
export function snapshot(options: SnapshotOptions): Snapshot {
  const { file, key, maxAgeMs } = readSnapshotOptions(options);
  const folder = dirname(file);
  const shown = `the snapshot ${file}`;

  function isCurrent(savedAt: number, now: number): boolean {
    return savedAt <= now + SKEW_MS && now - savedAt < maxAgeMs;
  }

  async function load(owner: SnapshotOwner): Promise<readonly SnapshotEntry[]> {
    const bytes = await readSnapshot(file);
    if (bytes === undefined) return [];
    const { plain, savedAt } = await withKey(key, folder, (secret) => unseal(bytes, secret, shown));
    try {
      const now = Date.now();
      if (savedAt > now + SKEW_MS) {
        throw new Refusal(
          'future',
          `${shown} was saved at a time that is still to come: correct the clock; the next save replaces it`,
        );
      }
      if (!isCurrent(savedAt, now)) {
        const age = `was saved ${new Date(savedAt).toISOString()}, which is longer ago than maxAge allows`;
        throw new Refusal('expired', `${shown} ${age}: the next save replaces it`);
      }
      const contents = decode(plain, shown);
      const difference = differenceOf(contents.owner, owner);
      if (difference)
        throw new Refusal(
          'foreign',
          `${shown} is foreign: it is of ${difference}: choose another file, or the next save replaces it`,
        );
      return contents.entries.filter((entry) => isCurrent(entry.savedAt.getTime(), now));
    } finally {
      plain.fill(0);
    }
  }

  async function save(owner: SnapshotOwner, entries: readonly SnapshotEntry[]): Promise<void> {
    const now = Date.now();
    const current = entries.filter((entry) => isCurrent(entry.savedAt.getTime(), now));
    const plain = encode({ owner, entries: current });
    try {
      const bytes = await withKey(key, folder, (secret) => seal(plain, secret, now));
      if (bytes.length > MOST_BYTES) {
        throw new Refusal('size', `${shown} would have more than ${MOST_BYTES} bytes: it was not written`);
      }
      await replaceFile(file, bytes);
    } finally {
      plain.fill(0);
    }
  }

  return {
    maxAgeMs,
    load: (owner) => settled(load(owner)),
    save: (owner, entries) => settled(save(owner, entries)),
  };
}

/** The bytes of the file; undefined when there is none yet. */
async function readSnapshot(file: string): Promise<Buffer | undefined> {
  const doing = `the snapshot ${file} could not be read`;
  try {
    return await readRegularFile(file, MOST_BYTES, doing);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw fileRefusal(error, doing);
  }
}

/** Whose it is, if it is not ours. */
function differenceOf(theirs: SnapshotOwner, ours: SnapshotOwner): string | undefined {
  if (theirs.environment !== ours.environment) {
    return `the ${named(theirs.environment)}, and this is the ${named(ours.environment)}`;
  }
  const [have, want] = [theirs, ours].map(({ providers }) => providers.toSorted().join(', '));
  return have === want ? undefined : `an app with the providers ${have}, and this one has ${want}`;
}

function named(environment: string | undefined): string {
  return environment === undefined ? 'environment without a name' : `environment "${environment}"`;
}

async function settled<T>(work: Promise<T>): Promise<SnapshotOutcome<T>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, reason: error.reason, message: error.message };
  }
}
