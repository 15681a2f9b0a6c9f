import { type AuditEvent, type AuditSink, ConfigError } from '@keyturn/core';
import { fileRefusal } from '../snapshot-refusal.ts';
import { type AuditFileOptions, readAuditFileOptions } from './file-options.ts';
import { bodyOf, MOST_LINE_BYTES } from './record.ts';
import { createWriter } from './writer.ts';

/** What one `write` asked for. */
interface Job {
  readonly bodies: readonly string[];
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

/** What waits is written together, up to so many records at once. */
const MOST_TOGETHER = 1_000;
/** A record is a little longer than its body, by its number and its link. */
const MOST_BODY_BYTES = MOST_LINE_BYTES - 1_000;
const MOST_TEXT = 10_000;

/**
 * Puts the audit into files of JSON lines that show whether they were edited: a chain of SHA-256 for each writer,
 * signed at an interval and at the end. To be given to a resolver or a config among `audit.sinks`. A value is handed
 * out once the system has its record, which then survives the end of the process, `kill -9` too. Touches neither the
 * folder nor the key before the first event. A write that fails says why, and the next one tries anew.
 *
 * @throws {ConfigError} with everything that is wrong in the options.
 * @example
 * auditFile({ path: '/var/log/myapp/audit', signingKey: { file: '/etc/myapp/audit.pem' }, heads: '/mnt/worm/heads' })
 */
export function auditFile(options: AuditFileOptions): AuditSink {
  const settings = readAuditFileOptions(options);
  const { folder, onFailure } = settings;
  const writer = createWriter(settings, () => {
    // What it cannot do now, the next event's write meets, and tells.
    if (!closing) enqueue([]).catch(() => {});
  });
  const waiting: Job[] = [];
  let draining: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  function enqueue(bodies: readonly string[]): Promise<void> {
    return new Promise((done, failed) => {
      waiting.push({ bodies, done, failed });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const jobs = waiting.splice(0, MOST_TOGETHER);
      try {
        await writer.append(jobs.flatMap(({ bodies }) => bodies));
        for (const { done } of jobs) done();
      } catch (error) {
        for (const { failed } of jobs) failed(inOurWords(error));
      }
    }
    // In the same turn in which nothing more was waiting: what comes after it begins anew.
    draining = undefined;
  }

  /** As a ConfigError, since core repeats the message of no other. */
  function inOurWords(error: unknown): Error {
    const isOurs = error instanceof Error && !('code' in error);
    const doing = `the audit in ${folder} could not be written`;
    const { message } = isOurs ? error : fileRefusal(error, doing);
    return new ConfigError([{ place: '', message }]);
  }

  async function closeAll(): Promise<void> {
    await draining;
    await writer.close();
  }

  return {
    title: `audit file ${folder}`,
    awaited: true,
    onFailure,
    async write(events, dropped) {
      // After a close, a write opens anew: a config can be loaded twice, and a secret revealed later. Asked and
      // enqueued in one turn: a close that came between would write to the segment beside it.
      while (closing) await closing.catch(() => {});
      await enqueue(bodiesOf(events, dropped));
    },
    async close() {
      closing ??= closeAll().finally(() => {
        closing = undefined;
      });
      try {
        await closing;
        // Heads that never arrive keep nobody from opening anew.
        await writer.flush();
      } catch (error) {
        throw inOurWords(error);
      }
    },
  };
}

function bodiesOf(events: readonly AuditEvent[], dropped: number): readonly string[] {
  const bodies = events.map((event) => {
    const body = bodyOf({ kind: 'event', event });
    return Buffer.byteLength(body) <= MOST_BODY_BYTES
      ? body
      : bodyOf({ kind: 'event', event: shortened(event) });
  });
  if (dropped === 0) return bodies;
  return [bodyOf({ kind: 'dropped', time: new Date().toISOString(), count: dropped }), ...bodies];
}

/** What no line can hold, such as a reference of a megabyte, is on the record by its beginning. */
function shortened(event: AuditEvent): AuditEvent {
  const cut = (value: unknown) =>
    typeof value === 'string' && value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value;
  return JSON.parse(JSON.stringify(event, (_, value) => cut(value)));
}
