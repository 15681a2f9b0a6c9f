import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileRefusal, Refusal } from './snapshot-refusal.ts';

/** A temporary file that is older than this was left by a process that died: a write takes far less. */
const LEFT_BEHIND_MS = 60_000;

/**
 * The bytes of a regular file.
 * @param doing what to say of it when that fails, such as `the key file /a could not be read`.
 * @throws {Refusal} `size` beyond `mostBytes`; else what the file system throws.
 */
export async function readRegularFile(path: string, mostBytes: number, doing: string): Promise<Buffer> {
  // To open a named pipe would otherwise wait for its writer. Windows has no such flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw new Refusal('file', `${doing}: it is a folder: name a file in it`);
    if (!stats.isFile()) throw new Refusal('file', `${doing}: it is not a regular file: name one`);
    if (stats.size > mostBytes) throw new Refusal('size', `${doing}: it has more than ${mostBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Puts a file in the place of another as a whole: whoever reads sees the old one or the new one, also after a crash
 * at any moment. Of several writers the last one wins. Only the owner may read it.
 * @throws {Refusal} `file`
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  const temporary = join(folder, `${prefix}${randomBytes(8).toString('hex')}.tmp`);
  try {
    await removeLeftBehind(folder, prefix);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileRefusal(error, `the snapshot ${path} could not be written`);
  }
  await syncFolder(folder);
}

/** Its age says more than a process id: containers that share the folder do not see each other's processes. */
async function removeLeftBehind(folder: string, prefix: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{16}\.tmp$/.test(name.slice(prefix.length))) continue;
    const path = join(folder, name);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (Date.now() - modified > LEFT_BEHIND_MS) await rm(path, { force: true });
  }
}

/** Makes the new name outlast a power failure, where the system can: without it the old file may come back. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder);
    await handle.sync();
  } catch {
    // Windows opens no folder, and some network file systems sync none.
  } finally {
    await handle?.close();
  }
}
