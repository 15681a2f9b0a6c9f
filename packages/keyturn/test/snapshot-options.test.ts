import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, type SnapshotOptions, snapshot } from '../src/index.ts';

/** What is wrong, a line each; a config comes from a file that nothing has type-checked. */
function refusal(options: unknown): readonly string[] {
  try {
    snapshot(options as SnapshotOptions);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ place, message }) => `${place}: ${message}`);
    throw error;
  }
  return [];
}

const key = { env: 'SNAPSHOT_KEY' };
const right = { file: 'data/snapshot', key };
const SOURCES = 'write { env: "NAME" }, { file: "path" } or a function that gives 32 bytes';

describe('the options', () => {
  it('are taken in every right form, without a look at the file or the key', () => {
    const fails = () => Promise.reject(new Error('called'));
    for (const source of [key, { file: 'keys/key' }, { file: '../key' }, fails]) {
      expect(snapshot({ file: 'no/such/folder/snapshot', key: source }).maxAgeMs).toBe(86_400_000);
    }
    expect(snapshot({ ...right, maxAge: '12h' }).maxAgeMs).toBe(43_200_000);
    expect(snapshot({ ...right, maxAge: 1 }).maxAgeMs).toBe(1);
    expect(snapshot({ ...right, maxAge: undefined }).maxAgeMs).toBe(86_400_000);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'canary'],
    ['a list', []],
  ])('are an object, not %s', (_, options) => {
    expect(refusal(options)).toEqual([
      'snapshot: options are missing: write { file: "path", key: { env: "NAME" } }',
    ]);
  });

  it('that are wrong are all told at once, and none is quoted', () => {
    const wrong = { file: '', key: 'canary-key', maxAge: '5 canaries', maxage: 1 };
    expect(refusal(wrong)).toEqual([
      'snapshot.maxage: unknown key (did you mean "maxAge"?)',
      'snapshot.file: is no path: name the file',
      `snapshot.key: is no source of a key: ${SOURCES}`,
      'snapshot.maxAge: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
    ]);
  });

  it.each<[unknown, string]>([
    [undefined, 'is no path: name the file'],
    [7, 'is no path: name the file'],
    ['data/\0snapshot', 'is no path: name the file'],
    ['data/', 'ends as a folder does: name a file in it'],
    ['data\\', 'ends as a folder does: name a file in it'],
  ])('file: %j', (file, message) => {
    expect(refusal({ file, key })).toEqual([`snapshot.file: ${message}`]);
  });

  const noSource = `is no source of a key: ${SOURCES}`;
  const oneOf = `has to have one of env and file, and nothing else: ${SOURCES}`;
  it.each<[unknown, string]>([
    [undefined, `key: is missing: ${SOURCES}`],
    [null, `key: ${noSource}`],
    ['canary', `key: ${noSource}`],
    [[key], `key: ${noSource}`],
    [{}, `key: ${oneOf}`],
    [{ env: 'A', file: 'b/c' }, `key: ${oneOf}`],
    [{ env: 'A', canary: 1 }, `key: ${oneOf}`],
    [{ env: '' }, 'key.env: is no name of a variable'],
    [{ env: 7 }, 'key.env: is no name of a variable'],
    [{ env: 'A=canary' }, 'key.env: is no name of a variable'],
    [{ file: '' }, 'key.file: is no path: name the file'],
    [{ file: {} }, 'key.file: is no path: name the file'],
  ])('key: %j', (wrong, message) => {
    expect(refusal({ file: 'data/snapshot', key: wrong })).toEqual([`snapshot.${message}`]);
  });

  it.each([
    'data/key',
    'data/snapshot',
    './data/../data/key',
    resolve('data', 'key'),
    join(process.cwd(), 'data', 'key'),
  ])('a key file in the folder of the snapshot is refused: %s', (file) => {
    expect(refusal({ file: 'data/snapshot', key: { file } })).toEqual([
      'snapshot.key.file: lies in the folder of the snapshot, so whoever copies the one has the other: keep it elsewhere',
    ]);
  });

  it.each<[unknown, string]>([
    [0, 'has to be more than 0; without the option there is no snapshot'],
    ['0s', 'has to be more than 0; without the option there is no snapshot'],
    ...[-1, Number.NaN, Infinity, '-5m', '5 minuts', null, {}].map((maxAge): [unknown, string] => [
      maxAge,
      'is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
    ]),
  ])('maxAge: %j', (maxAge, message) => {
    expect(refusal({ ...right, maxAge })).toEqual([`snapshot.maxAge: ${message}`]);
  });
});
