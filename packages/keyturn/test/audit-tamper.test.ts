import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AuditHead, AuditProblem } from '../src/index.ts';
import {
  auditFolder,
  event,
  files,
  headsFile,
  KEY,
  linesOf,
  opened,
  publicKeyFile,
  signed,
  verified,
  written,
} from './support/audit.ts';
import { type Copy, type Original, TAMPERINGS, type Tampering } from './support/tampering.ts';

const SEED = Number(process.env.KEYTURN_SEED ?? 1);
const TIMES = 1_000;

/** Mulberry32: a run can be made again by its seed. */
function randomOf(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const eventNames = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/**
 * A writer with three segments, one with one, and one that was killed after its last head; and the heads that had
 * gone outside by then.
 */
async function writeOriginals(): Promise<readonly Original[]> {
  const heads: AuditHead[] = [];
  const options = { ...signed, heads: (head: AuditHead) => void heads.push(head) };
  await written(eventNames('rotated', 30), { ...options, maxBytes: 5_000 });
  await written(eventNames('single', 20), options);
  const rotated = files().slice(0, -1);
  const killed = opened({ ...options, headEvery: 1 });
  await killed.write(
    eventNames('before', 12).map((name) => event(name)),
    0,
  );
  const known = new Set(files());
  await expect
    .poll(() => heads.some(({ segment }) => !rotated.includes(`${segment}.jsonl`) && !closed(segment)))
    .toBe(true);
  // Together, so that no head comes between them.
  await killed.write(
    eventNames('after', 5).map((name) => event(name)),
    0,
  );
  await killed.close?.();
  expect(new Set(files())).toEqual(known);

  const originals = files().map((file): Original => {
    const lines = linesOf(join(auditFolder(), file));
    const isKilled = lines.some((line) => line.includes('"name":"after0"'));
    const end = lines.findIndex((line) => line.includes('"name":"after3"'));
    const kept = isKilled ? lines.slice(0, end) : lines;
    const newest = heads.filter(({ segment, n }) => file.startsWith(segment) && n <= kept.length).at(-1);
    const hasSuccessor = rotated.indexOf(file) >= 0 && rotated.indexOf(file) < rotated.length - 1;
    return { file, lines: kept, rest: '', hasSuccessor, outsideTo: newest?.n ?? 0 };
  });
  const byFile = new Map(originals.map((original) => [`${original.file}`, original]));
  const kept = heads.filter(({ segment, n }) => n <= (byFile.get(`${segment}.jsonl`)?.lines.length ?? 0));
  writeFileSync(headsFile(), kept.map((head) => `${JSON.stringify(head)}\n`).join(''));
  return originals;

  function closed(segment: string): boolean {
    return linesOf(join(auditFolder(), `${segment}.jsonl`)).some((line) => line.includes('"kind":"close"'));
  }
}

function put(file: string, copy: Copy | undefined): void {
  const path = join(auditFolder(), file);
  if (copy === undefined) rmSync(path);
  else writeFileSync(path, [...copy.lines, copy.rest].join('\n'), 'latin1');
}

const MODES = ['without a key', 'with the public key', 'with key and heads'] as const;

/** For each mode, the first problem. */
async function problemsOf(publicKey: string): Promise<readonly (AuditProblem | undefined)[]> {
  const verdicts = [
    await verified(),
    await verified({ publicKey }),
    await verified({ publicKey, heads: headsFile() }),
  ];
  return verdicts.map(({ problems }) => problems[0]);
}

function checkPlace(problem: AuditProblem, { row, file, lines: [from, to] }: Tampering): void {
  expect(`${problem.segment}.jsonl`, row).toBe(file);
  if (problem.what === 'missing') return;
  expect(problem.line, `${row}: ${problem.message}`).toBeGreaterThanOrEqual(from);
  expect(problem.line, `${row}: ${problem.message}`).toBeLessThanOrEqual(to);
}

const said = (seen: ReadonlySet<boolean>) =>
  seen.size > 1 ? 'can pass' : seen.has(true) ? 'shows' : 'does not show';

it(`${TIMES} tamperings show as docs/audit.md says, at their place (KEYTURN_SEED=${SEED})`, async () => {
  const originals = await writeOriginals();
  const publicKey = publicKeyFile(KEY);
  for (const original of originals) put(original.file, original);
  expect(await problemsOf(publicKey)).toEqual([undefined, undefined, undefined]);

  const random = randomOf(SEED);
  const rows = new Map<string, readonly Set<boolean>[]>();
  for (let time = 0; time < TIMES; time++) {
    // Each of them is done to each segment, and each fourth time at its end.
    const tamper = TAMPERINGS[time % TAMPERINGS.length];
    const turn = Math.floor(time / TAMPERINGS.length);
    const original = originals[turn % originals.length];
    const atEnd = Math.floor(turn / originals.length) % 4 === 0;
    if (!original || !tamper) throw new Error('nothing to tamper with');
    const tampering = tamper(original, Object.assign(random, { atEnd }), originals);
    for (const [file, copy] of tampering.changed) put(file, copy);
    const cells = rows.get(tampering.row) ?? MODES.map(() => new Set<boolean>());
    rows.set(tampering.row, cells);
    for (const [mode, problem] of (await problemsOf(publicKey)).entries()) {
      cells[mode]?.add(problem !== undefined);
      if (problem) checkPlace(problem, tampering);
    }
    for (const file of tampering.changed.keys()) {
      put(
        file,
        originals.find((each) => each.file === file),
      );
    }
  }
  const table = [...rows].map(([row, cells]) => `| ${[row, ...cells.map(said)].join(' | ')} |`).sort();
  const docs = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8');
  const written = /<!-- from test\/audit-tamper.test.ts -->\n\n.*\n.*\n([\s\S]*?)\n\n/.exec(docs)?.[1] ?? '';
  const told = written
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}/g, ' '))
    .sort();
  expect(told, 'the table of docs/audit.md').toEqual(table);
});
