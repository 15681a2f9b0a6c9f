import type { AuditContext } from './audit-context.ts';
import { elapsed, now } from './cache-entry.ts';
import type { Duration } from './duration.ts';
import { ResolveError } from './errors.ts';
import {
  drawInterval,
  isSame,
  type LiveSource,
  type Reading,
  readVersion,
  type Version,
} from './live-read.ts';
import type { Detailed, Entry, EntryOptions } from './manifest.ts';
import { follow, idle } from './scope.ts';

/** Options of `watch()`: how to convert the secret, and how to follow it. */
export interface WatchOptions extends EntryOptions, AuditContext {
  /** The longest time between two checks; each is shorter by up to a tenth, at random. @default 1 min */
  readonly interval?: Duration | undefined;
  /** Aborting it rejects `next()` with its reason, at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface WatchSettings {
  readonly intervalMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Follows a secret; each iteration for itself. Nothing runs, and nothing is held on to, while no `next()` waits. */
export function watchVersions(
  source: LiveSource,
  entry: Entry,
  settings: WatchSettings,
): AsyncIterable<Detailed<unknown>> {
  return {
    [Symbol.asyncIterator]() {
      const left = new AbortController();
      const versions = generateVersions(source, entry, settings, left.signal);
      return {
        next: () => versions.next(),
        // A generator would let a `next()` that waits run on, until there is another version.
        return() {
          left.abort();
          return versions.return(undefined);
        },
      };
    },
  };
}

async function* generateVersions(
  source: LiveSource,
  entry: Entry,
  { intervalMs, signal }: WatchSettings,
  left: AbortSignal,
): AsyncGenerator<Detailed<unknown>, undefined, undefined> {
  const { closing, tell } = source;
  let last: Version | undefined;
  let readAt = now();
  let waitMs = 0;
  let failing = false;

  /** One check, when its time has come; undefined when the iteration ends before. */
  async function check(): Promise<Reading | undefined> {
    const turn = new AbortController();
    const release = follow(turn, [left, closing, signal]);
    try {
      const restMs = waitMs - elapsed(readAt, now());
      if (restMs > 0) await idle(restMs, turn.signal);
      readAt = now();
      return await readVersion(source, entry, { fresh: last !== undefined, signal: turn.signal });
    } catch (error) {
      if (!turn.signal.aborted) throw error;
      return undefined;
    } finally {
      release();
    }
  }

  for (;;) {
    const reading = await check();
    if (left.aborted || closing.aborted) return undefined;
    signal?.throwIfAborted();
    if (reading === undefined) return undefined;
    waitMs = drawInterval(intervalMs);
    if (!reading.ok) {
      if (last === undefined) throw new ResolveError([reading.failure]);
      const { reference, code, message } = reading.failure;
      const warning = `${reference}: ${code}: ${message}; for its watch the last value stands`;
      if (!failing) tell({ kind: reading.kind, message: warning });
      failing = true;
      continue;
    }
    failing = false;
    if (last && isSame(last, reading)) {
      source.kept(last.answer, reading.answer);
      last = reading;
      continue;
    }
    // What did not come from the store may be old already.
    if (last === undefined && reading.detailed.source !== 'store') waitMs = 0;
    if (last) source.rotated(reading.answer);
    last = reading;
    yield reading.detailed;
  }
}
