import { open } from 'node:fs/promises';
import { MOST_LINE_BYTES } from './record.ts';

/** Lines of a file that were read together. */
export interface Lines {
  /** Without their line ends. They are windows on what was read: nobody keeps them. */
  readonly lines: readonly Buffer[];
  /** How many bytes of the file were read for them. */
  readonly bytes: number;
  /** Bytes that follow the last line end of the file; only of the last lines, and more than 0. */
  readonly tornBytes?: number;
  /** The next line is longer than any may be; nothing is read beyond it. */
  readonly tooLong?: true;
}

const CHUNK_BYTES = 262_144;

/** The lines of a file, some at a time, in memory that does not grow with it. @throws what the file system throws */
export async function* linesOf(path: string): AsyncGenerator<Lines, void, undefined> {
  const handle = await open(path);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const lines: Buffer[] = [];
      let from = 0;
      for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, from)) {
        lines.push(bytes.subarray(from, at));
        from = at + 1;
      }
      rest = bytes.subarray(from);
      const long = [...lines, rest].findIndex((line) => line.length > MOST_LINE_BYTES);
      if (long >= 0) {
        yield { lines: lines.slice(0, long), bytes: bytesRead, tooLong: true };
        return;
      }
      yield { lines, bytes: bytesRead };
    }
    if (rest.length > 0) yield { lines: [], bytes: 0, tornBytes: rest.length };
  } finally {
    await handle.close();
  }
}

const LINE_END = 10;
