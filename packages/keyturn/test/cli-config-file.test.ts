import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyturn, project } from './support/cli.ts';

const config = (environment: string) => `
import { defineConfig, memory } from 'keyturn';
export default defineConfig({
  environment: '${environment}',
  environments: { ${environment}: { providers: { app: memory({ KEY: 'canary-key' }) } } },
  secrets: { KEY: 'app://KEY' },
});
`;

/** The environment that `plan` finds in the config, or what it says instead. */
async function planned(folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await keyturn(folder, ['plan', '--json', ...args]);
  return code === 0 ? JSON.parse(stdout).environment : { code, stdout, stderr };
}

describe('the config file', () => {
  it('is the first of ts, mts, js and mjs', async () => {
    const endings = ['ts', 'mts', 'js', 'mjs'];
    for (const first of endings) {
      const there = endings.slice(endings.indexOf(first));
      const folder = project(Object.fromEntries(there.map((end) => [`keyturn.config.${end}`, config(end)])));
      expect(await planned(folder)).toBe(first);
    }
  });

  it.each(['ts', 'js'])('.%s needs no "type" in package.json', async (ending) => {
    const folder = project({ 'package.json': '{}', [`keyturn.config.${ending}`]: config(ending) });
    // Node itself warns on stderr.
    expect(await keyturn(folder, ['get', 'KEY', '--reveal'])).toMatchObject({
      code: 0,
      stdout: 'canary-key',
    });
  });

  it.each(['import "keyturn";', 'export default {};'])('as CommonJS is told what to do: %s', async (text) => {
    const folder = project({ 'package.json': '{"type":"commonjs"}', 'keyturn.config.ts': text });
    const { code, stderr } = await keyturn(folder, ['check']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'error: keyturn.config.ts: is an ES module that Node takes for CommonJS: end its name in .mts or .mjs, or write "type": "module" into package.json\n',
    );
  });

  it('is TypeScript as Node runs it', async () => {
    const typed = `${config('typed').replace('import {', 'import { type Config,')}\nconst typed: Config = {} as Config;`;
    expect(await planned(project({ 'keyturn.config.ts': typed }))).toBe('typed');
  });

  it('is the one of --config, whose relative paths start in the working folder', async () => {
    const own = `
      import { file } from 'keyturn';
      export default {
        environments: { own: { providers: { app: file({ root: 'secrets' }) } } },
        secrets: { KEY: 'app://key' },
      };`;
    const folder = project({
      'keyturn.config.js': config('other'),
      'conf/own config.js': own,
      'secrets/key': 'canary-file\n',
    });
    const args = ['get', 'KEY', '--reveal', '--env', 'own', '--config', 'conf/own config.js'];
    expect(await keyturn(folder, args)).toEqual({ code: 0, stdout: 'canary-file', stderr: '' });
  });
});

/** Every command that reads the config; `run` has its own code. */
const COMMANDS = [['check'], ['get', 'KEY'], ['run', '--', 'true'], ['export'], ['example'], ['plan']];

describe('a config file that is not there', () => {
  it.each(COMMANDS)('%s', async (...args) => {
    const stderr =
      'error: there is no config here (keyturn.config.ts, keyturn.config.mts, keyturn.config.js, keyturn.config.mjs): run "keyturn init", or name one with --config\n';
    const code = args[0] === 'run' ? 125 : 2;
    expect(await keyturn(project(), args)).toEqual({ code, stdout: '', stderr });
  });

  it('but named with --config', async () => {
    const stderr = 'error: conf/none.ts: there is no such file\n';
    const folder = project({ 'keyturn.config.js': config('other') });
    expect(await keyturn(folder, ['check', '--config', 'conf/none.ts'])).toEqual({
      code: 2,
      stdout: '',
      stderr,
    });
  });
});

describe('a config file that cannot be used', () => {
  const HIDDEN = 'its message can quote a value: to see it, run the file with node';
  const CASES: readonly (readonly [what: string, text: string, message: string, ending?: string])[] = [
    [
      'no default export',
      'export const config = {};',
      'has no default export: write "export default defineConfig({ … })"',
    ],
    ['a number', 'export default 5;', 'a config is an object: write defineConfig({ … })'],
    ['a function', 'export default () => ({});', 'a config is an object: write defineConfig({ … })'],
    ['a syntax error', '\nexport default { KEY: "canary-1" "x" };', 'has a syntax error at line 2'],
    [
      'a syntax error in TypeScript',
      '\nexport default { KEY: "canary-1" "x" };',
      'has a syntax error at line 2',
      'ts',
    ],
    [
      'an enum',
      '\nenum Key { A = "canary-1" }\nexport default {};',
      'has TypeScript that Node does not run, such as an enum, at line 2',
      'ts',
    ],
    [
      'a package that is missing',
      'import "no-such-package";',
      'imports no-such-package, which is not installed here',
    ],
    ['a file that is missing', 'import "./none.js";', 'imports <folder>/none.js, which is not there'],
    [
      'an export that is missing',
      'import { dotnev } from "keyturn";',
      'imports dotnev from keyturn, which exports no such value (for a type, write "import type")',
    ],
    ['another file with a syntax error', 'import "./broken.js";', 'imports a file with a syntax error'],
    [
      'another TypeScript file with a syntax error',
      'import "./broken.ts";',
      'imports <folder>/broken.ts, which has a syntax error at line 1',
    ],
    ['an error', '\n\nthrow new RangeError("canary-1");', `throws RangeError at line 3; ${HIDDEN}`],
    ["another file's error", 'import "./throws.js";', `throws Error; ${HIDDEN}`],
    ['a parser’s error', '\nJSON.parse("{canary-1");', `throws SyntaxError at line 2; ${HIDDEN}`],
    ['something else', 'throw "canary-1";', 'throws something that is no Error'],
    [
      "the system's error",
      'import { readFileSync } from "node:fs"; readFileSync("none.pem");',
      "cannot be loaded: ENOENT: no such file or directory, open 'none.pem'",
    ],
    [
      'an error of Keyturn',
      'import { createResolver } from "keyturn"; createResolver({ providers: {} });',
      'cannot be loaded: providers: there is no provider: write { name: env() } or another',
    ],
  ];

  it.each(
    CASES.map(
      ([what, text, message, ending = 'js']) => [what, `keyturn.config.${ending}`, text, message] as const,
    ),
  )('%s', async (_, name, text, message) => {
    const folder = project({
      [name]: text,
      'broken.js': 'const a = "canary-1" "x";',
      'broken.ts': 'const a = "canary-1" "x";',
      'throws.js': 'throw new Error("canary-1");',
    });
    const ended = await keyturn(folder, ['check']);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: `error: ${name}: ${message}\n` });
  });

  it('is named in JSON too', async () => {
    const ended = await keyturn(project({ 'keyturn.config.js': 'export default 5;' }), ['check', '--json']);
    expect({ ...ended, stdout: JSON.parse(ended.stdout) }).toEqual({
      code: 2,
      stdout: {
        error: {
          code: 'Misconfigured',
          problems: [
            { place: 'keyturn.config.js', message: 'a config is an object: write defineConfig({ … })' },
          ],
        },
      },
      stderr: '',
    });
  });

  it('since it may not be read', async () => {
    const folder = project({ 'keyturn.config.js': config('a') });
    chmodSync(join(folder, 'keyturn.config.js'), 0);
    expect(await keyturn(folder, ['check'], { unprivileged: true })).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "error: keyturn.config.js: cannot be loaded: EACCES: permission denied, open '<folder>/keyturn.config.js'\n",
    });
  });

  it('since it is a folder', async () => {
    const folder = project();
    mkdirSync(join(folder, 'keyturn.config.js'));
    expect(await keyturn(folder, ['check'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: keyturn.config.js: is a folder, not a file\n',
    });
  });

  it.each(['keyturn.config.json', 'config', 'config.tsx'])('since it is no module: %s', async (name) => {
    expect(await keyturn(project({ [name]: '{}' }), ['check', '--config', name])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${name}: is no module: a config is code, in a file that ends in .ts, .mts, .js or .mjs\n`,
    });
  });

  it('init writes none such either', async () => {
    const folder = project();
    const { code, stderr } = await keyturn(folder, ['init', '--config', 'keyturn.json']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'error: keyturn.json: is no module: a config is code, in a file that ends in .ts, .mts, .js or .mjs\n',
    });
    expect(readdirSync(folder).sort()).toEqual(['node_modules', 'package.json']);
  });
});

describe('a config that goes on after its import', () => {
  it('its rejection that nobody handles is told without its message, and without the line of source', async () => {
    const text = `
      Promise.reject(new TypeError('canary-1'));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      export default {};`;
    const { code, stdout, stderr } = await keyturn(project({ 'keyturn.config.js': text }), ['check']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: unexpected TypeError, a bug in Keyturn or in the config\n {4}at file:/);
    expect(stderr).not.toContain('canary');

    const inJson = await keyturn(project({ 'keyturn.config.js': text }), ['check', '--json']);
    const message = 'unexpected TypeError, a bug in Keyturn or in the config';
    expect({ code: inJson.code, data: JSON.parse(inJson.stdout) }).toEqual({
      code: 2,
      data: { error: { code: 'Unknown', problems: [{ place: '', message }] } },
    });
    expect(inJson.stderr).toMatch(
      /^error: unexpected TypeError, a bug in Keyturn or in the config\n {4}at file:/,
    );
  });

  it.each([
    [['check'], 0],
    [['run', '--', 'sh', '-c', 'exit 7'], 7],
  ])('%j: what it leaves open keeps no command from ending', async (args, code) => {
    const folder = project({ 'keyturn.config.js': `setInterval(() => {}, 1_000);\n${config('a')}` });
    expect((await keyturn(folder, args)).code).toBe(code);
  });

  it.each([
    [['check'], 2],
    [['run', '--', 'true'], 125],
  ])('%j: what it waits for and cannot come is told, with %i', async (args, code) => {
    const folder = project({ 'keyturn.config.js': 'await new Promise(() => {}); export default {};' });
    const stderr = 'error: the config, or a provider, waits for something that cannot come any more\n';
    expect(await keyturn(folder, args)).toEqual({ code, stdout: '', stderr });
  });
});
