import type { AuditEvent } from '@keyturn/core';
import type { SegmentFile } from './folder.ts';
import { type Lines, linesOf } from './lines.ts';
import { openedAt, parseRecord, prefixOf } from './record.ts';

/** What reading told beside the events. */
export interface EventCounts {
  /** Events that the sinks had to drop. */
  dropped: number;
  /** Lines that are no records: `audit verify` says more. */
  unreadable: number;
}

/** How much older than its segment an event may be: it waited for the segment to open. */
const SLACK_MS = 60_000;

/** One segment on its way, with the next of its events. */
interface Source {
  next: AuditEvent;
  readonly rest: AsyncGenerator<AuditEvent, void, undefined>;
}

/**
 * The events of all segments in the order of their times; those of one writer stay in the order in which it wrote them. Of
 * the segments only those are open whose time it is, so that memory does not grow with the record.
 * @throws what the file system throws
 */
export async function* eventsOf(
  files: readonly SegmentFile[],
  counts: EventCounts,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<AuditEvent, void, undefined> {
  const waiting = [...files];
  /** By the time of their next events. */
  const open: Source[] = [];
  try {
    for (;;) {
      const [source] = open;
      const [file] = waiting;
      if (file && (!source || openedAt(file.segment) - SLACK_MS <= Date.parse(source.next.time))) {
        waiting.shift();
        const rest = eventsOfSegment(file, counts, onBytes);
        const { value: next } = await rest.next();
        if (next) enter(open, { next, rest });
        continue;
      }
      if (!source) return;
      yield source.next;
      open.shift();
      const { value: next } = await source.rest.next();
      if (next) enter(open, Object.assign(source, { next }));
    }
  } finally {
    for (const { rest } of open) await rest.return();
  }
}

/** Before the first that is later. Most often that is the first of all. */
function enter(open: Source[], source: Source): void {
  const index = open.findIndex(({ next }) => next.time > source.next.time);
  open.splice(index < 0 ? open.length : index, 0, source);
}

async function* eventsOfSegment(
  { path }: SegmentFile,
  counts: EventCounts,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<AuditEvent, void, undefined> {
  for await (const read of linesOf(path)) {
    onBytes?.(read.bytes);
    yield* eventsOfLines(read, counts);
  }
}

function* eventsOfLines({ lines, tooLong }: Lines, counts: EventCounts): Generator<AuditEvent> {
  if (tooLong) counts.unreadable += 1;
  for (const line of lines) {
    const kind = prefixOf(line)?.kind;
    if (kind !== undefined && kind !== 'event' && kind !== 'dropped') continue;
    const { event, count } = parseRecord(line) ?? {};
    if (kind === 'event' && isEvent(event)) yield event;
    else if (kind === 'dropped' && typeof count === 'number') counts.dropped += count;
    else counts.unreadable += 1;
  }
}

/** As far as events are sorted and counted by; what else stands in one is shown as it is. */
function isEvent(value: unknown): value is AuditEvent {
  if (typeof value !== 'object' || value === null) return false;
  if (!('time' in value && 'name' in value && 'outcome' in value && 'process' in value)) return false;
  const { time, name, outcome, process } = value;
  const texts = [time, name, outcome].every((each) => typeof each === 'string');
  return texts && typeof process === 'object' && process !== null && !Number.isNaN(Date.parse(String(time)));
}
