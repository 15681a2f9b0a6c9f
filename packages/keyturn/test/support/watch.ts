import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { project, type RunningCli, startKeyturn } from './cli.ts';

/**
 * `app://KEY` and `app://PORT` in the folder `secrets`. What was read is appended to the file `reads`, a line a check;
 * a value that has a file of its name in the folder `then` is replaced by what that holds, right after it was read.
 */
const CONFIG = `
import { appendFileSync, existsSync, renameSync } from 'node:fs';
import { as, defineConfig, file } from 'keyturn';

const store = file({ root: 'secrets' });
async function fetch(locators, options) {
  const outcomes = await store.fetch(locators, options);
  const values = outcomes.map((outcome) => outcome.ok ? Buffer.from(outcome.value.value).toString() : outcome.code);
  for (const value of values) if (existsSync('then/' + value)) renameSync('then/' + value, 'secrets/KEY');
  appendFileSync('reads', values.join(' ').slice(0, 100) + '\\n');
  if (existsSync('throw')) setImmediate(() => { throw new RangeError('canary-thrown'); });
  return outcomes;
}
const close = async () => appendFileSync('reads', 'closed\\n');
export default defineConfig({
  environment: 'a',
  environments: { a: { providers: { app: { ...store, fetch, [Symbol.asyncDispose]: close } } } },
  secrets: { KEY: 'app://KEY', PORT: { ref: 'app://PORT', as: as.port(), sensitive: false } },
});
`;

export interface Scene {
  readonly folder: string;
  /** Sets a secret, all at once. */
  set(name: string, value: string): void;
  /** The lines of `reads`. */
  reads(): readonly string[];
}

export function scene(files: Readonly<Record<string, string>> = {}): Scene {
  const folder = project({
    'keyturn.config.js': CONFIG,
    'secrets/KEY': 'canary-1',
    'secrets/PORT': '1001',
    'then/none': '',
    ...files,
  });
  return {
    folder,
    set(name, value) {
      writeFileSync(join(folder, 'new'), value);
      renameSync(join(folder, 'new'), join(folder, 'secrets', name));
    },
    reads: () => readFileSync(join(folder, 'reads'), 'utf8').split('\n').slice(0, -1),
  };
}

export const QUICK = ['--interval', '20ms', '--settle', '20ms'];
/** Says that it is up, and with what; runs until it is told to end. */
export const UP =
  'console.log(`up ${process.pid} ${process.env.KEY} ${process.env.PORT}`); setInterval(() => {}, 1000);';

export function watch(folder: string, program: string, options: readonly string[] = QUICK): RunningCli {
  return startKeyturn(folder, ['run', '--watch', ...options, '--', process.execPath, '-e', program]);
}

export const until = (look: () => unknown) =>
  expect.poll(look, { timeout: 120_000, interval: 20 }).toBeTruthy();
/** The starts so far: the ids of the processes, and what they were given. */
export const starts = ({ stdout }: RunningCli) =>
  [...stdout().matchAll(/^up (\d+) (.*)$/gm)].map(([, id, given]) => ({ id: Number(id), given }));
export const given = (cli: RunningCli) => starts(cli).map((start) => start.given);

/** Whether a process runs; a zombie does not. */
export function runs(id: number): boolean {
  const status = existsSync(`/proc/${id}`) ? readFileSync(`/proc/${id}/status`, 'utf8') : 'State:\tZ';
  return !/^State:\t[ZX]/m.test(status);
}
