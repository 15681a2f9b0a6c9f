import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keyturnBytes, project } from '../../packages/keyturn/test/support/cli.ts';
import { KINDS, leaksIn } from './search.ts';

const reports = mkdtempSync(join(tmpdir(), 'leaks-test-'));
afterAll(() => rmSync(reports, { recursive: true }));

/** The kinds that a process environment can hold, by a name for each. */
const texts = Object.entries(KINDS).flatMap(([kind, value]) =>
  typeof value === 'string' ? [[`K${kind.replaceAll(/\W/g, '_').toUpperCase()}`, value] as const] : [],
);
const CONFIG = `
import { createRedactor, defineConfig, file } from 'keyturn';
const names = process.env.ONLY?.split() ?? ${JSON.stringify(texts.map(([name]) => name))};
export default defineConfig({
  environment: 'a',
  environments: { a: { providers: { files: file({ root: import.meta.dirname + '/mounted' }) } } },
  secrets: Object.fromEntries(names.map((name) => [name, 'files://' + name])),
});
`;
const mounted = Object.fromEntries(texts.map(([name, value]) => [`mounted/${name}`, value]));

/** What a process wrote: to its streams and, where Node reports on it, to its reports. */
interface Written {
  readonly code: unknown;
  readonly streams: string;
  readonly reports: readonly string[];
}

/** Runs a script of a project, with the reports that a production machine has switched on. */
function dying(script: string): Promise<Written> {
  const folder = project({ 'keyturn.config.js': CONFIG, 'main.mjs': script, ...mounted });
  const directory = mkdtempSync(join(reports, 'of-'));
  const args = [
    '--report-uncaught-exception',
    '--report-exclude-env',
    `--report-directory=${directory}`,
    'main.mjs',
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({
        code: error?.code ?? 0,
        streams: stdout + stderr,
        reports: readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8')),
      }),
    );
  });
}

const START = `
import { load } from 'keyturn';
import config from './keyturn.config.js';
const secrets = await load(config);
const revealed = Object.values(secrets).map((secret) => secret.reveal());
process.title = 'app with ' + revealed.length + ' secrets';
`;

describe('the report on a process that dies of an uncaught exception', () => {
  it.each([
    ['the message', `throw new Error('no ' + revealed.join());`],
    ['the name', `throw Object.assign(new Error('no'), { name: revealed.join() });`],
  ])('shows a value that the app puts into %s', async (_, end) => {
    const { code, streams, reports } = await dying(START + end);
    expect(code).toBe(1);
    expect(leaksIn(streams)).not.toEqual([]);
    expect(reports).toHaveLength(1);
    expect(leaksIn(reports.join())).not.toEqual([]);
  });

  it.each([
    ['an error', `throw new Error('no ' + Object.values(secrets).join());`],
    [
      'an error with secrets as cause and property',
      `throw Object.assign(new Error('no', { cause: secrets }), secrets);`,
    ],
    ['a Secret', `throw Object.values(secrets)[0];`],
    ['a rejection with secrets', `Promise.reject(secrets);`],
    ['a failed resolve', `await load({ ...config, secrets: { ...config.secrets, MORE: 'files://more' } });`],
    ['a timer, far from the resolve', `setTimeout(() => { throw new RangeError('late'); }, 1);`],
  ])('shows none after %s', async (_, end) => {
    const { code, streams, reports } = await dying(START + end);
    expect(code).toBe(1);
    expect(reports).toHaveLength(1);
    expect(reports.join()).toContain('"javascriptStack"');
    expect(leaksIn(streams)).toEqual([]);
    expect(leaksIn(reports.join())).toEqual([]);
  });
});

describe('a command shows no value, whatever its kind', () => {
  const folder = project({ 'keyturn.config.js': CONFIG, ...mounted });
  /** A child that writes each of its secrets in many forms; with a mark of its own, by which it is known to have run. */
  const leaking = `
    const { inspect } = require('node:util');
    const texts = ${JSON.stringify(texts.map(([name]) => name))}.flatMap((name) => process.env[name] ?? []);
    for (const text of texts) {
      const bytes = Buffer.from(text);
      console.log('<', text, '>', JSON.stringify({ text }), inspect([text], { breakLength: Infinity }));
      console.log(bytes.toString('base64'), bytes.toString('base64url'), Buffer.from('me:' + text).toString('base64'));
      console.error(bytes.toString('hex'), bytes.toString('hex').toUpperCase(), encodeURIComponent(text));
      console.error(new URLSearchParams({ text }).toString(), "'" + text.replaceAll("'", "'\\\\''") + "'");
    }
    console.log('done');`;
  const child = ['--', process.execPath, '-e', leaking];

  it.each([
    ['check', ['check']],
    ['check --json', ['check', '--json']],
    ['plan', ['plan']],
    ['rotation', ['rotation']],
    ...texts.map(([name]): [string, string[]] => [`get ${name}`, ['get', name]]),
    // One at a time: the short one is part of all others, and would mask them.
    ...texts.map(([name]): [string, string[], string] => [
      `run --mask with ${name}`,
      ['run', '--mask', ...child],
      name,
    ]),
  ])('%s', async (_, args, only?: string) => {
    const env = only === undefined ? {} : { ONLY: only };
    const { code, stdout, stderr } = await keyturnBytes(folder, args, { env });
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(0);
    expect(leaksIn(stdout)).toEqual([]);
    expect(leaksIn(stderr)).toEqual([]);
  });

  it('where it is to be shown, each of its forms is found', async () => {
    const { stdout, stderr } = await keyturnBytes(folder, ['run', '--no-mask', ...child]);
    expect(stdout.toString()).toMatch(/done\n$/);
    const found = (output: string | Uint8Array) => leaksIn(output).map((leak) => leak.replace(/ of .*/, ''));
    expect(found(stdout)).toEqual(expect.arrayContaining(['plain', 'JSON', 'base64 at 0', 'base64url at 0']));
    expect(found(stderr)).toEqual(expect.arrayContaining(['hex', 'upper-case hex', 'URL', 'form']));
  });
});

describe('beside its streams, a command shows no value', () => {
  const folder = project({ 'keyturn.config.js': CONFIG, ...mounted });
  /** Prints the arguments and the name of the process that started it, and its own. */
  const shows = ['sh', '-c', 'cat /proc/$PPID/cmdline /proc/$PPID/comm /proc/$$/cmdline /proc/$$/comm'];

  it('in its arguments or its title, where one that is there is found', async () => {
    const ran = await keyturnBytes(folder, ['run', '--', ...shows]);
    expect({ code: ran.code, stderr: ran.stderr.toString() }).toEqual({ code: 0, stderr: '' });
    expect(ran.stdout.toString()).toContain('keyturn');
    expect(leaksIn(ran.stdout)).toEqual([]);
    const planted = await keyturnBytes(folder, ['run', '--', ...shows, texts[0]?.[1] ?? '']);
    expect(leaksIn(planted.stdout)).not.toEqual([]);
  });

  it('in the files that it leaves', async () => {
    for (const args of [['init'], ['example'], ['check'], ['plan'], ['run', '--mask', '--', 'true']]) {
      await keyturnBytes(folder, args);
    }
    const files = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
    expect(files).toContain('.env.example');
    expect(files.flatMap((name) => leaksIn(readFileSync(join(folder, name))))).toEqual([]);
    expect(leaksIn(readFileSync(join(folder, 'mounted', texts[0]?.[0] ?? '')))).not.toEqual([]);
  });
});
