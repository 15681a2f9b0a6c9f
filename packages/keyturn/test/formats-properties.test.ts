import { ConfigError } from '@keyturn/core';
import dotenv from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Entry, type Format, formats } from '../src/cli/formats/index.ts';
import { itWith, pythonDotenv, shellConsumer } from './support/consumers.ts';
import { asObject } from './support/nasty-values.ts';

const python = pythonDotenv();

/** Strings over what some parser takes for syntax, and over all of Unicode but NUL. */
const value = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      ...'\'"`\\#$${}:-=!%~nrtax01 \t\n\n\r\v\f',
      '\u0085',
      '\u00a0',
      '\u2028',
      '\ufeff',
      '🔑',
      'export ',
    ),
    maxLength: 12,
  }),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
);
/** Enough syntax in a value that many cannot be written. */
const dense = fc.string({ unit: fc.constantFrom(...'\'"`\\#\n\r nrt${}'), minLength: 3, maxLength: 9 });

const entriesOf = (values: fc.Arbitrary<string>) =>
  fc
    .array(values, { minLength: 20, maxLength: 60 })
    .map((texts) => texts.map((text, index): Entry => ({ name: `V${index}`, value: text })));
const entries = entriesOf(value);

/** A consumer starts a process for each run, so a run has many values and there are few runs. */
const runs = { numRuns: 25 };
/** Some of these start a hundred processes, on a machine that may be busy. Milliseconds. */
const patience = 180_000;

function carries(format: Format, entry: Entry): boolean {
  try {
    format([entry]);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

describe('whatever the values are, export', () => {
  for (const shell of [shellConsumer('bash'), shellConsumer('dash')]) {
    itWith(shell)(
      `as shell is read back equal by ${shell.name}`,
      async () => {
        await fc.assert(
          fc.asyncProperty(entries, async (all) => {
            expect(await shell.read(formats.shell(all))).toEqual(asObject(all));
          }),
          runs,
        );
      },
      patience,
    );
  }

  it('as json is read back equal, with any name', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
        (variables) => {
          const all = Object.entries(variables).map(([name, text]) => ({ name, value: text }));
          expect(Object.entries(JSON.parse(formats.json(all)))).toEqual(Object.entries(variables));
        },
      ),
    );
  });

  it('as k8s is read back equal', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const manifest: { data: Record<string, string> } = parseYaml(formats.k8s(all));
        const decoded = Object.entries(manifest.data).map(([name, text]) => [
          name,
          Buffer.from(text, 'base64').toString(),
        ]);
        expect(Object.fromEntries(decoded)).toEqual(asObject(all));
      }),
    );
  });

  itWith(python)(
    'as dotenv is read back equal by dotenv and python-dotenv',
    () => {
      let carried = 0;
      fc.assert(
        fc.property(entries, (all) => {
          const possible = all.filter((entry) => carries(formats.dotenv, entry));
          carried += possible.length;
          const text = formats.dotenv(possible);
          expect(dotenv.parse(text)).toEqual(asObject(possible));
          expect(dotenv.parse(text, { fast: true })).toEqual(asObject(possible));
          expect(python.read(text)).toEqual(asObject(possible));
        }),
        { numRuns: 40 },
      );
      expect(carried).toBeGreaterThan(500);
    },
    patience,
  );

  itWith(python)(
    'as dotenv refuses only what no way to quote would make both read equal',
    () => {
      let refused = 0;
      fc.assert(
        fc.property(entriesOf(dense), (all) => {
          // A backtick in front opens a quoted value in dotenv, unless what follows happens to forbid it: not worth a rule.
          // A "${" outside single quotes is refused for Keyturn's own reader, which expands it where it is told to.
          const impossible = all.filter(
            (entry) => !carries(formats.dotenv, entry) && !/^`|\$\{/.test(entry.value),
          );
          refused += impossible.length;
          // Other variables follow, since a quote that stays open for them is no way to write this one.
          const attempts = impossible.flatMap(({ value: text }) =>
            waysToWrite(text).map((written) => ({ text, file: `A=${written}\nB='x'\nC="y"\nD=\`\n` })),
          );
          const byPython = python.readMany(attempts.map(({ file }) => file));
          const equal = attempts.filter(({ text, file }, index) => {
            const expected = JSON.stringify({ A: text, B: 'x', C: 'y', D: '`' });
            return (
              JSON.stringify(dotenv.parse(file)) === expected && JSON.stringify(byPython[index]) === expected
            );
          });
          expect(equal).toEqual([]);
        }),
        { numRuns: 8 },
      );
      expect(refused).toBeGreaterThan(30);
    },
    patience,
  );
});

/** Every quoting there is, with line breaks and backslashes both as they are and escaped. */
function waysToWrite(text: string): string[] {
  const bodies = [
    text,
    text.replaceAll('\r', '\\r'),
    text.replaceAll('\n', '\\n').replaceAll('\r', '\\r'),
  ].flatMap((body) => [
    body,
    body.replaceAll('\\', '\\\\'),
    body.replaceAll("'", "\\'"),
    body.replaceAll('"', '\\"'),
    body.replaceAll('$', '\\$'),
  ]);
  return ['', "'", '"', '`'].flatMap((quote) => bodies.map((body) => `${quote}${body}${quote}`));
}
