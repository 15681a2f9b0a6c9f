import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@keyturn/core';
import { dotenv } from '@keyturn/dotenv';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entry, formats } from '../src/cli/formats/index.ts';
import { carriedBy } from './support/nasty-values.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keyturn-own-parser-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Writes the entries as `export` does and reads them as an app does: from the file, by the provider. */
async function throughFile(entries: readonly Entry[], expand: boolean): Promise<unknown[]> {
  await writeFile(join(directory, '.env'), formats.dotenv(entries));
  const locators = entries.map(({ name }) => ({ path: name, params: {} }));
  const options = { signal: new AbortController().signal, warn: () => {} };
  const outcomes = await dotenv({ directory, expand }).fetch(locators, options);
  return outcomes.map((outcome) => (outcome.ok ? outcome.value.value : outcome));
}

const valuesOf = (entries: readonly Entry[]) => entries.map(({ value }) => value);

function isCarried(entry: Entry): boolean {
  try {
    formats.dotenv([entry]);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** What some parser takes for syntax, and all of Unicode but NUL. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      ...'\'"`\\#$${}:-=! \t\n\n\r\v\fnra1',
      '\u0085',
      '\u00a0',
      '\u2028',
      '\ufeff',
      '🔑',
    ),
    maxLength: 12,
  }),
  fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', '')),
);

describe.each([false, true])('what export writes as dotenv, the dotenv provider with expand %s', (expand) => {
  it.each(carriedBy('dotenv'))('reads back equal: $name', async (entry) => {
    expect(await throughFile([entry], expand)).toEqual([entry.value]);
  });

  it('reads back equal, all of the table in one file', async () => {
    const entries = carriedBy('dotenv');
    expect(await throughFile(entries, expand)).toEqual(valuesOf(entries));
  });

  it('reads back equal, whatever the values are', async () => {
    let carried = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 60 }), async (texts) => {
        const entries = texts.map((value, index) => ({ name: `V${index}`, value })).filter(isCarried);
        carried += entries.length;
        expect(await throughFile(entries, expand)).toEqual(valuesOf(entries));
      }),
    );
    expect(carried).toBeGreaterThan(1000);
  });
});
