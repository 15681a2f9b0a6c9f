import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../snapshot-refusal.ts';
import { hashOf, isSegment, type Link, NO_HASH, parseRecord, prefixOf } from './record.ts';

/** A segment's file; it is renamed once another segment has recorded that it ends torn. */
export interface SegmentFile {
  readonly segment: string;
  readonly path: string;
  readonly torn: boolean;
}

const TORN = '.torn.jsonl';

/** The segments of a folder, in the order in which they were opened. */
export async function segmentsOf(folder: string): Promise<readonly SegmentFile[]> {
  const names = await readdir(folder);
  const files = names.flatMap((name): SegmentFile[] => {
    const file = asSegmentFile(join(folder, name), name);
    return file ? [file] : [];
  });
  return files.sort((a, b) => (a.segment < b.segment ? -1 : 1));
}

export function asSegmentFile(path: string, name: string): SegmentFile | undefined {
  const torn = name.endsWith(TORN);
  const segment = name.slice(0, name.length - (torn ? TORN : '.jsonl').length);
  return name.endsWith('.jsonl') && isSegment(segment) ? { segment, path, torn } : undefined;
}

/** How a segment ends. */
export interface SegmentEnd {
  /** Its last whole record: `n` 0 where there is none. */
  readonly link: Link;
  /** What follows that: a record that was not written whole. */
  readonly tornBytes: number;
  /** Its writer has said that it will write no more. */
  readonly closed: boolean;
  /** When it was written to, in milliseconds since 1970. */
  readonly writtenAt: number;
  /** The process that writes it runs no more, as far as can be told. */
  readonly dead: boolean;
}

/** For so long a writer that may run elsewhere is taken for alive after it has written. */
const QUIET_MS = 60_000;

/** Reads a segment's first and last lines. @throws what the file system throws */
export async function endOf({ segment, path }: SegmentFile): Promise<SegmentEnd> {
  const handle = await open(path);
  try {
    // First of all: what was still being written while we looked is not torn because its writer is gone by now.
    const dead = await isWriterGone(handle);
    const { size, mtimeMs } = await handle.stat();
    const tail = await readTail(handle, size);
    const lines = splitLines(tail);
    const rest = lines.pop() ?? tail;
    const last = lines.at(-1);
    const prefix = last && prefixOf(last);
    const link = { segment, n: prefix?.n ?? 0, hash: last && prefix ? hashOf(last) : NO_HASH };
    const kinds = lines.slice(-2).map((line) => prefixOf(line)?.kind);
    const closed = kinds.at(-1) === 'close' || (kinds.at(-1) === 'head' && kinds.at(0) === 'close');
    return { link, tornBytes: rest.length, closed, writtenAt: mtimeMs, dead };
  } finally {
    await handle.close();
  }
}

/** The last two whole lines at least, where there are two, and what follows them. */
async function readTail(handle: FileHandle, size: number): Promise<Buffer> {
  for (let wanted = 16_384; ; wanted *= 4) {
    const bytes = Buffer.alloc(Math.min(wanted, size));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, size - bytes.length);
    const read = bytes.subarray(0, bytesRead);
    // The first of the lines may begin before what was read.
    if (wanted >= size || splitLines(read).length > 3) return read;
  }
}

/** The lines, and last what follows the last line end: nothing, or a part of a line. */
function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return [...lines, bytes.subarray(from)];
}

/**
 * Whether it has not written for long, or the process of the first record was one of this machine that runs no more.
 * Another thread of ours may run.
 */
async function isWriterGone(handle: FileHandle): Promise<boolean> {
  const { mtimeMs } = await handle.stat();
  if (Date.now() - mtimeMs > QUIET_MS) return true;
  const bytes = Buffer.alloc(4_096);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  const [first] = splitLines(bytes.subarray(0, bytesRead));
  const { pid, host } = (first && parseRecord(first)) ?? {};
  if (typeof pid !== 'number' || pid === process.pid || host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ESRCH';
  }
}

/** So that no later segment looks at it again. */
export async function markTorn({ path }: SegmentFile): Promise<void> {
  await rename(path, path.replace(/\.jsonl$/, TORN));
}

export async function removeSegment({ path }: SegmentFile): Promise<void> {
  await rm(path, { force: true });
}
