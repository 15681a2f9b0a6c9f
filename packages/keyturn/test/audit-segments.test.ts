import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  auditFolder,
  event,
  files,
  headsFile,
  KEY,
  kinds,
  linesOf,
  names,
  opened,
  publicKeyFile,
  records,
  signed,
  verified,
  written,
} from './support/audit.ts';

const first = () => join(auditFolder(), files()[0] ?? '');
const texts = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('segments', () => {
  it('follow each other by size, and the chain goes on', async () => {
    await written(texts('a', 20), { maxBytes: 3_000 });
    expect(files().length).toBeGreaterThan(2);
    const [one = '', two = ''] = files();
    const end = linesOf(join(auditFolder(), one));
    const [open] = linesOf(join(auditFolder(), two)).map((line) => JSON.parse(line));
    expect(open.after).toEqual({ segment: one.replace('.jsonl', ''), n: end.length });
    expect(names()).toEqual(texts('a', 20));
    expect((await verified()).segments.every(({ closed }) => closed)).toBe(true);
  });

  it('follow each other by age', async () => {
    const sink = opened({ maxAge: 1 });
    await sink.write([event('a')], 0);
    const [{ birthtimeMs }] = [statSync(first())];
    await expect.poll(() => Date.now() - birthtimeMs).toBeGreaterThan(2);
    await sink.write([event('b')], 0);
    await sink.close?.();
    expect(files().length).toBe(2);
  });

  it('stand in the order in which one process opened them, within a millisecond too', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await written(texts('a', 6), { maxBytes: 1 });
    vi.useRealTimers();
    expect(names()).toEqual(texts('a', 6));
    expect(files().length).toBe(6);
  });

  it('are not begun for what is due while nothing is written', async () => {
    const sink = opened({ ...signed, headEvery: 1, maxAge: 1 });
    await sink.write([event('a')], 0);
    await expect.poll(() => kinds()).toContain('head');
    await sink.close?.();
    expect(kinds()).toEqual(['open', 'event', 'head', 'close', 'head']);
  });

  it('are one for each writer', async () => {
    const sinks = [opened(), opened()];
    await Promise.all(sinks.map((sink, index) => sink.write([event(`writer-${index}`)], 0)));
    await Promise.all(sinks.map((sink) => sink.close?.()));
    expect(files().length).toBe(2);
    expect((await verified()).ok).toBe(true);
  });

  it('are kept by number, the removed ones on the record, inside and outside', async () => {
    await written(texts('a', 30), { ...signed, maxBytes: 3_000, keep: 2, heads: headsFile() });
    expect(files().length).toBe(2);
    const publicKey = publicKeyFile(KEY);
    expect(await verified({ publicKey, heads: headsFile() })).toMatchObject({ ok: true, problems: [] });
    expect(await verified({ publicKey })).toMatchObject({ ok: true, problems: [] });
    expect(linesOf(headsFile()).filter((line) => line.includes('"removed"')).length).toBeGreaterThan(2);
  });

  it('are kept by age, but for those that may have a writer', async () => {
    await written(['old']);
    const [old = ''] = files();
    const live = opened();
    await live.write([event('quiet')], 0);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_500_000 });
    await written(['new'], { keep: '10m' }).finally(() => vi.useRealTimers());
    expect(files()).not.toContain(old);
    expect(names()).toEqual(['quiet', 'new']);
    expect(records().find(({ kind }) => kind === 'removed')).toMatchObject({
      segment: old.replace('.jsonl', ''),
      n: 3,
    });
    await live.close?.();
  });
});

it('a file that somebody dated back is not removed for its age', async () => {
  await written(['young']);
  utimesSync(join(auditFolder(), files()[0] ?? ''), 1, 1);
  await written(['new'], { keep: '10m' });
  expect(names()).toEqual(['young', 'new']);
});

describe('a record torn by a crash', () => {
  /** What a writer leaves that is killed in the middle of a record, a minute ago. */
  async function tear(cutBytes = 20): Promise<string> {
    await written(['a', 'b']);
    const [whole = ''] = files();
    const bytes = readFileSync(join(auditFolder(), whole));
    const end = bytes.lastIndexOf('{"n":4');
    writeFileSync(join(auditFolder(), whole), bytes.subarray(0, end - cutBytes));
    const minuteAgo = Date.now() / 1_000 - 61;
    utimesSync(join(auditFolder(), whole), minuteAgo, minuteAgo);
    return whole.replace('.jsonl', '');
  }

  it('is kept, and recorded by the next segment, once', async () => {
    const torn = await tear();
    const left = readFileSync(first());
    await written(['next'], signed);
    await written(['after it'], signed);
    expect(files()[0]).toBe(`${torn}.torn.jsonl`);
    expect(readFileSync(first())).toEqual(left);
    const said = files()
      .slice(1)
      .flatMap((file) => linesOf(join(auditFolder(), file)).filter((line) => line.includes('"torn"')));
    expect(said.map((line) => JSON.parse(line))).toMatchObject([
      { kind: 'torn', segment: torn, n: 2, bytes: left.length - left.lastIndexOf('\n') - 1 },
    ]);
    expect(await verified()).toMatchObject({
      ok: true,
      segments: [{ segment: torn, records: 2, tornBytes: expect.any(Number) }, {}, {}],
    });
  });

  it('vouches for what stands before it: a later cut shows', async () => {
    const torn = await tear();
    await written(['next']);
    writeFileSync(first(), `${linesOf(first())[0]}\n`);
    expect((await verified()).problems).toMatchObject([{ segment: torn, line: 2, what: 'truncated' }]);
  });

  it('is not taken for one while its writer may still write', async () => {
    const torn = await tear();
    utimesSync(first(), new Date(), new Date());
    await written(['next']);
    expect(files()[0]).toBe(`${torn}.jsonl`);
    expect(kinds()).not.toContain('torn');
  });

  it('is looked for among the 250 newest and the 250 oldest, since a folder can hold years', async () => {
    const torn = await tear();
    const add = (year: number, index: number) =>
      writeFileSync(
        join(auditFolder(), `${year}0101T000000000Z-1-${String(index).padStart(16, '0')}.jsonl`),
        '',
      );
    for (let index = 0; index < 250; index++) {
      add(2001, index);
      add(2099, index);
    }
    await written(['next']);
    expect(files()).toContain(`${torn}.jsonl`);
    for (let index = 0; index < 3; index++) rmSync(join(auditFolder(), files().at(-1) ?? ''));
    await written(['after it']);
    expect(files()).toContain(`${torn}.torn.jsonl`);
  });
});
