import type { AuditEvent, AuditSink } from './audit-event.ts';
import { ConfigError } from './errors.ts';
import { Cut, openScope, raced } from './scope.ts';

/** Hands events to one sink, one write at a time, in order. */
export interface AuditQueue {
  readonly sink: AuditSink;
  /** Puts events into the queue; nobody waits for them. */
  add(events: readonly AuditEvent[]): void;
  /**
   * As `add`, and ends when it is known whether they are on the record, by the limit at the latest.
   * Rejects only with the signal's reason.
   */
  put(events: readonly AuditEvent[], limitMs: number, signal: AbortSignal | undefined): Promise<boolean>;
  /** Waits for what is in the queue and closes the sink, both within the limit. What is added later is still written. */
  close(limitMs: number): Promise<void>;
}

/** What one resolve has for the record. */
interface Batch {
  readonly events: readonly AuditEvent[];
  readonly settle: (isRecorded: boolean) => void;
}

/** More than this are not held for a sink that is slow or down: about 6 MB. */
const MOST_EVENTS = 10_000;

/** @param warn told once for each outage, until a write succeeds. */
export function createQueue(sink: AuditSink, warn: (message: string) => void): AuditQueue {
  const { title } = sink;
  let waiting: Batch[] = [];
  /** How many events wait or are being written. */
  let held = 0;
  let dropped = 0;
  let pumping: Promise<void> | undefined;
  /** The write that runs has outlasted somebody's patience: nobody else waits for it. */
  let isStuck = false;
  let isDown = false;

  function fail(what: string, error?: unknown): void {
    if (isDown) return;
    isDown = true;
    // Any other error is a foreign one, which can hold anything.
    const why = error instanceof ConfigError ? ` (${error.message})` : '';
    warn(`${title} ${what}${why}: events are missing from it until it works again`);
  }

  async function write(batches: readonly Batch[]): Promise<boolean> {
    const events = batches.flatMap((batch) => batch.events);
    const told = dropped;
    try {
      await sink.write(events, told);
      dropped -= told;
      // One that only just keeps up would else be told of at each write.
      if (held - events.length <= MOST_EVENTS / 2) isDown = false;
      return true;
    } catch (error) {
      dropped += events.length;
      fail('failed', error);
      return false;
    } finally {
      isStuck = false;
      held -= events.length;
    }
  }

  async function pump(): Promise<void> {
    // What one turn brings is one write.
    await undefined;
    while (waiting.length > 0) {
      const batches = waiting;
      waiting = [];
      const isRecorded = await write(batches);
      for (const { settle } of batches) settle(isRecorded);
    }
    pumping = undefined;
  }

  function enqueue(events: readonly AuditEvent[]): Promise<boolean> {
    if (held > 0 && held + events.length > MOST_EVENTS) {
      dropped += events.length;
      fail('is too slow');
      return Promise.resolve(false);
    }
    held += events.length;
    const settled = new Promise<boolean>((settle) => waiting.push({ events, settle }));
    pumping ??= pump();
    return settled;
  }

  return {
    sink,
    add: (events) => void enqueue(events),
    async put(events, limitMs, signal) {
      const recorded = enqueue(events);
      if (isStuck) return false;
      const scope = openScope(limitMs, 'late', [signal]);
      try {
        return await raced(recorded, scope.signal);
      } catch (reason) {
        if (!(reason instanceof Cut)) throw reason;
        isStuck = true;
        fail('has not answered in time');
        return false;
      } finally {
        scope.close();
      }
    },
    async close(limitMs) {
      const scope = openScope(limitMs, 'late', []);
      try {
        await raced(Promise.resolve(pumping), scope.signal);
        if (dropped > 0) await raced(enqueue([]), scope.signal);
        await raced(Promise.resolve(sink.close?.()), scope.signal);
      } catch {
        warn(`${title} could not be closed cleanly`);
      } finally {
        scope.close();
      }
    },
  };
}
