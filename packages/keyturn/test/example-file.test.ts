import { ConfigError } from '@keyturn/core';
import dotenv from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleFile } from '../src/cli/example-file.ts';
import { itWith, pythonDotenv } from './support/consumers.ts';

const python = pythonDotenv();

const entries = [
  { name: 'SECRET_KEY', type: 'string', required: true, sensitive: true, default: 'canary-default' },
  {
    name: 'DATABASE_URL',
    description: 'Where the data lives.\r\n\nEVIL=1\u2028WORSE=2\n  postgres://user:password@host/database  ',
    type: 'database URL',
    required: true,
    sensitive: true,
  },
  {
    name: 'DEBUG',
    description: 'Never in production',
    type: 'boolean',
    required: false,
    sensitive: false,
    default: false,
  },
  {
    name: 'HOSTS',
    type: 'list',
    required: false,
    sensitive: false,
    default: ['a', 'b\nEVIL=1\u2028WORSE=2'],
  },
];

describe('exampleFile', () => {
  it('writes description, type, required or not, and a default only where it is not sensitive', () => {
    expect(exampleFile(entries)).toBe(
      [
        '# What this app needs to start. Copy to .env, which git ignores, and fill in.',
        '',
        '# string, required',
        'SECRET_KEY=',
        '',
        '# Where the data lives.',
        '#',
        '# EVIL=1',
        '# WORSE=2',
        '#   postgres://user:password@host/database',
        '# database URL, required',
        'DATABASE_URL=',
        '',
        '# Never in production',
        '# boolean, optional, default: false',
        'DEBUG=',
        '',
        '# list, optional, default: ["a","b\\nEVIL=1',
        '# WORSE=2"]',
        'HOSTS=',
        '',
      ].join('\n'),
    );
  });

  const empty = Object.fromEntries(entries.map(({ name }) => [name, '']));

  it('gives every name, and no other, an empty value by the dotenv package, with either of its parsers', () => {
    expect(dotenv.parse(exampleFile(entries))).toEqual(empty);
    expect(dotenv.parse(exampleFile(entries), { fast: true })).toEqual(empty);
  });

  itWith(python)('gives every name, and no other, an empty value by python-dotenv', () => {
    expect(python.read(exampleFile(entries))).toEqual(empty);
  });

  it('does so whatever a description says', () => {
    const text = fc.string({ unit: fc.constantFrom(...'A=1#\'"` \t\n\r\u2028\u2029\u0085\\', 'export ') });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (descriptions) => {
        const file = exampleFile(
          descriptions.map((description, index) => ({
            name: `V${index}`,
            description,
            type: 'string',
            required: true,
            sensitive: true,
          })),
        );
        expect(dotenv.parse(file)).toEqual(
          Object.fromEntries(descriptions.map((_, index) => [`V${index}`, ''])),
        );
      }),
    );
  });

  it('shows a default that JSON has no word for', () => {
    const entry = { name: 'LIMIT', type: 'integer', required: false, sensitive: false, default: 10n ** 20n };
    expect(exampleFile([entry])).toContain('# integer, optional, default: "100000000000000000000"\n');
  });

  it('writes the head alone for an empty manifest', () => {
    expect(exampleFile([])).toBe(
      '# What this app needs to start. Copy to .env, which git ignores, and fill in.\n',
    );
  });

  it('refuses names that no .env file can have, all at once', () => {
    const named = (name: string) => ({ name, type: 'string', required: true, sensitive: true });
    const write = () => exampleFile([named('1st'), named('GOOD'), named('a b')]);
    expect(write).toThrow(ConfigError);
    expect(write).toThrow(
      /^1st: cannot stand in \.env\.example: its name is not that of an environment variable \(letters, digits and _, not starting with a digit\)\na b: cannot stand in .*$/,
    );
  });
});
