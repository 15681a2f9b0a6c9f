import { hashOf, prefixOf } from '../../src/audit/record.ts';

/** One segment as a file: its lines without their ends, and what follows the last line end. */
export interface Copy {
  readonly lines: readonly string[];
  readonly rest: string;
}

/** A segment as it was written, and what is known of it. */
export interface Original extends Copy {
  readonly file: string;
  /** Its writer went on to another segment. */
  readonly hasSuccessor: boolean;
  /** The record that the newest head outside vouches for. */
  readonly outsideTo: number;
}

/** What an attacker did. */
export interface Tampering {
  /** The row of the table of `docs/audit.md`. */
  readonly row: string;
  /** Files as they are left; undefined for one that is gone. */
  readonly changed: ReadonlyMap<string, Copy | undefined>;
  /** Where it shows, if it does: a file, and the lines of which one is named. */
  readonly file: string;
  readonly lines: readonly [from: number, to: number];
}

/** A whole number below `below`; `atEnd` makes it the last there is, where the end is what matters. */
interface Random {
  (below: number): number;
  readonly atEnd: boolean;
}

const isHead = (line: string) => prefixOf(Buffer.from(line))?.kind === 'head';
const withLines = (file: string, lines: readonly string[], rest = '') => new Map([[file, { lines, rest }]]);

/** The first head that vouches for record `n`. */
const headAfter = (lines: readonly string[], n: number) =>
  lines.findIndex((line, index) => index >= n && isHead(line)) + 1;

const around = (line: number): readonly [number, number] => [line - 1, line + 1];

function flip({ file, lines }: Original, random: Random): Tampering {
  const at = 1 + random(lines.length - 1);
  const bytes = Buffer.from(lines[at - 1] ?? '');
  const byte = random(bytes.length);
  bytes[byte] = (bytes[byte] ?? 0) ^ (1 << random(7));
  // A line end would make two lines of one.
  if (bytes[byte] === 10) bytes[byte] = 11;
  const changed = lines.with(at - 1, bytes.toString('latin1'));
  return { row: 'a record is changed', changed: withLines(file, changed), file, lines: around(at) };
}

function remove({ file, lines }: Original, random: Random): Tampering {
  const at = 1 + random(lines.length - 1);
  const changed = lines.toSpliced(at - 1, 1);
  return { row: 'a record is deleted', changed: withLines(file, changed), file, lines: around(at) };
}

/** A copy of another record, or one that fits where it is put. */
function insert({ file, lines }: Original, random: Random): Tampering {
  const at = 1 + random(lines.length);
  const before = lines[at - 2];
  const forged = `{"n":${at},"prev":"${before ? hashOf(Buffer.from(before)) : '0'.repeat(64)}","kind":"event","event":{}}`;
  const copied = lines[random(lines.length)] ?? '';
  const changed = lines.toSpliced(at - 1, 0, random(2) === 0 ? forged : copied);
  return { row: 'a record is put in', changed: withLines(file, changed), file, lines: around(at) };
}

function move({ file, lines }: Original, random: Random): Tampering {
  const first = random(lines.length - 1);
  const second = first + 1 + random(lines.length - 1 - first);
  const changed = lines.with(first, lines[second] ?? '').with(second, lines[first] ?? '');
  return { row: 'records are moved', changed: withLines(file, changed), file, lines: around(first + 1) };
}

function append({ file, lines, hasSuccessor }: Original): Tampering {
  const last = Buffer.from(lines.at(-1) ?? '');
  const forged = `{"n":${lines.length + 1},"prev":"${hashOf(last)}","kind":"event","event":{}}`;
  const isClosed = hasSuccessor || lines.some((line) => line.includes('"kind":"close"'));
  const row = `a record is appended to ${isClosed ? 'a closed segment' : 'one that is not closed'}`;
  return { row, changed: withLines(file, [...lines, forged]), file, lines: around(lines.length + 1) };
}

/** By somebody who knows the format, but has no key. */
function rewrite({ file, lines, hasSuccessor }: Original, random: Random): Tampering {
  const events = lines.flatMap((line, index) => (line.includes('"kind":"event"') ? [index] : []));
  const index = events.at(random.atEnd ? -1 : random(events.length)) ?? 0;
  const changed = lines.slice(0, index);
  let prev = prefixOf(Buffer.from(lines[index] ?? ''))?.prev ?? '';
  for (const [offset, line] of lines.slice(index).entries()) {
    const edited = offset === 0 ? line.replace('"outcome":"ok"', '"outcome":"NotFound"') : line;
    const linked = edited.replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${prev}"`);
    changed.push(linked);
    prev = hashOf(Buffer.from(linked));
  }
  const head = headAfter(lines, index + 1);
  const where = head > 0 ? 'before a signed head' : 'after the last signed head';
  const row = hasSuccessor ? 'in a segment with a successor' : where;
  return {
    row: `a record is changed and all links made anew, ${row}`,
    changed: withLines(file, changed),
    file,
    lines: [index + 1, head > 0 ? lines.length : index + 1],
  };
}

/** Ends with `count` whole lines. */
function cut(original: Original, count: number, rest: string, what: string): Tampering {
  const { file, lines, hasSuccessor, outsideTo } = original;
  const where = count < outsideTo ? 'below its newest head outside' : 'above its newest head outside';
  const row = hasSuccessor ? 'a segment with a successor' : `a writer's last segment, ${where}`;
  return {
    row: `${what}: ${row}`,
    changed: withLines(file, lines.slice(0, count), rest),
    file,
    lines: [count + 1, count + 1],
  };
}

function truncate(original: Original, random: Random): Tampering {
  const count = random.atEnd ? original.lines.length - 1 : random(original.lines.length);
  const line = original.lines[count] ?? '';
  return cut(original, count, line.slice(0, 1 + random(line.length)), 'the end is cut off within a record');
}

function rollBack(original: Original, random: Random): Tampering {
  const last = original.lines.length - 1;
  const count = random.atEnd ? last : 1 + random(last);
  return cut(original, count, '', 'an older copy is put back');
}

function removeSegment({ file, hasSuccessor }: Original): Tampering {
  const row = `a segment is removed: ${hasSuccessor ? 'one with a successor' : "a writer's last"}`;
  return { row, changed: new Map([[file, undefined]]), file, lines: [0, 0] };
}

function swap(original: Original, random: Random, originals: readonly Original[]): Tampering {
  const others = originals.filter(({ file }) => file !== original.file);
  const other = others[random(others.length)] ?? original;
  const changed = new Map([
    [original.file, other],
    [other.file, original],
  ]);
  const [file = ''] = [original.file, other.file].sort();
  return { row: 'two segments are swapped', changed, file, lines: [1, 1] };
}

export const TAMPERINGS = [
  flip,
  remove,
  insert,
  move,
  append,
  rewrite,
  truncate,
  rollBack,
  removeSegment,
  swap,
] as const;
