import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import type { Snapshot, SnapshotEntry, SnapshotOutcome, SnapshotOwner } from '../../src/index.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A folder with the empty folders `data` and `keys`, for each test of the file that imports this. */
export let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapshot-test-'));
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'keys'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

export const snapshotFile = () => join(folder, 'data', 'snapshot');
export const bytesOf = (file = snapshotFile()) => readFileSync(file);
export const overwrite = (bytes: Uint8Array) => writeFileSync(snapshotFile(), bytes);
export const dataFolder = () => readdirSync(join(folder, 'data'));

export const KEY = Buffer.alloc(32, 'a canary of a key');
export const OWNER: SnapshotOwner = { environment: 'production', providers: ['app', 'legacy'] };

export function entry(value: SnapshotEntry['value'], more: Partial<SnapshotEntry> = {}): SnapshotEntry {
  return { provider: 'app', kind: 'memory', key: 'canary/path', value, savedAt: new Date(), ...more };
}

/** `reason: message`, with the folder's name cut out, or `ok`. */
export function told(outcome: SnapshotOutcome<unknown>): string {
  if (outcome.ok) return 'ok';
  return `${outcome.reason}: ${outcome.message}`.replaceAll(folder, '<dir>');
}

export const loaded = async (from: Snapshot, owner = OWNER) => told(await from.load(owner));
export const saved = async (to: Snapshot, ...entries: SnapshotEntry[]) => told(await to.save(OWNER, entries));

/** What is in it. */
export async function entriesOf(from: Snapshot): Promise<readonly SnapshotEntry[]> {
  const outcome = await from.load(OWNER);
  if (!outcome.ok) throw new Error(told(outcome));
  return outcome.value;
}

/** A process that loads the snapshot and then saves `text`: see snapshot-child.ts. */
export function startChild(
  work: { readonly text?: string; readonly times?: number } = {},
  unprivileged = false,
): ChildProcess {
  const options = { file: snapshotFile(), key: { env: 'SNAPSHOT_KEY' } };
  const task = JSON.stringify({ options, owner: OWNER, ...work });
  const command: [string, ...string[]] = [process.execPath, here('../fixtures/snapshot-child.ts'), task];
  const asRoot = unprivileged && process.geteuid?.() === 0;
  const [program, ...args] = asRoot ? ['python3', here('unprivileged.py'), ...command] : command;
  return spawn(program ?? '', args, {
    env: { PATH: process.env.PATH ?? '', SNAPSHOT_KEY: KEY.toString('hex') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
