import { ConfigError } from '@keyturn/core';
import { describe, expect, it } from 'vitest';
import { type FormatName, type FormatOptions, formats } from '../src/cli/formats/index.ts';
import { nastyValues } from './support/nasty-values.ts';

const names = Object.keys(formats).filter((name): name is FormatName => name in formats);

function problemsOf(
  format: FormatName,
  variables: Record<string, string>,
  options?: FormatOptions,
): string[] {
  const entries = Object.entries(variables).map(([name, value]) => ({ name, value }));
  try {
    formats[format](entries, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('what export writes', () => {
  const entries = [
    { name: 'B', value: "it's" },
    { name: 'A', value: 'x y' },
  ];

  it.each<[FormatName, string]>([
    ['dotenv', `B="it's"\nA='x y'\n`],
    ['json', `{\n  "B": "it's",\n  "A": "x y"\n}\n`],
    ['shell', `export B='it'\\''s'\nexport A='x y'\n`],
    ['docker', `B=it's\nA=x y\n`],
    ['github', `B<<KEYTURN_EOF_0\nit's\nKEYTURN_EOF_0\nA<<KEYTURN_EOF_0\nx y\nKEYTURN_EOF_0\n`],
    [
      'k8s',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: "app-secrets"\ntype: Opaque\ndata:\n  "B": "aXQncw=="\n  "A": "eCB5"\n',
    ],
  ])('as %s', (format, text) => {
    expect(formats[format](entries)).toBe(text);
  });

  it('as lambda', () => {
    expect(formats.lambda([{ name: 'KEY', value: '"x"' }])).toBe(
      '{\n  "Variables": {\n    "KEY": "\\"x\\""\n  }\n}\n',
    );
  });

  it('as eb', () => {
    expect(JSON.parse(formats.eb([{ name: 'KEY', value: 'x' }]))).toEqual([
      { Namespace: 'aws:elasticbeanstalk:application:environment', OptionName: 'KEY', Value: 'x' },
    ]);
  });

  it.each([
    ['one line', 'canary 50%', '::add-mask::canary 50%25\n'],
    [
      'the lines of a key',
      ' -----BEGIN KEY-----\r\n canary\rcanary-canary-canary\n',
      '::add-mask::-----BEGIN KEY-----\n::add-mask::canary-canary-canary\n',
    ],
    ['a document', '{\n  "user": "app",\n  "password": "canary"\n}', '::add-mask::"password": "canary"\n'],
    ['a newline at the end', 'canary\n', '::add-mask::canary\n'],
    ['what stands everywhere', 'true', ''],
  ])('as github-mask: %s', (_, value, text) => {
    expect(formats['github-mask']([{ name: 'A', value }])).toBe(text);
  });

  it.each<[FormatName, string]>([
    ['dotenv', ''],
    ['json', '{}\n'],
    ['shell', ''],
    ['docker', ''],
    ['github', ''],
    ['github-mask', ''],
    ['k8s', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: "app-secrets"\ntype: Opaque\ndata: {}\n'],
    ['lambda', '{\n  "Variables": {}\n}\n'],
    ['eb', '[]\n'],
  ])('of nothing, as %s', (format, text) => {
    expect(formats[format]([])).toBe(text);
  });

  it('takes another delimiter where the first occurs in any value, also as a part of a line', () => {
    const text = formats.github([
      { name: 'A', value: 'x' },
      { name: 'B', value: 'not KEYTURN_EOF_0 yet\nKEYTURN_EOF_1' },
    ]);
    expect(text).toBe(
      'A<<KEYTURN_EOF_2\nx\nKEYTURN_EOF_2\nB<<KEYTURN_EOF_2\nnot KEYTURN_EOF_0 yet\nKEYTURN_EOF_1\nKEYTURN_EOF_2\n',
    );
  });
});

describe('what a format cannot carry', () => {
  it.each(names)('%s refuses of the table what it says, and nothing else', (format) => {
    const refused = nastyValues.filter(({ name, value }) => problemsOf(format, { [name]: value }).length > 0);
    expect(refused.map(({ name }) => name)).toEqual(
      nastyValues.filter(({ refusedBy }) => refusedBy.includes(format)).map(({ name }) => name),
    );
  });

  it.each(names)('%s never quotes a value', (format) => {
    const refused = nastyValues.map(({ name, value, refusedBy }) => ({
      name,
      value: `${value}sentinel`,
      refusedBy,
    }));
    for (const { name, value } of refused) {
      expect(problemsOf(format, { [name]: value }).join('\n')).not.toContain('sentinel');
    }
  });

  it('says everything at once, by variable', () => {
    expect(problemsOf('docker', { '1st': 'a\nb', GOOD: 'x', SECOND: 'canary\r' })).toEqual([
      '1st: cannot be exported as docker: its name is not that of an environment variable (letters, digits and _, not starting with a digit)',
      '1st: cannot be exported as docker: its value has a line break, and an env file holds one variable a line',
      'SECOND: cannot be exported as docker: its value ends in a carriage return, which Docker drops',
    ]);
  });

  it.each<[FormatName, Record<string, string>, string]>([
    [
      'dotenv',
      { A: `it's "canary" # x` },
      'A: cannot be exported as dotenv: no way to write its value is read alike by dotenv and python-dotenv (quotes, backslashes, # or line breaks that exclude each other)',
    ],
    [
      'dotenv',
      { A: '${HOME}' },
      'A: cannot be exported as dotenv: python-dotenv would replace the ${…} in its value, however that is quoted',
    ],
    ['dotenv', { A: '\0' }, 'A: cannot be exported as dotenv: its value holds a NUL character'],
    [
      'shell',
      { A: '\ud83d' },
      'A: cannot be exported as shell: its value holds half a surrogate pair, which UTF-8 cannot write',
    ],
    ['shell', { UID: '0' }, 'UID: cannot be exported as shell: bash keeps this name read-only'],
    [
      'github',
      { github_token: 'x' },
      'github_token: cannot be exported as github: GitHub keeps names that start with GITHUB_ or RUNNER_ for itself',
    ],
    [
      'github',
      { RUNNER_OS: 'x' },
      'RUNNER_OS: cannot be exported as github: GitHub keeps names that start with GITHUB_ or RUNNER_ for itself',
    ],
    [
      'github',
      { Node_Options: 'x' },
      'Node_Options: cannot be exported as github: GitHub does not take NODE_OPTIONS from $GITHUB_ENV',
    ],
    [
      'github',
      { A: 'x\r' },
      'A: cannot be exported as github: its value ends in a carriage return, which a Windows runner drops',
    ],
    [
      'k8s',
      { 'a/b': 'x' },
      'a/b: cannot be exported as k8s: its name is not a key of a Secret (1 to 253 letters, digits, -, _ and ., but not . and not starting with ..)',
    ],
    [
      'k8s',
      { '..a': 'x' },
      '..a: cannot be exported as k8s: its name is not a key of a Secret (1 to 253 letters, digits, -, _ and ., but not . and not starting with ..)',
    ],
    [
      'k8s',
      { A: 'x'.repeat(1_000_000), B: 'ä'.repeat(24_289) },
      'export as k8s: the values have 1048578 bytes together, and a Secret holds at most 1048576',
    ],
    [
      'lambda',
      { A: 'x' },
      'A: cannot be exported as lambda: Lambda takes names of two or more letters, digits and _ that start with a letter',
    ],
    ['lambda', { AWS_REGION: 'x' }, 'AWS_REGION: cannot be exported as lambda: Lambda sets this name itself'],
    [
      'lambda',
      { KEY: `${'x'.repeat(4085)}"` },
      'export as lambda: the variables have 4097 bytes as Lambda counts them, and it takes at most 4096',
    ],
    [
      'eb',
      { A: 'pa$$word' },
      'A: cannot be exported as eb: its value holds more than the letters, digits, blanks and _ . : / = + - @ that every Elastic Beanstalk platform passes on unchanged',
    ],
    [
      'eb',
      { A: 'x'.repeat(257) },
      'A: cannot be exported as eb: its value is longer than 256 characters, the most that Elastic Beanstalk takes',
    ],
    [
      'eb',
      { ['A'.repeat(129)]: 'x' },
      `${'A'.repeat(129)}: cannot be exported as eb: its name is longer than 128 characters, the most that Elastic Beanstalk takes`,
    ],
    [
      'eb',
      Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`K${index + 10}`, 'x'.repeat(253)])),
      'export as eb: the variables have 4112 bytes as NAME=value, and Elastic Beanstalk takes at most 4096',
    ],
  ])('%s: %#', (format, variables, message) => {
    expect(problemsOf(format, variables)).toEqual([message]);
  });

  it.each(['', 'App', 'a_b', '-a', 'a-', 'a..b', `${'a'.repeat(254)}`, 'a\nb'])(
    'k8s: a Secret named %j',
    (name) => {
      expect(problemsOf('k8s', { A: 'x' }, { name })).toEqual([
        `export as k8s: ${JSON.stringify(name)} is not a name for a Secret: up to 253 lower-case letters, digits, - and ., each part starting and ending with a letter or digit`,
      ]);
    },
  );

  it.each<[FormatName, Record<string, string>]>([
    ['k8s', { A: 'x'.repeat(1_048_576) }],
    ['lambda', { KEY: 'x'.repeat(4096 - '{"KEY":""}'.length) }],
    ['eb', Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`K${index + 10}`, 'x'.repeat(252)]))],
    ['github', { CI: 'true' }],
    ['json', { 'any/name at all': 'x' }],
    ['k8s', { 'any-name.at_all': 'x' }],
  ])('%s carries what is just within its limits: %#', (format, variables) => {
    expect(problemsOf(format, variables)).toEqual([]);
  });
});
