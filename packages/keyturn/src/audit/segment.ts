import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../snapshot-refusal.ts';
import { bodyOf, hashOf, type Link, NO_HASH, newSegment, openRecord, recordLine } from './record.ts';

/** One file of the record, open for its writer, which is the only one. */
export interface Segment {
  readonly openedAt: number;
  /** Of the last record that the system has. */
  end(): Link;
  bytes(): number;
  /** Puts records at the end. Where that fails, none of them is there. */
  append(bodies: readonly string[]): Promise<void>;
  /** Returns once the disk has what was appended. */
  sync(): Promise<void>;
  /** Whether the file still has a name: one that somebody removed takes records that nobody will read. */
  isThere(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * A new segment in a folder, which is made where it is not there; only the owner may read either.
 * @throws what the file system throws
 */
export async function openSegment(folder: string, after: Link | undefined): Promise<Segment> {
  const now = new Date();
  const segment = newSegment(now);
  await mkdir(folder, { mode: 0o700 }).catch((error) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  const path = join(folder, `${segment}.jsonl`);
  const handle = await open(path, 'ax', 0o600);
  let end: Link = { segment, n: 0, hash: after?.hash ?? NO_HASH };
  let bytes = 0;

  async function append(bodies: readonly string[]): Promise<void> {
    const lines: Uint8Array[] = [];
    let { n, hash } = end;
    for (const body of bodies) {
      const line = recordLine(++n, hash, body);
      hash = hashOf(line);
      lines.push(line, LINE_END);
    }
    const block = Buffer.concat(lines);
    try {
      await writeAll(handle, block);
    } catch (error) {
      // What a full disk took of the block: without it, the end is whole.
      await handle.truncate(bytes).catch(() => {});
      throw error;
    }
    bytes += block.length;
    end = { segment, n, hash };
  }

  try {
    await append([bodyOf(openRecord(segment, now, after))]);
  } catch (error) {
    await handle.close();
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
  return {
    openedAt: now.getTime(),
    end: () => end,
    bytes: () => bytes,
    append,
    sync: () => handle.datasync(),
    isThere: async () => (await handle.stat()).nlink > 0,
    close: () => handle.close(),
  };
}

const LINE_END = Buffer.from('\n');

/** The system may take a part of a block. */
async function writeAll(handle: FileHandle, block: Buffer): Promise<void> {
  let rest = block;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}
