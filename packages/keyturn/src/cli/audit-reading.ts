import type { AuditEvent } from '@keyturn/core';
import { type EventCounts, eventsOf } from '../audit/events.ts';
import { filesOf, sizeOf } from '../audit/verify.ts';
import { warn } from './output.ts';
import { progress } from './progress.ts';

/** The events of the audit at these paths, or in the working folder. @throws {ConfigError} for what cannot be read */
export async function readEvents(
  paths: readonly string[],
  take: (event: AuditEvent) => void | Promise<void>,
  doing?: string,
): Promise<void> {
  const { files } = await filesOf(paths.length > 0 ? paths : ['.']);
  const allBytes = await sizeOf(files);
  const counts: EventCounts = { dropped: 0, unreadable: 0 };
  const shown = doing === undefined ? undefined : progress(doing);
  let readBytes = 0;
  const onBytes = (bytes: number) => {
    readBytes += bytes;
    shown?.update(readBytes, allBytes);
  };
  try {
    for await (const event of eventsOf(files, counts, onBytes)) await take(event);
  } finally {
    shown?.end();
  }
  if (counts.dropped > 0) warn(`${counts.dropped} events were lost, as the audit says itself`);
  if (counts.unreadable > 0) {
    warn(`${counts.unreadable} lines are no records: keyturn audit verify says more`);
  }
}

/** Text of an event as a terminal may show it: a name or a reason can hold what moves its cursor. */
export function shownText(text: unknown): string {
  return typeof text === 'string' ? text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?') : '-';
}

/** By whom an event was caused: as the caller says, else the app, else the user; and where. */
export function whoOf({ actor, process: { app, user, host } }: AuditEvent): string {
  return actor ?? `${app ?? user ?? 'unknown'}@${host}`;
}
