// What the audit file costs: events a second for each fsync policy, and verifying beside sha256sum. The number of records
// that are verified is the argument, 1,000,000 without one.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { figure, median } from './measure.ts';

const RECORDS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 3;
const program = new URL('./audit-process.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const start = promisify(execFile);

async function run(...args: readonly string[]): Promise<{ readonly ms: number; readonly peakBytes: number }> {
  const { stdout } = await start(process.execPath, [program, ...args]);
  return JSON.parse(stdout);
}

/** Events a second of all processes together, the middle of some rounds. */
async function eventsPerSecond(processes: number, fsync: string, events: number, atOnce: number) {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const path = mkdtempSync(join(folder, 'audit-'));
    const args = ['write', path, fsync, String(events), String(atOnce)];
    const runs = await Promise.all(Array.from({ length: processes }, () => run(...args)));
    rates.push(runs.reduce((sum, { ms }) => sum + (1_000 * events) / ms, 0));
    rmSync(path, { recursive: true });
  }
  return median(rates);
}

for (const processes of [1, 8]) {
  for (const [fsync, events] of [
    ['never', 16_000],
    ['interval', 16_000],
    ['always', 1_600],
  ] as const) {
    for (const atOnce of [1, 16]) {
      const rate = await eventsPerSecond(processes, fsync, events / processes, atOnce);
      const what = `${processes} ${processes === 1 ? 'process' : 'processes'}, ${fsync}, ${atOnce} at once`;
      figure(what, `${Math.round(rate)} events/s`);
    }
  }
}

/** Bytes, milliseconds and peak memory of verifying so many records. */
async function verified(records: number) {
  const path = mkdtempSync(join(folder, 'audit-'));
  await run('write', path, 'never', String(records), '1000');
  const files = readdirSync(path).map((name) => join(path, name));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const sums: number[] = [];
  const runs: { readonly ms: number; readonly peakBytes: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    execFileSync('sha256sum', files);
    sums.push(performance.now() - begun);
    runs.push(await run('verify', path));
  }
  rmSync(path, { recursive: true });
  const ms = median(runs.map((each) => each.ms));
  return { bytes, ms, sha256sumMs: median(sums), peakBytes: median(runs.map((each) => each.peakBytes)) };
}

const all = await verified(RECORDS);
const few = await verified(RECORDS / 100);
const megabytes = all.bytes / 1e6;
figure(`verify ${RECORDS} records`, `${Math.round((1_000 * megabytes) / all.ms)} MB/s`);
figure('sha256sum of the same files', `${Math.round((1_000 * megabytes) / all.sha256sumMs)} MB/s`);
figure('verify takes, as often as sha256sum', `${(all.ms / all.sha256sumMs).toFixed(1)} times`);
const grown = all.peakBytes / few.peakBytes;
const goal = { text: '<= 2', met: grown <= 2 };
figure(`peak memory of ${RECORDS} records`, `${Math.round(all.peakBytes / 1e6)} MB`);
figure('over that of a hundredth of them', `${grown.toFixed(2)} times`, goal);
rmSync(folder, { recursive: true });
