// What events cost a cached resolve while nobody listens, and what metrics cost it: beside copies of core without them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { figure, median } from './measure.ts';

const ROUNDS = 15;
const source = new URL('../packages/core/src/', import.meta.url).pathname;
const timer = new URL('./events-process.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));

/** What a hit does for events and for metrics. */
const EVENTS = [
  'const begunAt = events.isHeard() ? performance.now() : undefined;',
  'if (begunAt !== undefined) tellServed(events, begunAt, isBare, answers);',
];
const METRICS = ['for (const { probe, reads } of shares) probe.hit(reads);'];

const copies: Readonly<Record<string, readonly string[]>> = {
  'as it is': [],
  'as it is, once more': [],
  'without events': EVENTS,
  'without events and metrics': [...EVENTS, ...METRICS],
};

/** Builds a copy of core without some lines of `cache-hits.ts`, and gives its path. */
async function copyWithout(removed: readonly string[], name: string): Promise<string> {
  const outfile = join(folder, `${name.replaceAll(/\W+/g, '-')}.mjs`);
  await build({
    entryPoints: [join(source, 'index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    plugins: [
      {
        name: 'remove',
        setup({ onLoad }) {
          onLoad({ filter: /\/cache-hits\.ts$/ }, ({ path }) => {
            let contents = readFileSync(path, 'utf8');
            for (const text of removed) {
              if (!contents.includes(text)) throw new Error(`cache-hits.ts has no such line: ${text}`);
              contents = contents.replace(text, '');
            }
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  return outfile;
}

type Times = { readonly one: number; readonly many: number };

const paths: [name: string, path: string][] = [];
for (const [name, removed] of Object.entries(copies)) paths.push([name, await copyWithout(removed, name)]);
const rounds: ReadonlyMap<string, Times>[] = [];
for (let round = 0; round < ROUNDS; round++) {
  // In turns that begin elsewhere each time, so that all of them meet the same machine.
  paths.push(...paths.splice(0, 1));
  const times = paths.map(([name, path]): [string, Times] => [
    name,
    JSON.parse(execFileSync(process.execPath, [timer, path], { encoding: 'utf8' })),
  ]);
  rounds.push(new Map(times));
}
rmSync(folder, { recursive: true });

for (const [what, key] of [['one secret', 'one'] as const, ['a manifest of 50', 'many'] as const]) {
  const nanosOf = (round: ReadonlyMap<string, Times>, name: string) => round.get(name)?.[key] ?? Number.NaN;
  for (const name of Object.keys(copies)) {
    const nanos = median(rounds.map((round) => nanosOf(round, name)));
    figure(`${what}: ${name}`, `${nanos.toFixed(1)} ns`);
  }
  /** How much longer a hit takes than one of another copy, in percent: the middle of the rounds' ratios. */
  const costOver = (name: string) =>
    100 * (median(rounds.map((round) => nanosOf(round, 'as it is') / nanosOf(round, name))) - 1);
  const events = costOver('without events');
  const goal = { text: '<= 3 %', met: events <= 3 };
  figure(`${what}: events that nobody listens to cost`, `${events.toFixed(1)} %`, goal);
  figure(`${what}: and with the metrics`, `${costOver('without events and metrics').toFixed(1)} %`);
  figure(`${what}: noise, over an equal copy`, `${costOver('as it is, once more').toFixed(1)} %`);
}
