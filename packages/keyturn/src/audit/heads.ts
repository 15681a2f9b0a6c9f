import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileRefusal, Refusal } from '../snapshot-refusal.ts';
import type { AuditHead } from './head.ts';

/** Where heads go: a file that they are appended to, a line of JSON each, or a function that takes one. */
export type HeadsTarget = string | ((head: AuditHead) => void | PromiseLike<void>);

/** Ships heads one after the other, so that no resolve waits for it. */
export interface Shipper {
  ship(head: AuditHead): void;
  /** Ends once all have arrived. @throws {Error} that says why one did not */
  flush(): Promise<void>;
}

/**
 * What could not be shipped is shipped again with the next head, and warned of once until it has arrived. Of heads of
 * one segment that wait, the last one is enough: it vouches for those before it.
 */
export function createShipper(target: HeadsTarget): Shipper {
  const waiting = new Map<string, AuditHead>();
  let running: Promise<void> | undefined;
  let failure: Error | undefined;

  async function shipAll(): Promise<void> {
    try {
      await shipWaiting();
    } finally {
      // In the same turn in which nothing more was waiting: what comes after it begins anew.
      running = undefined;
    }
  }

  async function shipWaiting(): Promise<void> {
    for (let [next] = waiting; next; [next] = waiting) {
      const [key, head] = next;
      try {
        await (typeof target === 'string' ? appendHead(target, head) : callWithHead(target, head));
      } catch (error) {
        const isNew = failure === undefined;
        failure = error instanceof Error ? error : new Error('heads could not be shipped');
        if (isNew) process.emitWarning(`audit: ${failure.message}`, 'KeyturnWarning');
        return;
      }
      failure = undefined;
      // A later one may have come meanwhile.
      if (waiting.get(key) === head) waiting.delete(key);
    }
  }

  function run(): Promise<void> {
    running ??= shipAll();
    return running;
  }

  return {
    ship(head) {
      waiting.set(`${head.kind} ${head.segment}`, head);
      void run();
    },
    async flush() {
      await running;
      if (waiting.size > 0) await run();
      if (failure) throw failure;
    },
  };
}

/** Without the last, to open a named pipe would wait for its reader. Windows does not have it. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/** Writers of several processes share the file: each line is one write to its end, which the system does not mix. */
async function appendHead(path: string, head: AuditHead): Promise<void> {
  const doing = `the heads file ${path} could not be written`;
  try {
    const handle = await open(path, APPEND, 0o600);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new Refusal('file', `${doing}: it is not a regular file: name one`);
      // Behind a line that a crash or a full disk cut off, the head would be lost with it.
      const begin = (await endsWithinLine(path, stats.size)) ? '\n' : '';
      await handle.appendFile(`${begin}${JSON.stringify(head)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Error((error instanceof Refusal ? error : fileRefusal(error, doing)).message);
  }
}

/** As far as can be told: who appends need not have the right to read. */
async function endsWithinLine(path: string, size: number): Promise<boolean> {
  if (size === 0) return false;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return bytesRead === 1 && buffer[0] !== LINE_END;
  } catch {
    return false;
  } finally {
    await handle?.close();
  }
}

const LINE_END = 10;

async function callWithHead(target: Exclude<HeadsTarget, string>, head: AuditHead): Promise<void> {
  try {
    await target(head);
  } catch {
    // What it threw can hold a token of wherever it ships to.
    throw new Error('the function heads of the audit file failed');
  }
}
