import { spawnSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RedactorStream } from '@keyturn/core';

/** How long what the child left running may go on writing once the child has ended. */
const LINGER_MS = 1000;

/** A pipe holds at most this many bytes (Linux: /proc/sys/fs/pipe-max-size), unless root raised it. */
const PIPE_BYTES = 1024 * 1024;

const EAGAIN_PAUSE_MS = 10;

/** A pipe for the child's output; the child gets `writeEnd`, which is to be closed here once it has it. */
export interface OutputPipe {
  readonly source: Readable;
  readonly writeEnd: number;
}

/**
 * Opens `count` real pipes. What Node makes for `stdio: 'pipe'` are sockets, and on these a program can't open
 * /dev/stdout or /dev/stderr, as many shell scripts do (ENXIO). Undefined where there is no `mkfifo` or no writable
 * folder for temporary files: the sockets must do then.
 */
export function openPipes(count: number): readonly OutputPipe[] | undefined {
  if (process.platform === 'win32') return undefined;
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'keyturn-'));
    const paths = Array.from({ length: count }, (_, at) => join(`${folder}`, `${at}`));
    if (spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' }).status !== 0) return undefined;
    return paths.map((path) => {
      // In this order, and non-blocking: opening one end of a FIFO waits for the other.
      const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      return {
        source: new Socket({ fd, readable: true, writable: false }),
        writeEnd: openSync(path, constants.O_WRONLY),
      };
    });
  } catch {
    return undefined;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Output on its way from the child to our own file descriptor. */
export interface Passage {
  /**
   * Settles when all is passed on, or as soon as nobody reads our output any more: the child's pipe is closed then, so
   * that it gets SIGPIPE or EPIPE as from any pipe. Rejects when our output can't be written for another reason.
   */
  readonly done: Promise<void>;
  /**
   * To be called when the child has ended. A process that it left behind may hold the pipe open for ever: it gets one
   * more second, and what the child itself wrote is passed on however long our reader takes.
   */
  childEnded(): void;
}

/** Passes `source` on to `fd` through `mask`; reads no faster than `fd` takes it. */
export function passOn(source: Readable, fd: number, mask: RedactorStream): Passage {
  let received = 0;
  let cutOff = false;
  let over = false;
  let timer: NodeJS.Timeout | undefined;

  async function pass(): Promise<void> {
    try {
      for await (const chunk of source) {
        received += chunk.length;
        await writeAll(fd, mask.write(chunk));
      }
    } catch (error) {
      if (!cutOff) throw error;
    }
    await writeAll(fd, mask.end());
  }

  const done = pass()
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw new Error(`output could not be written: ${error.code}`);
    })
    .finally(() => {
      over = true;
      clearTimeout(timer);
    });

  return {
    done,
    childEnded() {
      if (over) return;
      const most = received + source.readableLength + PIPE_BYTES;
      const look = () => {
        const before = received;
        // After one turn of the event loop without a byte the pipe is empty.
        setImmediate(() => {
          if (over) return;
          const empty = source.readableLength === 0 && received === before;
          if (empty || received > most) {
            cutOff = true;
            source.destroy();
          } else {
            timer = setTimeout(look, LINGER_MS);
          }
        });
      };
      timer = setTimeout(look, LINGER_MS);
    },
  };
}

const writeSome = promisify(write);

/** Through the thread pool, since `process.stdout` blocks on a full pipe, and with it the forwarding of signals. */
async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += (await writeSome(fd, bytes, at)).bytesWritten;
    } catch (error) {
      // Whoever shares our output may have made it non-blocking; Node can't wait for it to drain.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await delay(EAGAIN_PAUSE_MS);
    }
  }
}
