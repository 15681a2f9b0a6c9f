import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'dotenv';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/packages.ts';

const example = join(root, 'examples/quickstart');
const read = (path: string) => readFile(join(example, path), 'utf8');

let output: string;
let scenes: Readonly<Record<string, string>>;

beforeAll(async () => {
  const env = { PATH: process.env.PATH };
  // Rejects unless it ends with 0. Our working folder is not its own.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(example, 'quickstart.mjs')], {
    env,
  });
  output = stdout + stderr;
  const parts = stdout.split(/^=== APP_ENV=(\w+): .*$/m).slice(1);
  scenes = Object.fromEntries(
    parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1] ?? '']] : [])),
  );
});

/** Name, store and result of each row that `keyturn check` prints; its columns are two blanks or more apart. */
function rows(scene: string): string[][] {
  return (scenes[scene] ?? '')
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .filter((cells) => cells.length === 5 && cells[1]?.includes('://'))
    .map(([name = '', , store = '', , result = '']) => [name, store, result]);
}

/** What the app answered: JavaScript's notation of an object with plain keys, as console.log writes it. */
function answer(scene: string): string {
  return /GET \/ answers\n(\{\n[^}]+\n\})/.exec(scenes[scene] ?? '')?.[1] ?? '';
}

it('shows three environments, in order', () => {
  expect(Object.keys(scenes)).toEqual(['development', 'production', 'broken']);
});

describe('development', () => {
  it('gets its values from dotenv', () => {
    expect(rows('development')).toEqual([
      ['DATABASE_URL', 'dotenv', 'ok'],
      ['STRIPE_KEY', 'dotenv', 'ok'],
      ['SESSION_KEY', 'dotenv', 'ok'],
      ['POOL_SIZE', 'dotenv', 'ok (default)'],
      ['LOG_LEVEL', 'dotenv', 'ok'],
    ]);
  });

  it('answers with the secrets masked', () => {
    expect(answer('development')).toBe(
      [
        '{',
        "  database: 'postgres at localhost',",
        "  DATABASE_URL: '[secret]',",
        "  STRIPE_KEY: '[secret]',",
        "  SESSION_KEY: '[secret]',",
        '  POOL_SIZE: 5,',
        "  LOG_LEVEL: 'debug'",
        '}',
      ].join('\n'),
    );
  });
});

describe('production', () => {
  it('gets its values from files', () => {
    expect(rows('production')).toEqual([
      ['DATABASE_URL', 'file', 'ok'],
      ['STRIPE_KEY', 'file', 'ok'],
      ['SESSION_KEY', 'file', 'ok'],
      ['POOL_SIZE', 'file', 'ok'],
      ['LOG_LEVEL', 'env', 'ok (default)'],
    ]);
  });

  it('answers with the secrets masked', () => {
    expect(answer('production')).toBe(
      [
        '{',
        "  database: 'postgres at db.internal',",
        "  DATABASE_URL: '[secret]',",
        "  STRIPE_KEY: '[secret]',",
        "  SESSION_KEY: '[secret]',",
        '  POOL_SIZE: 20,',
        "  LOG_LEVEL: 'info'",
        '}',
      ].join('\n'),
    );
  });
});

describe('broken', () => {
  const broken = join(example, 'broken');

  it('names two missing, one malformed and one store that cannot be read', () => {
    expect(rows('broken')).toEqual([
      ['DATABASE_URL', '-', `NotFound: ${broken}/mounted/DATABASE_URL: no such file`],
      ['STRIPE_KEY', '-', `NotFound: ${broken}/mounted/payments: no such file`],
      ['SESSION_KEY', 'file', 'ok'],
      ['POOL_SIZE', '-', 'InvalidValue: is not an integer'],
      ['LOG_LEVEL', '-', `Misconfigured: ${broken}/.env is a directory, not a file`],
    ]);
  });

  it('does not boot: one error, with name, reference, code and what to do', () => {
    expect(scenes.broken).toContain(`ResolveError: 4 secrets could not be resolved:
  DATABASE_URL (app://DATABASE_URL): NotFound: ${broken}/mounted/DATABASE_URL: no such file
    Create it there, correct the reference, or mark it optional.
  STRIPE_KEY (app://payments#stripe): NotFound: ${broken}/mounted/payments: no such file
    Create it there, correct the reference, or mark it optional.
  POOL_SIZE (app://POOL_SIZE): InvalidValue: is not an integer
    Correct the value in the store, or the conversion.
  LOG_LEVEL (settings://LOG_LEVEL): Misconfigured: ${broken}/.env is a directory, not a file
    Correct the provider's options.
`);
  });
});

it('shows no sensitive value, nor a part of one', async () => {
  const { LOG_LEVEL: _, ...development } = parse(await read('.env.development'));
  // Without production's POOL_SIZE, which is not sensitive and shown; a malformed one is quoted never.
  const files = [
    'mounted/DATABASE_URL',
    'mounted/SESSION_KEY',
    'mounted/payments',
    'broken/mounted/POOL_SIZE',
  ];
  const texts = await Promise.all(files.map(read));
  const values = [...Object.values(development), ...texts].map((text) => text.trim()).flatMap(withParts);
  expect(values).toEqual(expect.arrayContaining(['not-a-real-password', 'sk_live_not_a_real_key', 'twenty']));
  expect(values.filter((value) => output.includes(value))).toEqual([]);
});

/** A value, and what it holds: the fields of a JSON object, the password of a URL. */
function withParts(value: string): string[] {
  if (value.startsWith('{')) return [value, ...Object.values<string>(JSON.parse(value))];
  return URL.canParse(value) ? [value, new URL(value).password] : [value];
}
