import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { file } from '../src/index.ts';
import { asUnprivileged, folderOf, temporaryFolder, write } from './support/mount.ts';
import { at, options, read, texts } from './support/read.ts';

const MiB = 1024 * 1024;

/** A mode that shuts out `asUnprivileged`: others where the tests run as root, else everyone. */
const closed = (mode: number) => (process.geteuid?.() === 0 ? mode : 0);

describe('the value', () => {
  it('is the bytes of the file, in the order asked for, from folders too', async () => {
    const root = folderOf({ token: 'canary-token', 'db/password': 'canary-päss', empty: '' });
    expect(await texts(root, 'db/password', 'empty', 'token')).toEqual(['canary-päss', '', 'canary-token']);
  });

  it('has memory of its own', async () => {
    const [outcome] = await read(folderOf({ key: 'canary-key\n' }), 'key');
    const value = outcome?.ok ? outcome.value.value : undefined;
    if (!(value instanceof Uint8Array)) return expect.unreachable('no bytes');
    expect(value.buffer.byteLength).toBe('canary-key'.length);
  });

  it.each([
    ['canary\n', 'canary'],
    ['canary\r\n', 'canary'],
    ['canary\n\n', 'canary\n'],
    ['canary\r', 'canary\r'],
    ['\n', ''],
    [' canary ', ' canary '],
  ])('of the text %j is %j', async (content, value) => {
    expect(await texts(folderOf({ key: content }), 'key')).toEqual([value]);
  });

  it('keeps the line end with trimNewline: false', async () => {
    const root = folderOf({ key: 'canary\n' });
    expect(await texts({ root, trimNewline: false }, 'key')).toEqual(['canary\n']);
  });

  it.each([
    ['is not UTF-8', Uint8Array.of(0xff, 0xfe, 0x0a)],
    ['holds a NUL', Uint8Array.of(0, 1, 0x0a)],
  ])('keeps a last byte 0x0a where the file %s', async (_, content) => {
    expect(await read(folderOf({ key: content }), 'key')).toMatchObject([{ value: { value: content } }]);
  });

  it('is at most 1 MiB', async () => {
    const root = folderOf({ most: Buffer.alloc(MiB, 'x'), more: Buffer.alloc(MiB + 1, 'x') });
    const [most, more] = await read(root, 'most', 'more');
    expect(most).toMatchObject({ ok: true, value: { value: { length: MiB } } });
    expect(more).toEqual({
      ok: false,
      code: 'InvalidValue',
      message: `${join(root, 'more')} holds more than 1 MiB`,
    });
  });

  it('is read to its end where the file holds more than its size says', async () => {
    expect(statSync('/proc/self/cmdline').size).toBe(0);
    expect(await read('/proc/self', 'cmdline')).toMatchObject([
      { value: { value: new Uint8Array(readFileSync('/proc/self/cmdline')) } },
    ]);
  });
});

describe('metadata', () => {
  it('is the modification time as createdBefore, the same from describe, which reads no content', async () => {
    const root = folderOf({ key: 'canary', large: Buffer.alloc(MiB + 1) });
    const mtime = new Date('2026-02-03T04:05:06Z');
    utimesSync(join(root, 'key'), mtime, mtime);
    expect(await read(root, 'key')).toMatchObject([{ value: { metadata: { createdBefore: mtime } } }]);
    const described = await file({ root }).describe?.([at('key'), at('nope'), at('large')], options());
    expect(described).toEqual([
      { ok: true, value: { createdBefore: mtime } },
      { ok: false, code: 'NotFound', message: `${join(root, 'nope')}: no such file` },
      { ok: true, value: { createdBefore: statSync(join(root, 'large')).mtime } },
    ]);
  });
});

describe('the root', () => {
  it('may be relative: to the working folder of the moment that file() is called', async () => {
    const root = folderOf({ key: 'canary' });
    expect(await texts(relative(process.cwd(), root), 'key')).toEqual(['canary']);
  });

  it('may be the whole file system', async () => {
    const root = folderOf({ key: 'canary' });
    expect(await texts('/', join(root, 'key').slice(1), 'nope/nope')).toEqual([
      'canary',
      'NotFound: /nope/nope: no such file',
    ]);
  });

  it('may be a link', async () => {
    const link = join(temporaryFolder(), 'link');
    symlinkSync(folderOf({ key: 'canary' }), link);
    expect(await texts(link, 'key')).toEqual(['canary']);
  });

  it('is Misconfigured where it is missing, below a file or a file: no secret is NotFound', async () => {
    const root = folderOf({ key: 'canary' });
    expect(await texts(join(root, 'nope'), 'a', 'b')).toEqual([
      `Misconfigured: the root ${root}/nope does not exist`,
      `Misconfigured: the root ${root}/nope does not exist`,
    ]);
    expect(await texts(join(root, 'key/x'), 'a')).toEqual([
      `Misconfigured: the root ${root}/key/x does not exist`,
    ]);
    expect(await texts(join(root, 'key'), 'a')).toEqual([
      `Misconfigured: the root ${root}/key is not a folder`,
    ]);
  });

  it.each(['', 'a\0b', undefined])(
    'is Misconfigured when it is %j, and file() does not throw',
    async (root) => {
      const provider = file({ root: root as string });
      const outcome = {
        ok: false,
        code: 'Misconfigured',
        message: 'the option root of file() must be a folder, such as "/run/secrets"',
      };
      expect(await provider.fetch([at('key')], options())).toEqual([outcome]);
      expect(await provider.describe?.([at('key')], options())).toEqual([outcome]);
    },
  );

  it('is AccessDenied where this user may not enter it', async () => {
    const root = folderOf({ 'closed/key': 'canary' });
    chmodSync(join(root, 'closed'), closed(0o700));
    onTestFinished(() => chmodSync(join(root, 'closed'), 0o700));
    const denied = `AccessDenied: ${root}/closed/key: this user may not read it`;
    expect(await asUnprivileged(() => texts(join(root, 'closed'), 'key'))).toEqual([denied]);
    expect(await asUnprivileged(() => texts(join(root, 'closed/key'), 'x'))).toEqual([
      `AccessDenied: the root ${root}/closed/key: this user may not read it`,
    ]);
  });
});

describe('what cannot be read', () => {
  it('is answered file by file', async () => {
    const root = folderOf({ key: 'canary', 'db/password': 'canary', denied: 'canary' });
    chmodSync(join(root, 'denied'), closed(0o600));
    const long = 'x'.repeat(300);
    expect(
      await asUnprivileged(() => texts(root, 'nope', 'key', 'db', 'key/x', 'denied', 'nope/x', long)),
    ).toEqual([
      `NotFound: ${root}/nope: no such file`,
      'canary',
      `InvalidReference: ${root}/db: it is a folder: name a file in it`,
      `InvalidReference: ${root}/key/x: a folder in the path is a file`,
      `AccessDenied: ${root}/denied: this user may not read it`,
      `NotFound: ${root}/nope/x: no such file`,
      `InvalidReference: ${root}/${long}: the path is too long`,
    ]);
  });

  it('takes a pipe without a writer, a socket and a device for no file, and waits for none', async () => {
    const root = temporaryFolder();
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(root, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    expect(await texts(root, 'pipe', 'socket')).toEqual([
      `InvalidValue: ${root}/pipe: it is not a regular file`,
      `InvalidValue: ${root}/socket: it is not a regular file`,
    ]);
    expect(await texts('/dev', 'zero')).toEqual(['InvalidValue: /dev/zero: it is not a regular file']);
  });
});

describe('links', () => {
  it('are followed within the root: relative, absolute, through folders and out of it and back', async () => {
    const root = folderOf({ 'real/key': 'canary' });
    symlinkSync('real/key', join(root, 'relative'));
    symlinkSync(join(root, 'real/key'), join(root, 'absolute'));
    symlinkSync('./real/', join(root, 'folder'));
    symlinkSync('../folder/../real/key', join(root, 'real/crooked'));
    symlinkSync(`${root}/../${root.split('/').at(-1)}/real/key`, join(root, 'back'));
    expect(await texts(root, 'relative', 'absolute', 'folder/key', 'real/crooked', 'back')).toEqual(
      Array.from({ length: 5 }, () => 'canary'),
    );
  });

  it('never lead out of the root, whether there is anything or not', async () => {
    const outside = folderOf({ key: 'canary-outside' });
    const root = folderOf({ 'folder/key': 'canary' });
    symlinkSync(join(outside, 'key'), join(root, 'out'));
    symlinkSync(outside, join(root, 'out-folder'));
    symlinkSync(`../${outside.split('/').at(-1)}/key`, join(root, 'out-relative'));
    symlinkSync(outside, join(root, '..data'));
    symlinkSync('..data/key', join(root, 'out-data'));
    write(`${root}-sibling/key`, 'canary-outside');
    onTestFinished(() => rmSync(`${root}-sibling`, { recursive: true }));
    symlinkSync(`${root}-sibling/key`, join(root, 'out-sibling'));
    const refused = (path: string) => `InvalidReference: ${root}/${path} leads out of the root ${root}`;
    const paths = ['out', 'out-folder/key', 'out-relative', 'out-data', 'out-sibling'];
    expect(await texts(root, ...paths)).toEqual(paths.map(refused));
  });

  it('that lead nowhere or in a circle are named', async () => {
    const root = temporaryFolder();
    symlinkSync('nope', join(root, 'dangling'));
    symlinkSync('circle', join(root, 'circle'));
    expect(await texts(root, 'dangling', 'circle')).toEqual([
      `NotFound: ${root}/dangling: no such file`,
      `InvalidReference: ${root}/circle: too many symbolic links`,
    ]);
  });

  it('keep a path inside that did not go through check', async () => {
    const parent = folderOf({ key: 'canary-outside', 'root/key': 'canary' });
    const root = join(parent, 'root');
    expect(await texts(root, '../key')).toEqual([
      `InvalidReference: ${parent}/key leads out of the root ${root}`,
    ]);
    expect(await texts(root, '/etc/passwd')).toEqual([`NotFound: ${root}/etc/passwd: no such file`]);
  });
});

describe('abort', () => {
  it('rejects with its reason, before and during a batch', async () => {
    const root = folderOf({ key: 'canary' });
    const provider = file({ root });
    const before = new Error('before');
    await expect(provider.fetch([at('key')], options(AbortSignal.abort(before)))).rejects.toBe(before);
    const missing = file({ root: join(root, 'nope') });
    await expect(missing.fetch([at('key')], options(AbortSignal.abort(before)))).rejects.toBe(before);
    const during = new Error('during');
    const controller = new AbortController();
    const answer = provider.fetch([at('key')], options(controller.signal));
    controller.abort(during);
    await expect(answer).rejects.toBe(during);
  });
});
