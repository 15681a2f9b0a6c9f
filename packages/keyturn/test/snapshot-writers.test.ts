import type { ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../src/index.ts';
import { ended } from './fixtures/runner.ts';
import {
  dataFolder,
  entriesOf,
  entry,
  folder,
  KEY,
  saved,
  snapshotFile,
  startChild,
} from './support/snapshots.ts';

const opened = () => snapshot({ file: snapshotFile(), key: () => KEY });
const temporary = () => dataFolder().filter((name) => name !== 'snapshot');

/** The one text that all values of the snapshot are made of; throws for a snapshot of two writers, or a torn one. */
async function writerOf(): Promise<string | undefined> {
  const entries = await entriesOf(opened());
  const texts = new Set(entries.map(({ value }) => String(value)));
  const [text = ''] = texts;
  if (entries.length === 0) return undefined;
  expect([texts.size, entries.length, text]).toEqual([1, 20, text.charAt(0).repeat(2_000)]);
  return text.charAt(0);
}

/** Waits until a process has printed so many lines. */
async function lines({ stdout }: ChildProcess, count: number): Promise<void> {
  let seen = 0;
  for await (const chunk of on(stdout ?? expect.unreachable('no output'), 'data')) {
    seen += String(chunk).split('\n').length - 1;
    if (seen >= count) return;
  }
}

describe('several writers at once', () => {
  it('leave a whole file of one of them at every moment', async () => {
    const times = 150;
    const children = ['a', 'b', 'c'].map((text) => startChild({ text, times }));
    const all = Promise.all(children.map(ended));
    let running = true;
    all.finally(() => {
      running = false;
    });
    const seen = new Map<string | undefined, number>();
    while (running) {
      const writer = await writerOf();
      seen.set(writer, (seen.get(writer) ?? 0) + 1);
    }
    expect(await all).toMatchObject([{ code: 0 }, { code: 0 }, { code: 0 }]);
    expect(seen.size).toBeGreaterThan(2);
    expect(dataFolder()).toEqual(['snapshot']);
  });

  it('in one process too', async () => {
    const writes = Array.from({ length: 20 }, (_, index) => saved(opened(), entry(`canary-${index}`)));
    expect(new Set(await Promise.all(writes))).toEqual(new Set(['ok']));
    expect(await entriesOf(opened())).toHaveLength(1);
    expect(dataFolder()).toEqual(['snapshot']);
  });
});

describe('a writer that is killed', () => {
  it('leaves a whole file, and what it left beside it is removed by a later save', async () => {
    expect(await saved(opened(), ...Array.from({ length: 20 }, () => entry('s'.repeat(2_000))))).toBe('ok');
    const writers = new Set<string | undefined>();
    for (let round = 0; round < 20 || temporary().length === 0; round++) {
      expect(round, 'no kill hit a write').toBeLessThan(100);
      const child = startChild({ text: 'abcdefgh'.charAt(round % 8), times: 1_000_000 });
      const end = once(child, 'close');
      // A line before the first save, and one after each: it is killed at some moment of the save that follows.
      await lines(child, 1 + (round % 3));
      for (let turn = 0; turn < 7 * round; turn++) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      expect(await end).toEqual([null, 'SIGKILL']);
      writers.add(await writerOf());
    }
    expect(writers.size).toBeGreaterThan(2);
    expect(writers).not.toContain(undefined);

    const left = temporary();
    expect(left.every((name) => /^\.snapshot\.[0-9a-f]{16}\.tmp$/.test(name))).toBe(true);
    const minuteAgo = Date.now() / 1_000 - 61;
    for (const name of left) utimesSync(join(folder, 'data', name), minuteAgo, minuteAgo);
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    expect(dataFolder()).toEqual(['snapshot']);
  }, 120_000);
});

describe('temporary files', () => {
  const minuteAgo = Date.now() / 1_000 - 61;

  it('that may be in use, or are not ours, stay', async () => {
    const foreign = [
      '.snapshot.tmp',
      '.snapshot.0123456789abcdef',
      '.other.0123456789abcdef.tmp',
      'snapshot.bak',
    ];
    for (const name of foreign) {
      writeFileSync(join(folder, 'data', name), '');
      utimesSync(join(folder, 'data', name), minuteAgo, minuteAgo);
    }
    const young = '.snapshot.0123456789abcdef.tmp';
    writeFileSync(join(folder, 'data', young), '');
    const old = '.snapshot.00000000000000aa.tmp';
    writeFileSync(join(folder, 'data', old), '');
    utimesSync(join(folder, 'data', old), minuteAgo, minuteAgo);
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    expect(readdirSync(join(folder, 'data')).sort()).toEqual([...foreign, young, 'snapshot'].sort());
  });
});
