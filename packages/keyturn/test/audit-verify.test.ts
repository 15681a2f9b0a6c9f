import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, type VerifyAuditOptions, verifyAudit } from '../src/index.ts';
import {
  auditFolder,
  event,
  files,
  folder,
  headsFile,
  KEY,
  keyPair,
  linesOf,
  publicKeyFile,
  signed,
  verified,
  written,
} from './support/audit.ts';

const OTHER = keyPair(8);
const first = () => join(auditFolder(), files()[0] ?? '');
const segment = () => (files()[0] ?? '').replace('.jsonl', '');

/** The problems, a line each: `line: what: message`. */
async function problems(more: Partial<VerifyAuditOptions> = {}): Promise<readonly string[]> {
  const { ok, problems: found } = await verified(more);
  expect(ok).toBe(found.length === 0);
  return found.map(({ line, what, message }) => `${line ?? '-'}: ${what}: ${message}`);
}

/** Why nothing could be verified, without the folder's name. */
async function refusal(more: Partial<VerifyAuditOptions>): Promise<string> {
  const error = await verified(more).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  return error.message.replaceAll(folder, '<dir>');
}

function editLines(edit: (lines: string[]) => readonly string[]): void {
  writeFileSync(
    first(),
    edit(linesOf(first()))
      .map((line) => `${line}\n`)
      .join(''),
  );
}

it('a segment that stands there twice was put in, under whatever name', async () => {
  await written(['a'], signed);
  await written(['b'], signed);
  expect(await verified({ paths: [auditFolder(), `${folder}/./audit/${files()[0]}`] })).toMatchObject({
    ok: true,
    records: 8,
  });
  copyFileSync(first(), first().replace('.jsonl', '.torn.jsonl'));
  expect(await problems({ publicKey: publicKeyFile(KEY) })).toEqual([
    `1: inserted: is there twice, here and in ${files()[0]}: one of them was put in`,
  ]);
});

it('a part of a record behind the signed end of a segment was put in: nobody writes there', async () => {
  await written(['a'], signed);
  appendFileSync(first(), '{"n":5,');
  const { problems: found, segments } = await verified({ publicKey: publicKeyFile(KEY) });
  expect(found).toMatchObject([
    { line: 5, what: 'inserted', message: expect.stringContaining('its writer had closed the segment') },
  ]);
  expect(segments).toMatchObject([{ records: 4, provenTo: 3 }]);
});

it('a link that leads nowhere is told as what it is', async () => {
  await written(['a']);
  const name = '20260801T120000000Z-42-0123456789abcdef.jsonl';
  symlinkSync(join(folder, 'nowhere'), join(auditFolder(), name));
  expect(await refusal({})).toBe(
    `<dir>/audit/${name} could not be read: it does not exist: create it, or correct the path`,
  );
});

describe('a key', () => {
  it('that did not sign is named, with the one that did', async () => {
    await written(['a'], signed);
    expect(await problems({ publicKey: publicKeyFile(KEY) })).toEqual([]);
    expect(await problems({ publicKey: publicKeyFile(OTHER) })).toEqual([
      expect.stringMatching(
        /^4: key: is signed by the key [0-9a-f]{16}, which is not among the given ones: it was another key, or somebody else signed$/,
      ),
    ]);
  });

  it('that was rotated is given with the one before', async () => {
    await written(['a'], signed);
    await written(['b'], { signingKey: () => OTHER.seed });
    expect(await problems({ publicKey: publicKeyFile(KEY) })).toHaveLength(1);
    expect(await problems({ publicKey: publicKeyFile(KEY, OTHER) })).toEqual([]);
  });

  it('that is private, or none, is refused', async () => {
    await written(['a'], signed);
    const file = join(folder, 'key.pem');
    writeFileSync(file, KEY.privatePem);
    expect(await refusal({ publicKey: file })).toBe(
      '<dir>/key.pem: holds a private key, which stays with who signs: make a file of the public one: `openssl pkey -in key.pem -pubout`',
    );
    const none = 'holds no Ed25519 public key in PEM: `openssl pkey -in key.pem -pubout` makes one';
    for (const text of ['', 'canary', KEY.publicPem.replace('MC', 'XX')]) {
      writeFileSync(file, text);
      expect(await refusal({ publicKey: file })).toBe(`<dir>/key.pem: ${none}`);
    }
    expect(await refusal({ publicKey: join(folder, 'gone') })).toBe(
      '<dir>/gone could not be read: it does not exist: create it, or correct the path',
    );
  });

  it('is needed to tell who made all links anew', async () => {
    await written(['a'], signed);
    const [, , , head = ''] = linesOf(first());
    editLines((lines) => lines.with(3, head.replace(/"signature":"./, '"signature":"z')));
    expect(await problems()).toEqual(['4: changed: was changed: it is no whole record']);
    editLines((lines) => lines.with(3, head.replace(/}$/, ',"more":1}')));
    expect(await problems()).toEqual(['4: changed: was changed: it is no whole record']);
  });
});

describe('a file', () => {
  it('that is no audit is refused by its name, or shown by its first line', async () => {
    await written(['a']);
    const foreign = join(folder, 'foreign.jsonl');
    writeFileSync(foreign, 'canary\n');
    const named = 'those are named as in 20260801T120000000Z-42-0123456789abcdef.jsonl';
    expect(await refusal({ paths: [foreign] })).toBe(
      `<dir>/foreign.jsonl: is no segment of an audit file: ${named}`,
    );
    mkdirSync(join(folder, 'empty'));
    expect(await refusal({ paths: [join(folder, 'empty')] })).toBe(
      `<dir>/empty: holds no segment of an audit file: ${named}`,
    );
    expect(await refusal({ paths: [join(folder, 'gone')] })).toBe(
      '<dir>/gone could not be read: it does not exist: create it, or correct the path',
    );
    writeFileSync(first(), 'canary\ncanary\n');
    expect(await problems()).toEqual(['1: unreadable: is no record of an audit']);
  });

  it('that is empty proves nothing, and heads show it', async () => {
    await written(['a'], { ...signed, heads: headsFile() });
    truncateSync(first(), 0);
    expect(await verified()).toMatchObject({
      ok: true,
      notes: [`${first()} is empty: a writer that is stopped as it begins leaves that, and so does a cut`],
      segments: [{ records: 0, closed: false }],
    });
    expect(await problems({ heads: headsFile() })).toEqual([
      expect.stringMatching(
        /^1: truncated: is gone, and so is what follows up to record 3, which was signed on \S+Z: cut off, or an older copy was put back$/,
      ),
    ]);
  });

  it('with a line of 10 MB is read no further than that', async () => {
    await written(['a']);
    appendFileSync(first(), `${'x'.repeat(10_000_000)}\n`);
    expect(await problems()).toEqual(['4: changed: is longer than any record: it was changed, or put in']);
    writeFileSync(first(), 'x'.repeat(10_000_000));
    expect(await problems()).toEqual(['1: changed: is longer than any record: it was changed, or put in']);
  });

  it('of another schema says so', async () => {
    await written(['a']);
    editLines((lines) => lines.with(0, (lines[0] ?? '').replace('"schema":1', '"schema":2')));
    expect(await problems()).toEqual([
      '1: unreadable: is of schema 2, and this version of Keyturn reads 1: use a newer one',
    ]);
  });

  it('that begins with anything but its opening is changed', async () => {
    await written(['a']);
    editLines((lines) => [`{"n":1,"prev":"${'0'.repeat(64)}","kind":"event","event":{}}`, ...lines.slice(1)]);
    expect(await problems()).toEqual(['1: changed: was changed: it is no whole record']);
  });

  it('with a record from the future is a matter of clocks', async () => {
    await written(['a'], signed);
    const time = new Date(Date.now() + 6 * 60_000).toISOString();
    const sink = (await import('../src/index.ts')).auditFile({ path: auditFolder(), ...signed });
    await sink.write([event('now'), event('later', { time })], 0);
    await sink.close?.();
    const { ok, notes } = await verified({ publicKey: publicKeyFile(KEY) });
    expect([ok, notes]).toEqual([
      true,
      [`${join(auditFolder(), files()[1] ?? '')}:3: is dated later than now: a clock was, or is, wrong`],
    ]);
  });

  it('alone is judged by itself: what it goes on from may be elsewhere', async () => {
    await written(
      Array.from({ length: 20 }, (_, index) => `a${index}`),
      { maxBytes: 3_000 },
    );
    const paths = files()
      .slice(1)
      .map((file) => join(auditFolder(), file));
    expect(await problems({ paths })).toEqual([]);
    const twice = await verified({ paths: [...paths, ...paths] });
    expect(twice.segments).toHaveLength(paths.length);
  });

  it('under the name of another is misplaced', async () => {
    await written(['a']);
    const other = segment().replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    writeFileSync(join(auditFolder(), `${other}.jsonl`), readFileSync(first()));
    expect(await problems()).toEqual([
      expect.stringMatching(/^1: misplaced: opens segment \S+: files were swapped or renamed$/),
    ]);
  });
});

describe('heads from outside', () => {
  it('show a segment that is missing, unless it was removed by rule', async () => {
    await written(['a'], { ...signed, heads: headsFile() });
    const gone = files()[0] ?? '';
    await written(['b'], signed);
    const { rmSync } = await import('node:fs');
    rmSync(join(auditFolder(), gone));
    const publicKey = publicKeyFile(KEY);
    expect(await problems({ publicKey, heads: headsFile() })).toEqual([
      expect.stringMatching(/^-: missing: is missing: its record 3 was signed on \S+Z$/),
    ]);
    expect(await problems({ publicKey })).toEqual([]);
  });

  it('that nobody signed, or a crash tore, are problems of their file', async () => {
    await written(['a'], { ...signed, heads: headsFile() });
    const [head = ''] = linesOf(headsFile());
    const forged = head.replace(/"n":\d+/, '"n":9');
    writeFileSync(headsFile(), `${head}\n${forged}\ncanary\n${head.slice(0, 50)}`);
    const found = await verified({ publicKey: publicKeyFile(KEY), heads: headsFile() });
    expect(found.problems).toEqual([
      {
        segment: headsFile(),
        file: headsFile(),
        line: 2,
        what: 'changed',
        message: 'does not fit its signature',
      },
    ]);
    expect(await problems({ publicKey: publicKeyFile(OTHER), heads: headsFile() })).toContainEqual(
      expect.stringMatching(/^1: key: is signed by the key [0-9a-f]{16}, which is not among the given ones$/),
    );
    writeFileSync(headsFile(), `${head}\n${head.slice(0, 50)}`);
    expect(await problems({ heads: headsFile() })).toEqual(['2: unreadable: is no whole head']);
  });

  it('that are none are refused', async () => {
    await written(['a']);
    const none = 'holds no head of an audit file: name the one that `heads` of auditFile() names';
    for (const text of ['', 'canary\n', '{}\n', 'null\n']) {
      writeFileSync(headsFile(), text);
      expect(await refusal({ heads: headsFile() })).toBe(`<dir>/heads: ${none}`);
    }
  });
});

it.each([
  [['audit'], 'verifyAudit: names no folder: write { paths: ["folder"] }'],
  [undefined, 'verifyAudit: names no folder: write { paths: ["folder"] }'],
  [{ paths: ['audit'], head: 'heads' }, 'verifyAudit.head: unknown key (did you mean "heads"?)'],
])('options of the wrong shape are said: %o', async (options, message) => {
  const verify = verifyAudit as (options: unknown) => Promise<unknown>;
  await expect(verify(options)).rejects.toThrow(expect.objectContaining({ name: 'ConfigError' }));
  await expect(verify(options)).rejects.toThrow(message);
});
