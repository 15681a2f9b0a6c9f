import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AuditHead, ConfigError } from '../src/index.ts';
import {
  auditFolder,
  event,
  files,
  folder,
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

describe('the file', () => {
  it('has a line for each event, in order, that only its owner can read', async () => {
    await written(['a', 'b']);
    expect(kinds()).toEqual(['open', 'event', 'event', 'close']);
    expect(names()).toEqual(['a', 'b']);
    expect(records()[1]).toMatchObject({
      n: 2,
      kind: 'event',
      event: { schema: 1, name: 'a', outcome: 'ok' },
    });
    expect(files()).toEqual([expect.stringMatching(/^\d{8}T\d{9}Z-\d+-[0-9a-f]{16}\.jsonl$/)]);
    expect([auditFolder(), first()].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  it('is checked by a stranger with sha256sum and openssl', async () => {
    await written(['a', 'b'], signed);
    const lines = linesOf(first());
    const [open, a, b, close, head] = records();
    const sha256 = (input: string | undefined) =>
      execFileSync('sha256sum', { input: input ?? '', encoding: 'utf8' }).slice(0, 64);
    expect([open, a, b, close, head].map((record) => record?.prev)).toEqual([
      '0'.repeat(64),
      ...lines.slice(0, 4).map(sha256),
    ]);
    const signedText = `keyturn audit head 1\n${open?.segment}\n4\n${head?.prev}\n${head?.time}\n`;
    writeFileSync(join(folder, 'text'), signedText);
    writeFileSync(join(folder, 'signature'), Buffer.from(String(head?.signature), 'hex'));
    const check = ['pkeyutl', '-verify', '-pubin', '-inkey', publicKeyFile(KEY), '-rawin'];
    const files = ['-in', join(folder, 'text'), '-sigfile', join(folder, 'signature')];
    expect(execFileSync('openssl', [...check, ...files], { encoding: 'utf8' })).toMatch(/Successfully/);
  });

  it('is not there before the first event, and not without one', async () => {
    await opened(signed).close?.();
    expect(files(folder)).toEqual([]);
  });

  it('says how many events were lost before the next', async () => {
    const sink = opened();
    await sink.write([event('a')], 3);
    expect(records()[1]).toMatchObject({ kind: 'dropped', count: 3 });
    expect(names()).toEqual(['a']);
    await sink.close?.();
  });

  it('takes what comes at once in its order, as one block', async () => {
    const sink = opened();
    await Promise.all(texts('at-once-', 50).map((name) => sink.write([event(name)], 0)));
    await sink.close?.();
    expect(names()).toEqual(texts('at-once-', 50));
    expect((await verified()).ok).toBe(true);
  });

  it('takes an event at any turn after the one before, beside work that needs no disk', async () => {
    const sink = opened();
    for (let turns = 0; turns < 30; turns++) {
      const before = sink.write([event('before')], 0);
      const nothing = sink.write([], 0);
      await before;
      for (let turn = 0; turn < turns; turn++) await undefined;
      await sink.write([event('after')], 0);
      await nothing;
    }
    await sink.close?.();
    expect(names().length).toBe(60);
  });

  it('ends once, and opens anew for what comes later', async () => {
    const sink = opened();
    await sink.write([event('a')], 0);
    await Promise.all([sink.close?.(), sink.close?.()]);
    expect(kinds()).toEqual(['open', 'event', 'close']);
    await Promise.all([sink.write([event('b')], 0), sink.write([event('c')], 0)]);
    await sink.close?.();
    expect(kinds()).toEqual(['open', 'event', 'close', 'open', 'event', 'event', 'close']);
    expect(await verified()).toMatchObject({ ok: true });
  });

  it('cuts what no reader would take, and nothing else', async () => {
    const sink = opened();
    const reference = 'canary'.repeat(200_000);
    await Promise.all([
      sink.write([event('a', { reference, reason: 'short' })], 0),
      sink.write([event('b')], 0),
    ]);
    await sink.close?.();
    expect(names()).toEqual(['a', 'b']);
    expect(records()).toContainEqual(
      expect.objectContaining({
        event: expect.objectContaining({ reference: `${reference.slice(0, 10_000)}…`, reason: 'short' }),
      }),
    );
    expect(await verified()).toMatchObject({ ok: true });
  });
});

describe('heads', () => {
  it('are signed at an interval, while nothing is written too', async () => {
    const sink = opened({ ...signed, headEvery: 1 });
    await sink.write([event('a')], 0);
    await expect.poll(() => kinds()).toEqual(['open', 'event', 'head']);
    await sink.close?.();
    expect(kinds()).toEqual(['open', 'event', 'head', 'close', 'head']);
    expect(await verified({ publicKey: publicKeyFile(KEY) })).toMatchObject({
      ok: true,
      segments: [{ records: 5, provenTo: 4, closed: true }],
    });
  });

  it('go to a file outside, which only its owner can read', async () => {
    await written(['a'], { ...signed, heads: headsFile() });
    await written(['b'], { ...signed, heads: headsFile() });
    expect(statSync(headsFile()).mode & 0o777).toBe(0o600);
    const heads = linesOf(headsFile()).map((line) => JSON.parse(line));
    expect(heads).toMatchObject([
      { kind: 'head', n: 3 },
      { kind: 'head', n: 3 },
    ]);
  });

  it('that do not arrive hold up no event; they are warned of once and shipped again', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => warnings.push(message);
    process.on('warning', onWarning);
    const arrived: AuditHead[] = [];
    let isUp = false;
    let calls = 0;
    const heads = (head: AuditHead) => {
      calls += 1;
      if (!isUp) throw new Error('canary-token');
      arrived.push(head);
    };
    const sink = opened({ ...signed, heads, headEvery: 1 });
    await sink.write([event('a')], 0);
    await expect.poll(() => calls).toBe(1);
    await sink.write([event('b')], 0);
    await expect.poll(() => calls).toBe(2);
    isUp = true;
    await sink.close?.();
    expect(arrived.at(-1)).toMatchObject({ kind: 'head', n: kinds().length - 1 });
    expect(warnings).toEqual(['audit: the function heads of the audit file failed']);
    process.off('warning', onWarning);
  });

  it('that have not arrived at the end fail close(), after all else', async () => {
    const sink = opened({ ...signed, heads: join(folder, 'gone', 'heads') });
    await sink.write([event('a')], 0);
    await expect(sink.close?.()).rejects.toThrow(
      `the heads file ${join(folder, 'gone', 'heads')} could not be written: it does not exist: create it, or correct the path`,
    );
    expect(kinds()).toEqual(['open', 'event', 'close', 'head']);
  });
});

it('a write and a close in one turn, as of two resolvers, never write beside each other', async () => {
  const sink = opened();
  await sink.write([event('a')], 0);
  await Promise.all([sink.write([event('b')], 0), sink.close?.(), sink.write([event('c')], 0)]);
  await sink.close?.();
  expect(names()).toEqual(['a', 'b', 'c']);
  expect(await verified()).toMatchObject({ ok: true, problems: [] });
  expect(kinds()).toEqual(['open', 'event', 'event', 'close', 'open', 'event', 'close']);
});

describe('heads outside', () => {
  it('that are never answered hold up close() alone: the next event is written', async () => {
    const sink = opened({ ...signed, heads: () => new Promise<void>(() => {}) });
    await sink.write([event('a')], 0);
    void sink.close?.();
    await sink.write([event('b')], 0);
    expect(kinds()).toEqual(['open', 'event', 'close', 'head', 'open', 'event']);
  });

  it('begin a line of their own behind one that was cut off', async () => {
    await written(['a'], { ...signed, heads: headsFile() });
    appendFileSync(headsFile(), '{"kind":"head","segm');
    await written(['b'], { ...signed, heads: headsFile() });
    const wanted = { publicKey: publicKeyFile(KEY), heads: headsFile() };
    const { problems } = await verified(wanted);
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '2: is no head of an audit file',
    ]);
    rmSync(join(auditFolder(), files()[1] ?? ''));
    const after = await verified(wanted);
    expect(after.problems).toContainEqual(expect.objectContaining({ what: 'missing' }));
  });

  it('are read past the empty line that two writers make of one that was cut off', async () => {
    await written(['a'], { ...signed, heads: headsFile() });
    appendFileSync(headsFile(), '\n');
    expect(await verified({ heads: headsFile() })).toMatchObject({ ok: true, problems: [] });
  });

  it('that no file takes fail close(), and wait for nobody who reads a named pipe', async () => {
    execFileSync('mkfifo', [headsFile()]);
    const unread = opened({ ...signed, heads: headsFile() });
    await unread.write([event('a')], 0);
    await expect(unread.close?.()).rejects.toThrow(
      `the heads file ${headsFile()} could not be written: the file system says ENXIO`,
    );
    const device = opened({ ...signed, heads: '/dev/null' });
    await device.write([event('a')], 0);
    await expect(device.close?.()).rejects.toThrow(
      'the heads file /dev/null could not be written: it is not a regular file: name one',
    );
  });
});

describe('the disk has a record', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** The syncs of data of all files from here on, which are made as ever. */
  async function syncs() {
    const handle = await open(folder);
    await handle.close();
    return vi.spyOn<FileHandle, 'datasync'>(Object.getPrototypeOf(handle), 'datasync');
  }

  it('before its write has ended, with `always`', async () => {
    const datasync = await syncs();
    const sink = opened({ fsync: 'always' });
    for (const name of ['a', 'b', 'c']) await sink.write([event(name)], 0);
    expect(datasync).toHaveBeenCalledTimes(3);
    await sink.close?.();
    expect(datasync).toHaveBeenCalledTimes(4);
  });

  it('later, though nothing more is written, with `interval`', async () => {
    const datasync = await syncs();
    const sink = opened({ fsync: 'interval' });
    await sink.write([event('a')], 0);
    expect(datasync).toHaveBeenCalledTimes(0);
    await expect.poll(() => datasync.mock.calls.length).toBe(1);
    await sink.close?.();
    expect(datasync).toHaveBeenCalledTimes(2);
  });

  it('before a head that vouches for it goes outside', async () => {
    const datasync = await syncs();
    const shipped: number[] = [];
    const heads = () => void shipped.push(datasync.mock.calls.length);
    const sink = opened({ ...signed, heads, headEvery: 1, fsync: 'interval' });
    await sink.write([event('a')], 0);
    await expect.poll(() => shipped).toEqual([1]);
    await sink.close?.();
    expect(shipped).toEqual([1, 2]);
  });

  it('when the system sees fit, with `never`', async () => {
    const datasync = await syncs();
    await written(['a', 'b'], { fsync: 'never' });
    expect(datasync).toHaveBeenCalledTimes(0);
  });

  it('or it is refused, and the next is written in another segment', async () => {
    const datasync = await syncs();
    datasync.mockRejectedValueOnce(Object.assign(new Error('canary'), { code: 'EIO' }));
    const sink = opened({ fsync: 'always' });
    await expect(sink.write([event('a')], 0)).rejects.toThrow(
      new ConfigError([
        {
          place: '',
          message: `the audit in ${auditFolder()} could not be written: the file system says EIO`,
        },
      ]),
    );
    await sink.write([event('b')], 1);
    await sink.close?.();
    expect(files().length).toBe(2);
    expect((await verified()).ok).toBe(true);
  });
});
