import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditFile, verifyAudit } from '../src/index.ts';
import { event, folder, KEY, namesOf, publicKeyFile, records } from './support/audit.ts';

const ROUNDS = Number(process.env.KEYTURN_CRASH_ROUNDS ?? 60);
const WRITERS = 8;
/** The fewest of a round. */
const ACKNOWLEDGED = 1_000;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let bundled: string;
let child: string;

// One file starts in a third of the time that its sources take, and is made of them, never of a build.
beforeAll(async () => {
  bundled = mkdtempSync(join(tmpdir(), 'audit-child-'));
  child = join(bundled, 'child.mjs');
  await build({
    entryPoints: [here('./fixtures/audit-child.ts')],
    outfile: child,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    alias: { '@keyturn/core': here('../../core/src/index.ts') },
  });
});
afterAll(() => rmSync(bundled, { recursive: true, force: true }));

interface Writer {
  readonly process: ChildProcess;
  /** What it was told to be on the record before it was killed. */
  readonly acknowledged: Promise<readonly string[]>;
}

/**
 * Every second writer signs, and begins another segment now and then. One kills itself, within a write that the
 * system takes long for, so that it may be cut in two; the others are killed from here.
 */
function start(path: string, index: number): Writer {
  const name = `${'abcdefgh'.charAt(index)}-`;
  const signs = index % 2 === 0 && { maxBytes: 50_000, headEvery: 5, heads: join(folder, 'heads') };
  const fewest = ACKNOWLEDGED / WRITERS;
  const killsItself = index === 1;
  const task = {
    name,
    ...(killsItself && { longFrom: fewest + 1 }),
    options: { path, fsync: index % 4 === 3 ? 'always' : 'never', ...signs },
    ...(signs && { seed: KEY.seed.toString('hex') }),
  };
  const writer = spawn(process.execPath, [child, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killAfter = killsItself ? Number.MAX_SAFE_INTEGER : fewest + Math.floor(Math.random() * 50);
  let output = '';
  let count = 0;
  writer.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text;
    count += text.split('\n').length - 1;
    if (count >= killAfter) writer.kill('SIGKILL');
  });
  const acknowledged = once(writer, 'close').then(([, signal]) => {
    expect(signal).toBe('SIGKILL');
    // What follows the last line end is a part of a number.
    return output
      .split('\n')
      .slice(0, -1)
      .map((number) => `${name}${number}`);
  });
  return { process: writer, acknowledged };
}

async function round(path: string): Promise<{ readonly acknowledged: number; readonly torn: number }> {
  mkdirSync(path);
  const writers = Array.from({ length: WRITERS }, (_, index) => start(path, index));
  const acknowledged = (await Promise.all(writers.map((writer) => writer.acknowledged))).flat();

  const check = { paths: [path], publicKey: publicKeyFile(KEY), heads: join(folder, 'heads') };
  const before = await verifyAudit(check);
  expect(before.problems).toEqual([]);
  const torn = before.segments.filter(({ tornBytes }) => tornBytes > 0);

  // Another writer finds and records what is torn, and nothing is lost by that.
  const sink = auditFile({ path, fsync: 'never', signingKey: () => KEY.seed });
  await sink.write([event('the next')], 0);
  await sink.close?.();
  const after = await verifyAudit(check);
  expect(after.problems).toEqual([]);
  const all = records(path);
  // Twice, where the first that recorded it was killed before it could rename it.
  const said = all.flatMap(({ kind, segment }) => (kind === 'torn' ? [segment] : []));
  expect(new Set(said)).toEqual(new Set(torn.map(({ segment }) => segment)));

  const found = new Set(namesOf(all));
  expect(acknowledged.filter((name) => !found.has(name))).toEqual([]);
  return { acknowledged: acknowledged.length, torn: torn.length };
}

it(
  `${ROUNDS} times ${WRITERS} writers are killed at some moment, and every acknowledged event is on the record`,
  async ({ annotate }) => {
    const counts = { acknowledged: 0, torn: 0 };
    for (let index = 0; index < ROUNDS; index++) {
      const path = join(folder, `round-${index}`);
      const { acknowledged, torn } = await round(path);
      expect(acknowledged).toBeGreaterThanOrEqual(ACKNOWLEDGED);
      counts.acknowledged += acknowledged;
      counts.torn += torn;
      rmSync(path, { recursive: true });
      rmSync(join(folder, 'heads'));
    }
    await annotate(`${counts.acknowledged} acknowledged, ${counts.torn} segments with a torn end`);
  },
  ROUNDS * 60_000,
);
