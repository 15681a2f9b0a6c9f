import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createResolver } from '@keyturn/core';
import { describe, expect, it } from 'vitest';
import { dotenv } from '../src/index.ts';
import { parse } from '../src/parse.ts';
import { directory, write } from './folder.ts';

const DAY = new Date('2026-08-01T00:00:00Z');

/** The date that stands above A, and the remarks as `line: message`. */
function read(text: string) {
  const { entries, problems, remarks } = parse(text);
  expect(problems).toEqual([]);
  return [entries.get('A')?.rotatedAt, ...remarks.map(({ line, message }) => `${line}: ${message}`)];
}

const ABOVE_NOTHING =
  'a comment to Keyturn stands directly above the line that it is about; this one is ignored';
const NO_DIRECTIVE = 'a comment to Keyturn is written "# keyturn: rotated=2026-08-01"; this one is ignored';
const NO_DATE =
  'the date after "rotated=" cannot be read and is ignored: a date is "2026-08-01", or a time with its zone such as "2026-08-01T12:00:00Z"';

describe('a comment above a line', () => {
  it.each([
    ['directly', '# keyturn: rotated=2026-08-01\nA=1'],
    ['without blanks, indented, CRLF', '\r\n  #keyturn:rotated=2026-08-01  \r\nexport A=1\r\n'],
    ['with other comments between', '# note\n# keyturn: rotated=2026-08-01\n# the API key\nA=1'],
    ['as a time', '# keyturn: rotated=2026-08-01T02:00:00+02:00\nA=1'],
    ['of several lines', '# keyturn: rotated=2026-08-01\nA="1\n\n2"\nB=2'],
  ])('dates it: %s', (_, text) => {
    expect(read(text)).toEqual([DAY]);
  });

  it.each([
    ['a blank line between', '# keyturn: rotated=2026-08-01\n\nA=1', `1: ${ABOVE_NOTHING}`],
    ['the line below', 'A=1\n# keyturn: rotated=2026-08-01', `2: ${ABOVE_NOTHING}`],
    [
      'the first of two',
      '# keyturn: rotated=2026-08-01\n# keyturn: rotated=soon\nA=1',
      `1: ${ABOVE_NOTHING}`,
      `2: ${NO_DATE}`,
    ],
    ['a day that there is not', '\n# keyturn: rotated=2026-02-30\nA=1', `2: ${NO_DATE}`],
    ['no date', '# keyturn: rotated=\nA=1', `1: ${NO_DATE}`],
    ['another word', '# keyturn: rotate=2026-08-01\nA=1', `1: ${NO_DIRECTIVE}`],
    ['something behind the date', '# keyturn: rotated=2026-08-01 A=canary\nA=1', `1: ${NO_DIRECTIVE}`],
  ])('does not: %s', (_, text, ...remarks) => {
    expect(read(text)).toEqual([undefined, ...remarks]);
  });

  it('dates no other line, and means nothing behind a value', () => {
    expect(read('# keyturn: rotated=2026-08-01\nB=1\nA=1')).toEqual([undefined]);
    expect(read('A=1 # keyturn: rotated=2026-08-01')).toEqual([undefined]);
    expect(read('A="\n# keyturn: rotated=2026-08-01\n"')).toEqual([undefined]);
    expect(read('# about keyturn: rotated=2026-08-01\nA=1')).toEqual([undefined]);
  });
});

describe('rotation()', () => {
  const now = new Date('2026-08-31T00:00:00Z');

  async function ages(...names: string[]) {
    const warnings: string[] = [];
    const resolver = createResolver({
      providers: { app: dotenv({ directory, expand: true }) },
      rotation: { maxAge: '30d' },
      onWarning: ({ message }) => void warnings.push(message.replaceAll(`${directory}/`, '')),
    });
    const manifest = Object.fromEntries(names.map((name) => [name, `app://${name}`]));
    const statuses = await resolver.rotation(manifest, { now });
    return { statuses: statuses.map(({ verdict, dated, source }) => [verdict, dated, source]), warnings };
  }

  it('judges by the comment, and without one by the time of the file, which proves only age', async () => {
    await write(
      '.env',
      '# keyturn: rotated=2026-08-01\nOLD=1\n# keyturn: rotated=2026-08-02\nNEW=${OLD}\nNONE=1\n',
    );
    await utimes(join(directory, '.env'), now, now);
    const { statuses, warnings } = await ages('OLD', 'NEW', 'NONE');
    expect(statuses).toEqual([
      ['overdue', 'store', 'fetch'],
      ['fresh', 'store', 'fetch'],
      ['unknown', 'store', 'fetch'],
    ]);
    expect(warnings).toEqual([]);

    await utimes(join(directory, '.env'), now, new Date('2026-07-01T00:00:00Z'));
    expect((await ages('OLD', 'NEW', 'NONE')).statuses.map(([verdict]) => verdict)).toEqual(
      Array(3).fill('overdue'),
    );
  });

  it('warns of a wrong date by file and line, and serves the value', async () => {
    await write('.env.local', '\n# keyturn: rotated=canary\nKEY=canary-value\n');
    expect((await ages('KEY')).warnings).toEqual([`.env.local:2: ${NO_DATE}`]);
  });
});
