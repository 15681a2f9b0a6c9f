import { rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dotenv } from '../src/index.ts';
import { directory, fetchFrom, inChild, read, write } from './folder.ts';

describe('the cascade', () => {
  async function writeAll() {
    for (const file of [
      '.env.prod.local',
      '.env.local',
      '.env.prod',
      '.env',
      '.env.test.local',
      '.env.test',
    ]) {
      await write(file, `${file.replace(/^\./, '')}=1\nALL=${file}\n`);
    }
  }

  it('lets the first file that has the name win', async () => {
    await writeAll();
    expect(await read({ environment: 'prod' }, 'ALL', 'env.prod', 'env.local', 'env')).toEqual([
      ...['.env.prod.local', '1', '1', '1'],
    ]);
    await rm(join(directory, '.env.prod.local'));
    expect(await read({ environment: 'prod' }, 'ALL')).toEqual(['.env.local']);
    await rm(join(directory, '.env.local'));
    expect(await read({ environment: 'prod' }, 'ALL')).toEqual(['.env.prod']);
    await rm(join(directory, '.env.prod'));
    expect(await read({ environment: 'prod' }, 'ALL')).toEqual(['.env']);
  });

  it('leaves .env.local out in test', async () => {
    await writeAll();
    await rm(join(directory, '.env.test.local'));
    expect(await read({ environment: 'test' }, 'ALL', 'env.local')).toEqual([
      '.env.test',
      'NotFound: env.local is not in .env.test or .env',
    ]);
  });

  it('is .env.local and .env without an environment', async () => {
    await writeAll();
    expect(await read({}, 'ALL', 'env', 'env.prod')).toEqual([
      '.env.local',
      '1',
      'NotFound: env.prod is not in .env.local or .env',
    ]);
  });

  it('takes an empty value for an answer', async () => {
    await write('.env.local', 'A=');
    await write('.env', 'A=1');
    expect(await read({}, 'A')).toEqual(['']);
  });

  it('answers in order, names of prototypes too', async () => {
    await write('.env', 'B=2\n__proto__=3\nA=1');
    expect(await read({}, 'A', 'constructor', '__proto__', 'B')).toEqual([
      ...['1', 'NotFound: constructor is not in .env', '3', '2'],
    ]);
  });

  it('names the files and the folder when there is none', async () => {
    expect(await read({ environment: 'prod' }, 'A', 'B')).toEqual(
      Array(2).fill('NotFound: there is no .env.prod.local, .env.local, .env.prod, or .env in <dir>'),
    );
    expect(await read({ directory: join(directory, 'none') }, 'A')).toEqual([
      'NotFound: there is no .env.local or .env in none',
    ]);
  });

  it('is read anew in each batch, from the working folder of the moment it was made', async () => {
    const script = `
      import { mkdirSync, writeFileSync } from 'node:fs';
      const signal = AbortSignal.timeout(10_000);
      process.chdir(process.argv[1]);
      const providers = [dotenv(), dotenv({ directory: 'sub' })];
      process.chdir('/');
      mkdirSync(process.argv[1] + '/sub');
      for (const value of ['1', '2']) {
        writeFileSync(process.argv[1] + '/.env', 'A=' + value);
        writeFileSync(process.argv[1] + '/sub/.env', 'A=sub' + value + (value === '2' ? '\\nstray' : ''));
        for (const provider of providers) {
          const [outcome] = await provider.fetch([{ path: 'A', params: {} }], { signal });
          console.log(outcome.ok ? outcome.value.value : outcome.message.slice(0, 10));
        }
      }`;
    expect(await inChild(script)).toBe('1\nsub1\n2\nsub/.env:2\n');
  });
});

describe('metadata', () => {
  it('is the time the file was last written', async () => {
    await write('.env', 'A=1\nB=${A}\nC=${LOCAL}');
    await write('.env.local', 'LOCAL=1');
    await utimes(join(directory, '.env'), 1_700_000_000, 1_700_000_000);
    await utimes(join(directory, '.env.local'), 1_700_000_500, 1_700_000_500);
    const outcomes = await fetchFrom({ directory, expand: true }, ['A', 'LOCAL', 'C']);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.metadata?.createdBefore?.getTime())).toEqual(
      [...[1_700_000_000_000, 1_700_000_500_000, 1_700_000_500_000]],
    );
  });
});

describe('options', () => {
  const notAName =
    'Misconfigured: "environment" must be a name such as "production"; leave it out for .env.local and .env alone';
  const leaves =
    'Misconfigured: "environment" is part of a file\'s name and may not hold "/", "\\", ".." or NUL';
  it.each([
    ['', notAName],
    ['local', 'Misconfigured: "environment" cannot be "local": .env.local belongs to every environment'],
    ['../x', leaves],
    ['a/b', leaves],
    ['a\\b', leaves],
    ['..', leaves],
    ['a\0', leaves],
  ])('refuse the environment %j', async (environment, message) => {
    await write('.env', 'A=1');
    expect(await read({ environment }, 'A')).toEqual([message]);
  });
});

it('leaves no file open', async () => {
  const script = `
    import { readdirSync } from 'node:fs';    const signal = AbortSignal.timeout(10_000);
    const before = readdirSync('/dev/fd').length;
    for (let n = 0; n < 50; n += 1) {
      await dotenv({ directory: process.argv[1] }).fetch([{ path: 'A', params: {} }], { signal });
    }
    console.log(readdirSync('/dev/fd').length - before < 10);`;
  await write('.env', 'A=1');
  expect(await inChild(script)).toBe('true\n');
});

it('refuses a directory that cannot be one', async () => {
  expect(await read({ directory: 'a\0' }, 'A')).toEqual([
    'Misconfigured: "directory" must be the path of a folder; leave it out for the working folder',
  ]);
});

it('check takes what can stand in a file', () => {
  const { check } = dotenv();
  for (const path of ['DATABASE_URL', 'a.b-c', '1', '__proto__']) {
    const locator = { path, params: {} };
    expect(check?.(locator)).toEqual({ locator });
  }
  for (const path of ['a b', 'db/url', 'É', 'A=1', 'A\n']) {
    expect(check?.({ path, params: {} })).toEqual({
      problem:
        'a name in a .env file has only A-Z, a-z, 0-9, "_", "." and "-"; write one such as DATABASE_URL',
    });
  }
});
