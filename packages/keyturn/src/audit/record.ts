import { hash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { AuditEvent } from '@keyturn/core';

/** Of the file: how records are written and chained. */
export const SCHEMA = 1;
/** What the first record of a writer's first segment has for a predecessor. */
export const NO_HASH = '0'.repeat(64);
/** No record is longer: what is, was not written by a writer. */
export const MOST_LINE_BYTES = 1_048_576;

/** A place in the record: a segment, the number of a record in it from 1 on, and the SHA-256 of that record's line. */
export interface Link {
  readonly segment: string;
  readonly n: number;
  readonly hash: string;
}

/** What a line holds beside its number and its link. Times are ISO 8601, UTC. */
export type AuditRecord =
  /** The first of each segment; `after` is the end of the segment that this writer wrote before. */
  | {
      readonly kind: 'open';
      readonly schema: typeof SCHEMA;
      readonly segment: string;
      readonly time: string;
      readonly pid: number;
      readonly host: string;
      readonly after?: Omit<Link, 'hash'>;
    }
  | { readonly kind: 'event'; readonly event: AuditEvent }
  /** Events that were lost before the next one. */
  | { readonly kind: 'dropped'; readonly time: string; readonly count: number }
  /** Another writer's segment ends in so many bytes of a record that is not whole; before them stands the link. */
  | ({ readonly kind: 'torn'; readonly time: string; readonly bytes: number } & Link)
  /** A segment that was removed by rule, and its end. */
  | ({ readonly kind: 'removed'; readonly time: string } & Link)
  /** Signs the record before it. */
  | { readonly kind: 'head'; readonly time: string; readonly key: string; readonly signature: string }
  /** The last, but for its head: the writer will write no more to this segment. */
  | { readonly kind: 'close'; readonly time: string };

/** What a line holds after its number and its link. */
export function bodyOf(record: AuditRecord): string {
  return JSON.stringify(record).slice(1);
}

/** A line without its end: number, link and kind come first, in this order. */
export function recordLine(n: number, prev: string, body: string): Buffer {
  return Buffer.from(`{"n":${n},"prev":"${prev}",${body}`);
}

export function hashOf(line: Uint8Array): string {
  return hash('sha256', line, 'hex');
}

/** What every line begins with. */
export interface Prefix {
  readonly n: number;
  readonly prev: string;
  readonly kind: string;
}

const PREFIX = /^\{"n":([1-9]\d{0,14}),"prev":"([0-9a-f]{64})","kind":"([a-z]{1,16})",/;
/** The longest that the pattern takes. */
const PREFIX_BYTES = 140;

/** The beginning of a line; undefined for what is no record. The rest is not parsed: a million lines are read so. */
export function prefixOf(line: Buffer): Prefix | undefined {
  const [, n, prev, kind] = PREFIX.exec(line.toString('latin1', 0, PREFIX_BYTES)) ?? [];
  if (n === undefined || prev === undefined || kind === undefined) return undefined;
  return { n: Number(n), prev, kind };
}

/** All of a line; undefined for what no writer wrote. Whoever reads a field checks it. */
export function parseRecord(line: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

/** A link of a record that another process wrote. */
export function linkOf(record: Readonly<Record<string, unknown>>): Link | undefined {
  const { segment, n, hash } = record;
  if (!isSegment(segment) || !isCount(n) || typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) {
    return undefined;
  }
  return { segment, n, hash };
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

const SEGMENT = /^\d{8}T\d{9}Z-\d{1,10}-[0-9a-f]{16}$/;

/** Whether a text is the name of a segment: when it was opened, by which process, and 8 random bytes. */
export function isSegment(value: unknown): value is string {
  return typeof value === 'string' && SEGMENT.test(value);
}

let newest = 0;

/** Of one process no two are of the same millisecond, so that names stand in the order in which they were made. */
export function newSegment(now: Date): string {
  newest = Math.max(now.getTime(), newest + 1);
  return `${new Date(newest).toISOString().replace(/[-:.]/g, '')}-${process.pid}-${randomBytes(8).toString('hex')}`;
}

/** When a segment was opened, in milliseconds since 1970. */
export function openedAt(segment: string): number {
  const [, date = '', time = '', rest = ''] = /^(\d{8}T)(\d{6})(\d{3}Z)/.exec(segment) ?? [];
  const day = date.replace(/(....)(..)(..)T/, '$1-$2-$3T');
  return Date.parse(`${day}${time.replace(/(..)(..)(..)/, '$1:$2:$3')}.${rest}`);
}

export function openRecord(segment: string, now: Date, after: Link | undefined): AuditRecord {
  return {
    kind: 'open',
    schema: SCHEMA,
    segment,
    time: now.toISOString(),
    pid: process.pid,
    host: hostname(),
    ...(after && { after: { segment: after.segment, n: after.n } }),
  };
}
