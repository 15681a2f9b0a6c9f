import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readAuditFileOptions } from '../src/audit/file-options.ts';
import { bodyOf } from '../src/audit/record.ts';
import { createWriter } from '../src/audit/writer.ts';
import {
  auditFolder,
  event,
  files,
  folder,
  KEY,
  names,
  opened,
  publicKeyFile,
  records,
  signed,
  verified,
  written,
} from './support/audit.ts';

const first = () => join(auditFolder(), files()[0] ?? '');

describe('what cannot be written', () => {
  it('is refused with the reason, and the next event is written as soon as it can be', async () => {
    const path = join(folder, 'later', 'audit');
    const sink = opened({ path, onFailure: 'refuse' });
    expect(sink).toMatchObject({ awaited: true, onFailure: 'refuse', title: `audit file ${path}` });
    await expect(sink.write([event('lost')], 0)).rejects.toThrow(
      `the audit in ${path} could not be written: it does not exist: create it, or correct the path`,
    );
    mkdirSync(join(folder, 'later'));
    await sink.write([event('there')], 1);
    await sink.close?.();
    expect(records(path)).toMatchObject([
      { kind: 'open' },
      { kind: 'dropped', count: 1 },
      { kind: 'event' },
      {},
    ]);
  });

  it('goes on in another folder of the same name when somebody removed it, which shows', async () => {
    const sink = opened();
    await sink.write([event('removed')], 0);
    const [gone = ''] = files();
    rmSync(auditFolder(), { recursive: true });
    await sink.write([event('there')], 0);
    await sink.close?.();
    expect(names()).toEqual(['there']);
    expect((await verified()).problems).toEqual([
      {
        segment: gone.replace('.jsonl', ''),
        what: 'missing',
        message: `is missing: segment ${files()[0]?.replace('.jsonl', '')} goes on from its record 2`,
      },
    ]);
  });

  /** Writes 30 events, of which each is a third of a KiB, where no file may have more than so many KiB. */
  function writeWithLimit(kib: number): readonly string[] {
    const program = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve: (name, context, next) => name === '@keyturn/core' ? { url: '${new URL('../../core/src/index.ts', import.meta.url)}', shortCircuit: true } : next(name, context) });
      const { auditFile } = await import('${new URL('../src/audit/file.ts', import.meta.url)}');
      const sink = auditFile({ path: '${auditFolder()}', fsync: 'never' });
      for (let n = 0; n < 30; n++) {
        const event = { schema: 1, id: '0', time: new Date().toISOString(), action: 'resolve', name: 'n' + n, outcome: 'ok', process: {} };
        await sink.write([event], 0).catch(({ message }) => console.log(message));
      }`;
    const shell = `trap '' XFSZ; ulimit -f ${kib}; exec "$0" --input-type=module -e "$1"`;
    const output = execFileSync('bash', ['-c', shell, process.execPath, program], { encoding: 'utf8' });
    return output.trim().split('\n');
  }
  const full = () => `the audit in ${auditFolder()} could not be written: the file system says EFBIG`;

  it('leaves no part of a record behind, and goes on in the next segment', async () => {
    const refused = writeWithLimit(4);
    expect(new Set(refused)).toEqual(new Set([full()]));
    expect(names().length).toBe(30 - refused.length);
    expect(files().length).toBe(refused.length + 1);
    expect(await verified()).toMatchObject({ ok: true, problems: [] });
    expect((await verified()).segments.map(({ tornBytes }) => tornBytes)).toEqual(files().map(() => 0));
  });

  it('is a head, and the events before it are not told as lost', async () => {
    const settings = readAuditFileOptions({ path: auditFolder(), ...signed, headEvery: 1, fsync: 'never' });
    let wake = () => {};
    const isDue = new Promise<void>((due) => {
      wake = due;
    });
    const writer = createWriter(settings, () => wake());
    const append = (name: string) => writer.append([bodyOf({ kind: 'event', event: event(name) })]);
    await append('a');
    await isDue;
    const handle = await open(first());
    await handle.close();
    const original = Object.getPrototypeOf(handle).write;
    const failing = vi.spyOn(Object.getPrototypeOf(handle), 'write').mockImplementation(function (
      this: unknown,
      bytes: unknown,
    ) {
      if (String(bytes).includes('"kind":"head"')) return Promise.reject(new Error('EIO'));
      return original.call(this, bytes);
    });
    await append('b').finally(() => failing.mockRestore());
    await append('c');
    await writer.close();
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(await verified({ publicKey: publicKeyFile(KEY) })).toMatchObject({ ok: true, problems: [] });
    expect(files().length).toBe(2);
  });

  it('leaves no empty segments behind while nothing can be written', () => {
    expect(writeWithLimit(0)).toEqual(Array.from({ length: 30 }, full));
    expect(files()).toEqual([]);
  });

  it('is a warning of nobody where others own what lies in the folder', async () => {
    await written(['a']);
    writeFileSync(join(auditFolder(), 'notes.txt'), 'canary');
    renameSync(first(), `${first()}.bak`);
    chmodSync(join(auditFolder(), 'notes.txt'), 0o000);
    await written(['b'], { keep: 1 });
    expect(files().length).toBe(3);
    expect((await verified()).records).toBe(3);
  });
});
