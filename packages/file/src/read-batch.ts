import { join } from 'node:path';
import { inParallel, type Locator, type Outcome } from '@keyturn/core';
import { failed, failedWith } from './errno.ts';
import { openSnapshot, type Place, type Snapshot } from './snapshot.ts';

const ATTEMPTS = 5;
const OPEN_FILES = 16;

type Read<T> = (place: Place, shown: string) => Promise<Outcome<T>>;

/**
 * Reads all files of a batch from one snapshot of the root. A failure in a snapshot that was replaced
 * meanwhile proves nothing, so the whole batch is read again, five times in all.
 */
export async function readBatch<T>(
  root: string,
  locators: readonly Locator[],
  signal: AbortSignal,
  read: Read<T>,
): Promise<readonly Outcome<T>[]> {
  const replaced = `the files under ${root} were replaced ${ATTEMPTS} times while they were read`;
  let failure = failed('Unavailable', replaced);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    signal.throwIfAborted();
    const snapshot = await openSnapshot(root);
    if (!snapshot.ok) {
      // A root behind a link that was just swapped is missing for a moment only.
      failure = snapshot;
      continue;
    }
    const outcomes = await inParallel(locators, OPEN_FILES, ({ path }) => {
      signal.throwIfAborted();
      return readOne(snapshot.value, path, join(root, path), read);
    });
    if (outcomes.every(({ ok }) => ok)) return outcomes;
    if (await snapshot.value.unchanged()) return allOrNone(outcomes);
    failure = failed('Unavailable', replaced);
  }
  return locators.map(() => failure);
}

async function readOne<T>(
  snapshot: Snapshot,
  path: string,
  shown: string,
  read: Read<T>,
): Promise<Outcome<T>> {
  try {
    const place = await snapshot.locate(path);
    return place.ok ? await read(place.value, shown) : place;
  } catch (error) {
    return failedWith(error, shown);
  }
}

/**
 * Core reads again what was Unavailable, and that alone. Its siblings must come along, or a user of this
 * snapshot would meet a password of the next one.
 */
function allOrNone<T>(outcomes: readonly Outcome<T>[]): readonly Outcome<T>[] {
  const unavailable = outcomes.find((outcome) => !outcome.ok && outcome.code === 'Unavailable');
  return unavailable ? outcomes.map((outcome) => (outcome.ok ? unavailable : outcome)) : outcomes;
}
