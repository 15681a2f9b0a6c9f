import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type KeySource, snapshot } from '../src/index.ts';
import { dataFolder, entry, folder, KEY, loaded, saved, snapshotFile } from './support/snapshots.ts';

const FORM = 'it has to hold 32 bytes as base64 or hex: `openssl rand -base64 32` makes one';

const opened = (key: KeySource) => snapshot({ file: snapshotFile(), key });

function keyFile(text: string | Uint8Array, name = 'key'): KeySource {
  const file = join(folder, 'keys', name);
  writeFileSync(file, text);
  return { file };
}

describe('a key', () => {
  afterEach(() => vi.unstubAllEnvs());

  const base64 = KEY.toString('base64');
  const texts = [
    ['base64', base64],
    ['base64 without padding', base64.replace('=', '')],
    ['base64url', KEY.toString('base64url')],
    ['hex', KEY.toString('hex')],
    ['hex in upper case', KEY.toString('hex').toUpperCase()],
    ['text with a line end', `${base64}\n`],
  ] as const;

  it.each(texts)('from a variable and a file as %s is the same', async (_, text) => {
    vi.stubEnv('SNAPSHOT_KEY', text);
    expect(
      await saved(
        opened(() => KEY),
        entry('canary'),
      ),
    ).toBe('ok');
    expect(await loaded(opened({ env: 'SNAPSHOT_KEY' }))).toBe('ok');
    expect(await loaded(opened(keyFile(text)))).toBe('ok');
    expect(await loaded(opened(async () => Uint8Array.from(KEY)))).toBe('ok');
  });

  it('in base64 may hold + and /, or - and _', async () => {
    const bytes = Buffer.alloc(32, 0xfb);
    expect(
      await saved(
        opened(() => bytes),
        entry('canary'),
      ),
    ).toBe('ok');
    expect(bytes.toString('base64')).toMatch(/[+/]/);
    expect(await loaded(opened(keyFile(bytes.toString('base64'))))).toBe('ok');
    expect(await loaded(opened(keyFile(bytes.toString('base64url'))))).toBe('ok');
  });

  it('that another one sealed is told from damage by no one', async () => {
    expect(
      await saved(
        opened(() => KEY),
        entry('canary'),
      ),
    ).toBe('ok');
    expect(await loaded(opened(() => new Uint8Array(32)))).toBe(
      'damaged: the snapshot <dir>/data/snapshot is damaged, or was saved with another key (the two cannot be told apart): check the key; the next save replaces it',
    );
  });

  it("of a function stays the function's own", async () => {
    const own = Uint8Array.from(KEY);
    expect(
      await saved(
        opened(() => own),
        entry('canary'),
      ),
    ).toBe('ok');
    expect(own).toEqual(Uint8Array.from(KEY));
  });

  it('is asked for anew each time, so it can be rotated', async () => {
    let current = KEY;
    const rotating = opened(() => current);
    expect(await saved(rotating, entry('canary'))).toBe('ok');
    current = Buffer.alloc(32, 1);
    expect(await loaded(rotating)).toMatch(/^damaged: /);
    expect(await saved(rotating, entry('canary'))).toBe('ok');
    expect(await loaded(rotating)).toBe('ok');
  });
});

describe('what is no key', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** What loading and saving say of it, which is the same; nothing is written. */
  async function refused(key: KeySource): Promise<string> {
    expect(
      await saved(
        opened(() => KEY),
        entry('canary'),
      ),
    ).toBe('ok');
    const message = await loaded(opened(key));
    expect(await saved(opened(key), entry('canary'))).toBe(message);
    expect(dataFolder()).toEqual(['snapshot']);
    expect(await loaded(opened(() => KEY))).toBe('ok');
    return message;
  }

  it.each([
    'canary',
    `${'ca'.repeat(31)}`,
    `${'ca'.repeat(33)}`,
    'g'.repeat(64),
    Buffer.alloc(31).toString('base64'),
  ])('is refused without a quote: %s', async (text) => {
    vi.stubEnv('SNAPSHOT_KEY', text);
    expect(await refused({ env: 'SNAPSHOT_KEY' })).toBe(
      `key: the variable SNAPSHOT_KEY holds no key: ${FORM}`,
    );
    expect(await refused(keyFile(text))).toBe(`key: the key file <dir>/keys/key holds no key: ${FORM}`);
  });

  it.each([undefined, ''])('a variable that is not set, or empty', async (text) => {
    vi.stubEnv('SNAPSHOT_KEY', text);
    expect(await refused({ env: 'SNAPSHOT_KEY' })).toBe(
      "key: the key's variable SNAPSHOT_KEY is not set: it holds 32 bytes as base64 or hex: `openssl rand -base64 32` makes one",
    );
  });

  it('a file of raw bytes, since 32 bytes can be a password', async () => {
    expect(await refused(keyFile('canary-password-of-32-characters'))).toMatch(/^key: .* holds no key/);
  });

  it('a file that is not there, a folder, a pipe, a file too large', async () => {
    const failed = 'the key file <dir>/keys/key could not be read';
    const file = join(folder, 'keys', 'key');
    expect(await refused({ file })).toBe(`key: ${failed}: it does not exist: create it, or correct the path`);
    expect(await refused({ file: join(folder, 'keys') })).toBe(
      'key: the key file <dir>/keys could not be read: it is a folder: name a file in it',
    );
    expect(await refused(keyFile('canary'.repeat(200)))).toBe(`key: ${failed}: it has more than 1024 bytes`);
    execFileSync('mkfifo', [`${file}-pipe`]);
    expect(await refused({ file: `${file}-pipe` })).toBe(
      'key: the key file <dir>/keys/key-pipe could not be read: it is not a regular file: name one',
    );
  });

  it.each<[string, () => unknown, string]>([
    ['throws', () => expect.unreachable('canary'), 'failed: it has to give 32 bytes'],
    ['rejects', () => Promise.reject(new Error('canary')), 'failed: it has to give 32 bytes'],
    ['gives text', () => 'canary', 'gave no bytes: it has to give 32 bytes, as a Uint8Array'],
    ['gives nothing', () => undefined, 'gave no bytes: it has to give 32 bytes, as a Uint8Array'],
    [
      'gives too few',
      async () => new Uint8Array(16),
      'gave 16 bytes: it has to give 32 bytes, as a Uint8Array',
    ],
    ['gives too many', () => new Uint8Array(33), 'gave 33 bytes: it has to give 32 bytes, as a Uint8Array'],
  ])('a function that %s', async (_, key, message) => {
    expect(await refused(key as () => Uint8Array)).toBe(`key: the key's function ${message}`);
  });
});

describe('a key file beside the data', () => {
  const beside =
    'lies in the folder of the snapshot, so whoever copies the one has the other: keep it elsewhere';
  const text = KEY.toString('hex');

  it('is refused where a link leads there', async () => {
    const file = join(folder, 'keys', 'link');
    writeFileSync(join(folder, 'data', 'key'), text);
    symlinkSync(join(folder, 'data', 'key'), file);
    const message = `key: the key file <dir>/keys/link ${beside}`;
    expect(await saved(opened({ file }), entry('canary'))).toBe(message);
    expect(dataFolder()).toEqual(['key']);
    expect(
      await saved(
        opened(() => KEY),
        entry('canary'),
      ),
    ).toBe('ok');
    expect(await loaded(opened({ file }))).toBe(message);
  });

  it("is refused where the snapshot's folder is a link to that of the key", async () => {
    symlinkSync(join(folder, 'keys'), join(folder, 'alias'));
    const key = keyFile(text);
    const linked = snapshot({ file: join(folder, 'alias', 'snapshot'), key });
    expect(await saved(linked, entry('canary'))).toBe(`key: the key file <dir>/keys/key ${beside}`);
  });

  it('is taken from a folder below or above, and through links that lead elsewhere', async () => {
    mkdirSync(join(folder, 'data', 'below'));
    const below = join(folder, 'data', 'below', 'key');
    const above = join(folder, 'key');
    const link = join(folder, 'link');
    writeFileSync(below, text);
    writeFileSync(above, text);
    symlinkSync(above, link);
    for (const file of [below, above, link]) {
      expect(await saved(opened({ file }), entry('canary'))).toBe('ok');
      expect(await loaded(opened({ file }))).toBe('ok');
    }
  });
});
