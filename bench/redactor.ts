// What masking costs: `keyturn run --mask` beside a plain pipe, and a redactor on the lines of a log.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hrtime } from 'node:process';
import { createRedactor } from '@keyturn/core';
import { figure, median } from './measure.ts';

const ROUNDS = 7;
const MEBIBYTES = 100;
const runChild = new URL('../packages/keyturn/test/fixtures/run-child.ts', import.meta.url).pathname;
const secrets = Array.from({ length: 500 }, () => randomBytes(24).toString('base64'));
const line = `${JSON.stringify({ level: 30, time: 1_790_000_000_000, pid: 4711, msg: 'request completed', url: '/orders/17' })}\n`;

const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const log = join(folder, 'log');
writeFileSync(log, line.repeat(Math.ceil((MEBIBYTES * 2 ** 20) / line.length)));

function milliseconds(work: () => void): number {
  const start = hrtime.bigint();
  work();
  return Number(hrtime.bigint() - start) / 1e6;
}

function command(name: string, args: readonly string[]): number {
  return milliseconds(() => {
    const { status, stderr } = spawnSync(name, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  });
}

const masked = (mask: readonly string[] | undefined, file: string) =>
  command(process.execPath, [
    runChild,
    JSON.stringify({ command: 'cat', args: [file], env: process.env, mask }),
  ]);
const relay = 'process.stdin.pipe(process.stdout)';
const ways: Readonly<Record<string, () => number>> = {
  'cat through a plain pipe': () => command('sh', ['-c', `cat ${log} | cat > /dev/null`]),
  "cat through Node's own pipe()": () =>
    command('sh', ['-c', `cat ${log} | "${process.execPath}" -e '${relay}' | cat > /dev/null`]),
  'cat masked by 20 secrets': () =>
    masked(secrets.slice(0, 20), log) - masked(secrets.slice(0, 20), '/dev/null'),
  'cat masked by 500 secrets': () => masked(secrets, log) - masked(secrets, '/dev/null'),
};
const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, time] of Object.entries(ways)) times.get(name)?.push(time());
}
rmSync(folder, { recursive: true });

const of = (name: string) => median(times.get(name) ?? []);
for (const name of times.keys()) {
  figure(name, `${((MEBIBYTES / of(name)) * 1000).toFixed(0)} MiB/s`);
}
const plain = of('cat through a plain pipe');
figure('masked by 20, beside a plain pipe', `${(of('cat masked by 20 secrets') / plain).toFixed(1)} x`);
const node = of("cat through Node's own pipe()");
figure("masked by 20, beside Node's own pipe()", `${(of('cat masked by 20 secrets') / node).toFixed(1)} x`);

for (const count of [20, 500]) {
  const redactor = createRedactor(secrets.slice(0, count));
  const table = milliseconds(() => void redactor.redact(line));
  figure(`a redactor's first line after ${count} secrets changed`, `${table.toFixed(0)} ms`);
  const perLine = Array.from({ length: 50 }, () =>
    milliseconds(() => {
      for (let at = 0; at < 1000; at++) redactor.redact(line);
    }),
  );
  figure(`a line of ${line.length} bytes, masked by ${count} secrets`, `${median(perLine).toFixed(2)} us`);
}
