import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CliOptions,
  keyturnBytes,
  onTerminal,
  project,
} from '../../packages/keyturn/test/support/cli.ts';
import { failing, plant } from './failing.ts';
import { canary, leaksIn, SPECIAL } from './search.ts';

const URL_VALUE = `postgres://${canary('user')}:${canary('password')}@localhost/app`;

/** Every value is right. */
const GOOD = `
import { as, defineConfig, dotenv, env, file, memory } from 'keyturn';
export default defineConfig({
  environment: 'good',
  environments: {
    good: {
      providers: {
        app: memory({ URL: ${JSON.stringify(URL_VALUE)}, SPECIAL: ${JSON.stringify(SPECIAL)} }),
        local: dotenv(), files: file({ root: 'mounted' }), env: env(),
      },
      allowDefaults: true,
    },
  },
  secrets: {
    URL: { ref: 'app://URL', as: as.databaseUrl() },
    SPECIAL: 'app://SPECIAL',
    LOCAL: 'local://LOCAL',
    MOUNTED: 'files://key',
    FIELD: 'files://document#password',
    INHERITED: 'env://INHERITED',
    DEFAULT: { ref: 'app://DEFAULT', default: '${canary('default')}' },
  },
});
`;
/** Every secret fails, each in its own way, by a function of a file beside this one. */
const bad = (module: string, name: string) => `
import { ${name} } from '${new URL(module, import.meta.url).href}';
const { providers, secrets } = ${name}(import.meta.dirname);
export default { environment: 'bad', environments: { bad: { providers } }, secrets, retry: false };
`;
const names = ['URL', 'SPECIAL', 'LOCAL', 'MOUNTED', 'FIELD', 'INHERITED', 'DEFAULT'];

const LOAD = `
import { load } from 'keyturn';
import config from './keyturn.config.ts';
const secrets = await load(config);
console.log(secrets, JSON.stringify(secrets), \`\${Object.values(secrets)}\`, structuredClone(secrets));
console.error('%s %o %j', secrets.URL, secrets.URL, secrets.URL);
console.table(secrets);
`;
const FORGET = `
import { load } from 'keyturn';
import config from './keyturn.config.ts';
load(config);
`;

const good = project({
  'keyturn.config.ts': GOOD,
  '.env': `LOCAL="${canary('local')}"\n`,
  'mounted/key': `${canary('mounted')}\n`,
  'mounted/document': JSON.stringify({ password: canary('field') }),
  'load.mjs': LOAD,
});
const env = { INHERITED: canary('inherited') };
const failed = project({
  'keyturn.config.ts': bad('failing.ts', 'failing'),
  'validators.config.ts': bad('failing-validators.ts', 'failingValidators'),
  'load.mjs': LOAD,
  'forget.mjs': FORGET,
});
beforeAll(() => plant(failed));
const failingNames = Object.keys(failing(failed).secrets);
const VALIDATORS = ['--config', 'validators.config.ts'];

/** How a command ended, and where it has shown a canary. */
async function shownBy(folder: string, args: readonly string[], options: CliOptions = {}) {
  const { code, stdout, stderr } = await keyturnBytes(folder, args, options);
  return { code, stdout: leaksIn(stdout), stderr: leaksIn(stderr) };
}

const silent = (code: number) => ({ code, stdout: [], stderr: [] });

describe('where a value is to be shown, the search finds it', () => {
  const text = canary('local');
  const child = (expression: string) => [
    'run',
    '--',
    process.execPath,
    '-p',
    `const t = process.env.LOCAL; ${expression}`,
  ];

  it.each([
    ['get --reveal', ['get', 'LOCAL', '--reveal'], 'plain'],
    ['get --reveal --json', ['get', 'SPECIAL', '--reveal', '--json'], 'JSON'],
    ['export as JSON', ['export', '--format', 'json'], 'JSON'],
    ['export as base64', ['export', '--format', 'k8s'], 'base64 at 0'],
    ['export for a shell', ['export', '--format', 'shell'], 'plain'],
    ["run's child", child('t'), 'plain'],
    ["run's child, in hex", child("Buffer.from(t).toString('hex')"), 'hex'],
    ["run's child, as bytes", child('Buffer.from(t)'), 'a Buffer'],
    ["run's child, URL-encoded", child('encodeURIComponent(process.env.SPECIAL)'), 'URL'],
    [
      "run's child, in base64 behind something else",
      child("Buffer.from('ab' + t).toString('base64')"),
      'base64 at 2',
    ],
  ])('%s', async (_, args, form) => {
    const { code, stdout, stderr } = await shownBy(good, args, { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout.map((leak) => leak.replace(/ of .*/, ''))).toContain(form);
  });

  it('each of the values is there', async () => {
    const { stdout } = await keyturnBytes(good, ['export', '--format', 'json'], { env });
    expect(JSON.parse(stdout.toString())).toEqual({
      URL: URL_VALUE,
      SPECIAL,
      LOCAL: text,
      MOUNTED: canary('mounted'),
      FIELD: canary('field'),
      INHERITED: canary('inherited'),
      DEFAULT: canary('default'),
    });
  });
});

describe('a command that succeeds shows no value', () => {
  const shows = [
    'sh',
    '-c',
    'printf "%s\\n" "$URL" "$LOCAL" "$SPECIAL"; printf %s "$LOCAL" | base64; env >&2',
  ];

  it.each([
    [['check']],
    [['check', '--json']],
    [['plan']],
    [['plan', '--json']],
    [['rotation']],
    [['rotation', '--json', '--within', '14d']],
    [['example']],
    [['example', '--json']],
    [['init']],
    [['run', '--', 'true']],
    [['run', '--mask', '--', ...shows]],
    ...names.map((name) => [['get', name]]),
    ...names.map((name) => [['get', name, '--json']]),
    [['get', 'app://URL']],
    [['--help']],
  ])('%j', async (args) => {
    expect(await shownBy(good, args, { env })).toEqual(silent(0));
  });

  it('on a terminal', async () => {
    for (const args of [['check'], ['get', 'LOCAL'], ['plan']]) {
      expect(leaksIn(await onTerminal(good, args, { env }))).toEqual([]);
    }
  });
});

describe('a command that fails shows no value', () => {
  it.each([
    [['check'], 1],
    [['check', '--json'], 1],
    [['export', '--format', 'json'], 3],
    [['run', '--', 'env'], 125],
    [['plan'], 0],
    [['rotation'], 3],
    [['rotation', '--json'], 3],
    [['init'], 0],
    [['example'], 0],
    [['check', ...VALIDATORS], 1],
    [['check', '--json', ...VALIDATORS], 1],
    [['export', ...VALIDATORS], 3],
    [['run', ...VALIDATORS, '--', 'env'], 125],
    [['get', 'ZOD', '--json', ...VALIDATORS], 3],
  ])('%j, with every failure at once', async (args, code) => {
    expect(await shownBy(failed, args)).toEqual(silent(code));
  });

  it.each(failingNames)('get %s --reveal', async (name) => {
    expect(await shownBy(failed, ['get', name, '--reveal'])).toEqual(silent(3));
  });

  it.each([
    ['a call that hangs', ['get', 'faulty://hang', '--json'], 3],
    ['a connection URL for a name', ['get', `postgres://u:${canary('argument')}@host/db`], 2],
    ['one in JSON', ['get', `postgres://u:${canary('argument')}@host/db`, '--json'], 2],
  ])('%s', async (_, args, code) => {
    expect(await shownBy(failed, args)).toEqual(silent(code));
  });

  it.each(['dotenv', 'shell', 'docker', 'github', 'lambda', 'eb'])(
    'export as %s of what it cannot carry',
    async (format) => {
      const nul = project({
        'keyturn.config.js': `
        import { memory } from 'keyturn';
        const store = memory({ A: '${canary('a')}\\0', B: '\${${canary('b')}}\\n\\0\\r', C: '${canary('c')}\\ud800' });
        export default {
          environments: { a: { providers: { app: store } } },
          secrets: { ALPHA: 'app://A', BETA: 'app://B', GAMMA: 'app://C' },
        };`,
      });
      expect(await shownBy(nul, ['export', '--env', 'a', '--format', format])).toEqual(silent(2));
      expect(await shownBy(nul, ['run', '--env', 'a', '--', 'true'])).toEqual(silent(125));
    },
  );
});

describe('a config that cannot be used shows nothing of its text', () => {
  const c = canary('source');
  it.each([
    ['a syntax error', 'js', `export default { KEY: '${c}' '${c}' };`],
    ['a syntax error in TypeScript', 'ts', `export default { KEY: '${c}' '${c}' };`],
    ['a string that does not end', 'ts', `export default { KEY: '${c} };`],
    ['an enum', 'ts', `enum Key { A = '${c}' } export default {};`],
    ['CommonJS', 'ts', `export default { KEY: '${c}' }; module.exports = require('${c}');`],
    ['an error', 'js', `throw new Error('${c}');`],
    ['an error with a cause', 'js', `throw new TypeError('${c}', { cause: '${c}' });`],
    ['a call of what is no function', 'js', `'${c}'();`],
    ['JSON that is none', 'js', `JSON.parse('${c}');`],
    ['a URL that is none', 'js', `new URL('${c}');`],
    ['a number that is none', 'js', `BigInt('${c}');`],
    ['a text', 'js', `throw '${c}';`],
    ['a rejection', 'js', `Promise.reject(new Error('${c}')); await new Promise((r) => setTimeout(r, 1e3));`],
    [
      'a rejection with a text',
      'js',
      `Promise.reject('${c}'); await new Promise((r) => setTimeout(r, 1e3));`,
    ],
    ['a wait without end', 'js', `await new Promise(() => {}); // ${c}`],
    ['a default export that is none', 'js', `export default '${c}';`],
    ['secrets that are none', 'js', `export default { environments: { a: {} }, secrets: ['${c}'] };`],
    [
      'values for references',
      'js',
      `export default { environments: { a: {} }, secrets: { A: '${c}', B: 'x://${c}' } };`,
    ],
    [
      'a frame in its message',
      'js',
      `process.nextTick(() => { throw new Error('a\\n    at ${c}') }); await new Promise((r) => setTimeout(r, 1e3));`,
    ],
  ])('%s', async (_, ending, text) => {
    const broken = project({ [`keyturn.config.${ending}`]: text });
    const [checked, json, ran] = await Promise.all([
      shownBy(broken, ['check', '--env', 'a']),
      shownBy(broken, ['check', '--env', 'a', '--json']),
      shownBy(broken, ['run', '--env', 'a', '--', 'true']),
    ]);
    expect([checked, json, ran]).toEqual([silent(2), silent(2), silent(125)]);
  });
});

describe('an app shows no value', () => {
  function node(folder: string, file: string): Promise<{ code: unknown; shown: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, [join(folder, file)], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, shown: stdout + stderr }),
      );
    });
  }

  it('that logs its secrets', async () => {
    const { code, shown } = await node(good, 'load.mjs');
    expect(code).toBe(0);
    expect(shown).toContain('[secret]');
    expect(leaksIn(shown)).toEqual([]);
  });

  it.each(['load.mjs', 'forget.mjs'])('that dies of an error that it does not catch: %s', async (file) => {
    const { code, shown } = await node(failed, file);
    expect(code).toBe(1);
    for (const name of failingNames) expect(shown).toContain(`${name} (`);
    expect(leaksIn(shown)).toEqual([]);
  });
});
