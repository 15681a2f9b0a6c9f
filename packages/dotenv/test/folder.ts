import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach } from 'vitest';
import { type DotenvOptions, dotenv } from '../src/index.ts';

/** An empty folder for each test of the file that imports this. */
export let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keyturn-dotenv-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Writes a file into the folder. */
export const write = (name: string, content: string | Uint8Array) =>
  writeFile(join(directory, name), content);

export function fetchFrom(
  options: DotenvOptions,
  names: readonly string[],
  signal = AbortSignal.timeout(10_000),
) {
  const locators = names.map((path) => ({ path, params: {} }));
  return dotenv(options).fetch(locators, { signal, warn: () => {} });
}

/** What each name came to: its value, or `code: message` with the folder's name cut short. */
export async function read(options: DotenvOptions, ...names: string[]) {
  const outcomes = await fetchFrom({ directory, ...options }, names);
  return outcomes.map((outcome) => {
    if (outcome.ok) return outcome.value.value;
    return `${outcome.code}: ${outcome.message}`
      .replaceAll(`${directory}/`, '')
      .replaceAll(directory, '<dir>');
  });
}

/** Runs a module that has `dotenv`, and the folder in `process.argv[1]`; gives its output once it ended by itself. */
export async function inChild(script: string): Promise<string> {
  const source = new URL('../src/index.ts', import.meta.url).href;
  const module = `import { dotenv } from ${JSON.stringify(source)};\n${script}`;
  const args = ['--input-type=module', '--eval', module, directory];
  return (await promisify(execFile)(process.execPath, args, { timeout: 120_000 })).stdout;
}
