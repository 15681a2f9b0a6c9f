import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that other users can enter, deleted after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-file-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A temporary folder with these files. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) write(join(folder, path), content);
  return folder;
}

export function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/**
 * Swaps a mounted secret to a new version, as the kubelet does: a new folder, the keys' links, one rename of
 * `..data`. Gives back what deletes the old folder, the last step.
 */
export function swap(root: string, version: string, keys: Readonly<Record<string, string>>): () => void {
  const data = join(root, '..data');
  const old = linkTarget(data);
  for (const [key, content] of Object.entries(keys)) {
    write(join(root, version, key), content);
    const top = key.split('/')[0] ?? key;
    if (linkTarget(join(root, top)) === undefined) symlinkSync(join('..data', top), join(root, top));
  }
  symlinkSync(version, `${data}_tmp`);
  renameSync(`${data}_tmp`, data);
  return () => {
    if (old !== undefined) rmSync(join(root, old), { recursive: true });
  };
}

/** Runs as a user whom file modes bind: root is not. */
export async function asUnprivileged<T>(run: () => Promise<T>): Promise<T> {
  const { seteuid, geteuid } = process;
  if (seteuid === undefined || geteuid?.() !== 0) return run();
  seteuid(65_534);
  try {
    return await run();
  } finally {
    seteuid(0);
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
