import { execFileSync } from 'node:child_process';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canary, leaksIn } from '../../../test/leaks/search.ts';
import { type SnapshotEntry, type SnapshotOwner, snapshot } from '../src/index.ts';
import { ended } from './fixtures/runner.ts';
import {
  bytesOf,
  dataFolder,
  entriesOf,
  entry,
  folder,
  KEY,
  loaded,
  OWNER,
  overwrite,
  saved,
  snapshotFile,
  startChild,
  told,
} from './support/snapshots.ts';

const HOUR = 3_600_000;
const opened = (maxAge?: string) => snapshot({ file: snapshotFile(), key: () => KEY, maxAge });

describe('what is saved', () => {
  it('is loaded, by another snapshot of the same owner, whatever the order of its providers', async () => {
    const entries = [
      entry('canary', { metadata: { version: '7', createdAt: new Date(5), rotationEnabled: true } }),
      entry(Buffer.from('canary'), { provider: 'app/2', kind: 'vault', key: 'b', savedAt: new Date() }),
      entry({ user: 'canary', deep: [{ bytes: Uint8Array.of(1, 2), none: null, n: 1.5 }] }),
    ];
    expect(await saved(opened(), ...entries)).toBe('ok');
    const outcome = await opened().load({ ...OWNER, providers: OWNER.providers.toReversed() });
    expect(outcome).toEqual({
      ok: true,
      value: entries.map((each) =>
        each.value instanceof Buffer ? { ...each, value: Uint8Array.from(each.value) } : each,
      ),
    });
  });

  it('comes back as it was, whatever it was', async () => {
    const text = fc.string({ unit: 'binary' });
    const bytes = fc.uint8Array({ maxLength: 50 });
    const field = fc.oneof(text, bytes, fc.double(), fc.boolean(), fc.constant(null), fc.date(), fc.bigInt());
    const name = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'toJSON'));
    const nested = fc.oneof(
      field,
      fc.array(field, { maxLength: 3 }),
      fc.dictionary(name, field, { noNullPrototype: true }),
    );
    const value = fc.oneof(text, bytes, fc.dictionary(name, nested, { noNullPrototype: true }));
    const date = fc.date({ noInvalidDate: true });
    const metadata = fc.record(
      { version: text, createdAt: date, expiresAt: date },
      { requiredKeys: [], noNullPrototype: true },
    );
    const one = fc
      .record({ value, metadata, provider: text, kind: text, key: text }, { noNullPrototype: true })
      .map(({ value, ...more }): SnapshotEntry => entry(value, more));
    const property = fc.asyncProperty(fc.array(one, { maxLength: 4 }), async (entries) => {
      expect(await saved(opened(), ...entries)).toBe('ok');
      // Vitest takes a field named `constructor` for the class.
      expect(isDeepStrictEqual(await entriesOf(opened()), entries)).toBe(true);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('takes the place of all that was saved before', async () => {
    expect(await saved(opened(), entry('canary-old', { key: 'a' }), entry('canary-b', { key: 'b' }))).toBe(
      'ok',
    );
    expect(await saved(opened(), entry('canary-new', { key: 'a' }))).toBe('ok');
    expect((await entriesOf(opened())).map(({ value }) => value)).toEqual(['canary-new']);
  });

  it('is nothing yet where there is no file, or no folder, or no key', async () => {
    expect(await entriesOf(opened())).toEqual([]);
    rmSync(join(folder, 'data'), { recursive: true });
    expect(await entriesOf(opened())).toEqual([]);
    expect(await entriesOf(snapshot({ file: snapshotFile(), key: { env: 'NO_SUCH_VARIABLE' } }))).toEqual([]);
  });

  it('can be read by its owner alone, whatever the mode of the file before and of new files', async () => {
    const umask = process.umask(0);
    try {
      writeFileSync(snapshotFile(), '', { mode: 0o666 });
      expect(await saved(opened(), entry('canary'))).toBe('ok');
      expect(statSync(snapshotFile()).mode & 0o777).toBe(0o600);
      expect(dataFolder()).toEqual(['snapshot']);
    } finally {
      process.umask(umask);
    }
  });

  it('shows nothing: no value, name, key, environment or provider', async () => {
    const owner: SnapshotOwner = { environment: canary('environment'), providers: [canary('provider')] };
    const value = { [canary('field')]: canary('value') };
    const metadata = { version: canary('version') };
    const entries = [
      entry(value, { metadata, provider: canary('provider'), kind: canary('kind'), key: canary('key') }),
      entry(canary('text').repeat(100)),
      entry(Buffer.from(canary('bytes'))),
    ];
    expect(told(await opened().save(owner, entries))).toBe('ok');
    expect(leaksIn(bytesOf())).toEqual([]);
    expect(leaksIn(bytesOf(), [KEY.toString('latin1')])).toEqual([]);
    // The search itself can find.
    expect(leaksIn(Buffer.concat([bytesOf(), Buffer.from(canary('x'))]))).not.toEqual([]);
    expect(told(await opened().load(owner))).toBe('ok');
  });

  it('leaves neither its plain bytes nor the key in the buffers that it used', async () => {
    const wiped: Uint8Array[] = [];
    const held: string[] = [];
    for (const prototype of [Buffer.prototype, Uint8Array.prototype]) {
      const fill = prototype.fill;
      vi.spyOn(prototype, 'fill').mockImplementation(function (this: Uint8Array, ...args) {
        wiped.push(this);
        held.push(Buffer.from(this).toString('latin1'));
        return fill.apply(this, args);
      });
    }
    const passes = [() => saved(opened(), entry('canary-text')), () => loaded(opened())];
    for (const pass of passes) {
      wiped.length = 0;
      held.length = 0;
      expect(await pass()).toBe('ok');
      expect(held.filter((bytes) => bytes.includes('canary-text'))).toHaveLength(1);
      expect(held.filter((bytes) => bytes === KEY.toString('latin1'))).toHaveLength(1);
      expect(wiped.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
    }
    const bytes = bytesOf();
    bytes[bytes.length - 1] = ~(bytes.at(-1) ?? 0);
    overwrite(bytes);
    held.length = 0;
    expect(await loaded(opened())).toMatch(/^damaged: /);
    expect(held.filter((text) => text.includes('canary-text'))).toHaveLength(1);
    vi.restoreAllMocks();
    expect(KEY.every((byte) => byte === 0)).toBe(false);
  });

  it('is never encrypted twice with one nonce', async () => {
    const nonces = new Set<string>();
    for (let time = 0; time < 50; time++) {
      expect(await saved(opened(), entry('canary'))).toBe('ok');
      nonces.add(bytesOf().toString('hex', 26, 38));
    }
    expect(nonces.size).toBe(50);
  });

  it('is AES-256-GCM over what the format says, with all before the nonce as authenticated data', async () => {
    expect(await saved(opened(), entry('canary-text'))).toBe('ok');
    const bytes = bytesOf();
    expect(bytes.toString('latin1', 0, 16)).toBe('keyturn-snapshot');
    expect(bytes.readUInt16BE(16)).toBe(1);
    expect(Math.abs(Number(bytes.readBigUInt64BE(18)) - Date.now())).toBeLessThan(60_000);
    const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(26, 38));
    decipher.setAAD(bytes.subarray(0, 26)).setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(38, -16)), decipher.final()]);
    expect(plain.includes('canary-text')).toBe(true);
  });

  it('is no larger than can be loaded', async () => {
    const large = entry(new Uint8Array(16 * 1_024 * 1_024));
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    expect(await saved(opened(), large)).toBe(
      'size: the snapshot <dir>/data/snapshot would have more than 16777216 bytes: it was not written',
    );
    expect((await entriesOf(opened())).map(({ value }) => value)).toEqual(['canary']);
    expect(await saved(opened(), entry(new Uint8Array(16 * 1_024 * 1_024 - 1_024)))).toBe('ok');
    expect(await loaded(opened())).toBe('ok');
  });

  it('holds nothing that has no form in a file', async () => {
    const fields = { canary: () => 'canary' };
    expect(await saved(opened(), entry(fields))).toBe(
      'content: the snapshot could not be written: a value is of a form that no file can hold',
    );
    expect(dataFolder()).toEqual([]);
  });
});

describe('a file that is not as it was saved', () => {
  const DAMAGED =
    'damaged: the snapshot <dir>/data/snapshot is damaged, or was saved with another key (the two cannot be told apart): check the key; the next save replaces it';
  const NONE =
    'damaged: the snapshot <dir>/data/snapshot is no snapshot, or is damaged: the next save replaces it';
  const TRUNCATED = 'damaged: the snapshot <dir>/data/snapshot is truncated: the next save replaces it';

  it('is refused for each bit of it, in every region', async () => {
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    const intact = bytesOf();
    const seen = new Map<string, number>();
    for (let bit = 0; bit < intact.length * 8; bit++) {
      const bytes = Buffer.from(intact);
      const at = bit >> 3;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
      overwrite(bytes);
      const said = (await loaded(opened())).replace(/its format is \d+/, 'its format is N');
      seen.set(said, (seen.get(said) ?? 0) + 1);
    }
    expect([...seen]).toEqual([
      [NONE, 16 * 8],
      [
        'version: the snapshot <dir>/data/snapshot says that its format is N, and this version of Keyturn reads 1: the next save replaces it',
        2 * 8,
      ],
      [DAMAGED, (intact.length - 18) * 8],
    ]);
  });

  it('is refused for any bytes changed, added, moved or taken away', async () => {
    expect(await saved(opened(), entry('canary'.repeat(50)))).toBe('ok');
    const intact = bytesOf();
    const at = fc.nat(intact.length);
    const patch = fc.uint8Array({ minLength: 1, maxLength: 40 });
    const changed = fc.oneof(
      fc.tuple(at, patch).map(([from, bytes]) => {
        const copy = Buffer.from(intact);
        copy.set(bytes.subarray(0, copy.length - from), from);
        return copy;
      }),
      fc
        .tuple(at, patch)
        .map(([from, bytes]) => Buffer.concat([intact.subarray(0, from), bytes, intact.subarray(from)])),
      fc
        .tuple(at, at)
        .map(([from, to]) =>
          Buffer.concat([intact.subarray(0, Math.min(from, to)), intact.subarray(Math.max(from, to))]),
        ),
      fc.tuple(at, at).map(([from, to]) => Buffer.concat([intact.subarray(from), intact.subarray(0, to)])),
      patch.map((bytes) => Buffer.from(bytes)),
    );
    const property = fc.asyncProperty(
      changed.filter((bytes) => !bytes.equals(intact)),
      async (bytes) => {
        overwrite(bytes);
        expect(await loaded(opened())).toMatch(/^(damaged|version): /);
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  it('is refused at every shorter length', async () => {
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    const intact = bytesOf();
    for (let length = intact.length - 1; length >= 0; length--) {
      truncateSync(snapshotFile(), length);
      expect(await loaded(opened()), `${length} bytes`).toBe(
        length < 16 ? NONE : length < 38 + 16 ? TRUNCATED : DAMAGED,
      );
    }
  });

  it('is replaced by the next save', async () => {
    overwrite(Buffer.from('canary'));
    expect(await loaded(opened())).toBe(NONE);
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    expect(await loaded(opened())).toBe('ok');
  });

  it('is refused for a size that no snapshot has, without reading it', async () => {
    writeFileSync(snapshotFile(), '');
    truncateSync(snapshotFile(), 2 ** 40);
    expect(await loaded(opened())).toBe(
      'size: the snapshot <dir>/data/snapshot could not be read: it has more than 16777216 bytes',
    );
  });

  it('is refused when the key vouches for what no version of Node.js here can read', async () => {
    const header = Buffer.alloc(26);
    header.write('keyturn-snapshot');
    header.writeUInt16BE(1, 16);
    header.writeBigUInt64BE(BigInt(Date.now()), 18);
    const nonce = Buffer.alloc(12);
    const cipher = createCipheriv('aes-256-gcm', KEY, nonce).setAAD(header);
    const sealed = Buffer.concat([cipher.update(Buffer.from([0xff, 0xfe, 1])), cipher.final()]);
    overwrite(Buffer.concat([header, nonce, sealed, cipher.getAuthTag()]));
    expect(await loaded(opened())).toBe(
      'version: the snapshot <dir>/data/snapshot was saved by a newer version of Node.js: the next save replaces it',
    );
  });
});

describe('the age of a snapshot', () => {
  const START = Date.UTC(2026, 0, 1);
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: START }));
  afterEach(() => vi.useRealTimers());
  const at = (time: number) => vi.setSystemTime(START + time);

  it('is bounded: a day, unless maxAge says otherwise', async () => {
    const old =
      'expired: the snapshot <dir>/data/snapshot was saved 2026-01-01T00:00:00.000Z, which is longer ago than maxAge allows: the next save replaces it';
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    at(24 * HOUR - 1);
    expect(await entriesOf(opened())).toHaveLength(1);
    at(24 * HOUR);
    expect(await loaded(opened())).toBe(old);
    expect(await loaded(opened('2d'))).toBe('ok');
    at(HOUR);
    expect(await loaded(opened('1h'))).toBe(old);
    expect(await loaded(opened())).toBe('ok');
  });

  it('counts for each entry from its own read, however often it is saved again', async () => {
    expect(await saved(opened(), entry('canary-a', { key: 'a' }))).toBe('ok');
    at(20 * HOUR);
    const kept = await entriesOf(opened());
    expect(await saved(opened(), ...kept, entry('canary-b', { key: 'b' }))).toBe('ok');
    const keys = async (from = opened()) => (await entriesOf(from)).map(({ key }) => key);
    expect(await keys()).toEqual(['a', 'b']);
    at(24 * HOUR);
    expect(await keys()).toEqual(['b']);
    // Nor is it saved again from then on.
    expect(await keys(opened('2d'))).toEqual(['a', 'b']);
    expect(await saved(opened(), ...kept, entry('canary-b', { key: 'b' }))).toBe('ok');
    expect(await keys(opened('2d'))).toEqual(['b']);
  });

  it('is not of a time that is still to come, but for what clocks differ by', async () => {
    at(5 * 60_000);
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    at(0);
    expect(await entriesOf(opened())).toHaveLength(1);
    at(-1);
    expect(await loaded(opened())).toBe(
      'future: the snapshot <dir>/data/snapshot was saved at a time that is still to come: correct the clock; the next save replaces it',
    );
  });

  it('cannot be changed by editing the time', async () => {
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    at(48 * HOUR);
    const bytes = bytesOf();
    bytes.writeBigUInt64BE(BigInt(Date.now()), 18);
    overwrite(bytes);
    expect(await loaded(opened())).toMatch(/^damaged: /);
  });
});

describe('a snapshot of someone else', () => {
  const foreign = (what: string) =>
    `foreign: the snapshot <dir>/data/snapshot is foreign: it is of ${what}: choose another file, or the next save replaces it`;

  it.each<[string, SnapshotOwner]>([
    [
      'the environment "production", and this is the environment "staging"',
      { ...OWNER, environment: 'staging' },
    ],
    [
      'the environment "production", and this is the environment without a name',
      { ...OWNER, environment: undefined },
    ],
    ['an app with the providers app, legacy, and this one has app', { ...OWNER, providers: ['app'] }],
    [
      'an app with the providers app, legacy, and this one has app, legacy, other',
      { ...OWNER, providers: ['legacy', 'other', 'app'] },
    ],
  ])('is refused: of %s', async (what, owner) => {
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    expect(await loaded(opened(), owner)).toBe(foreign(what));
  });

  it('is told as such only by whoever has the key', async () => {
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    const other = snapshot({ file: snapshotFile(), key: () => new Uint8Array(32) });
    expect(await loaded(other, { ...OWNER, environment: 'staging' })).toMatch(/^damaged: /);
  });
});

describe('a path where no snapshot can be', () => {
  const read = 'file: the snapshot <dir>/data/snapshot could not be read';
  const written = 'file: the snapshot <dir>/data/snapshot could not be written';

  it('a folder', async () => {
    mkdirSync(snapshotFile());
    expect(await loaded(opened())).toBe(`${read}: it is a folder: name a file in it`);
    expect(await saved(opened(), entry('canary'))).toBe(`${written}: it is a folder: name a file in it`);
    expect(dataFolder()).toEqual(['snapshot']);
  });

  it('a named pipe, which is not waited for', async () => {
    execFileSync('mkfifo', [snapshotFile()]);
    expect(await loaded(opened())).toBe(`${read}: it is not a regular file: name one`);
  });

  it('a folder that is not there, or is a file', async () => {
    rmSync(join(folder, 'data'), { recursive: true });
    expect(await saved(opened(), entry('canary'))).toBe(
      `${written}: it does not exist: create it, or correct the path`,
    );
    writeFileSync(join(folder, 'data'), '');
    const notFolder = 'a folder in its path is a file: correct the path';
    expect(await loaded(opened())).toBe(`${read}: ${notFolder}`);
    expect(await saved(opened(), entry('canary'))).toBe(`${written}: ${notFolder}`);
  });

  it('a circle of links', async () => {
    symlinkSync('snapshot', snapshotFile());
    expect(await loaded(opened())).toBe(`${read}: its path has too many symbolic links: correct the path`);
  });

  it('a file or folder that this user may not use', async () => {
    expect(await saved(opened(), entry('canary'))).toBe('ok');
    chmodSync(snapshotFile(), 0);
    const reading = await ended(startChild({}, true));
    expect(told(JSON.parse(reading.stdout.toString()))).toBe(
      `${read}: this user may not do that: correct the permissions`,
    );
    chmodSync(join(folder, 'data'), 0o500);
    const writing = await ended(startChild({ text: 'x', times: 1 }, true));
    expect(writing.code).toBe(1);
    expect(writing.stderr.replaceAll(folder, '<dir>')).toContain(
      'the snapshot <dir>/data/snapshot could not be written: this user may not do that: correct the permissions',
    );
    chmodSync(join(folder, 'data'), 0o700);
    chmodSync(snapshotFile(), 0o600);
    expect(dataFolder()).toEqual(['snapshot']);
  });
});
