import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyturn, project } from './support/cli.ts';

const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

const STARTER_EXAMPLE = `# What this app needs to start. Copy to .env, which git ignores, and fill in.

# The main database
# databaseUrl, required
DATABASE_URL=

# string, required
SECRET_KEY=

# port, optional, default: 3000
PORT=
`;

const FILLED = STARTER_EXAMPLE.replace('DATABASE_URL=', 'DATABASE_URL=postgres://app:canary@localhost/app')
  .replace('SECRET_KEY=', 'SECRET_KEY=canary-key')
  .replace('PORT=\n', '');

const NEXT = 'next: npm install keyturn, write your .env, then APP_ENV=development npx keyturn check\n';

describe('init', () => {
  it('in an empty folder writes what then works', async () => {
    const folder = project();
    expect(await keyturn(folder, ['init'])).toEqual({
      code: 0,
      stdout: '',
      stderr: `wrote keyturn.config.ts\nwrote .env.example\nwrote .gitignore\n${NEXT}`,
    });
    expect(read(folder, '.env.example')).toBe(STARTER_EXAMPLE);
    expect(read(folder, '.gitignore')).toBe('.env*\n!.env.example\n');

    const env = { APP_ENV: 'development' };
    const missing = await keyturn(folder, ['check'], { env });
    expect(missing.code).toBe(1);
    writeFileSync(join(folder, '.env'), FILLED);
    expect(await keyturn(folder, ['check'], { env })).toEqual({
      code: 0,
      stdout: `NAME          REFERENCE           STORE   TYPE         RESULT
DATABASE_URL  app://DATABASE_URL  dotenv  databaseUrl  ok
SECRET_KEY    app://SECRET_KEY    dotenv  string       ok
PORT          settings://PORT     dotenv  port         ok (default)

development: 3 of 3 secrets are right
`,
      stderr: '',
    });

    // Everything that .env.example names is read from .env, and a variable of the process beats it.
    writeFileSync(join(folder, '.env'), FILLED.concat('PORT=4000\n'));
    const port = ['get', 'PORT', '--reveal'];
    expect((await keyturn(folder, port, { env })).stdout).toBe('4000');
    expect((await keyturn(folder, port, { env: { ...env, PORT: '5000' } })).stdout).toBe('5000');
    expect((await keyturn(folder, ['check'])).stderr).toBe(
      'error: environment: is not set: it is one of development, production\n',
    );

    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    const ignored = execFileSync('git', ['status', '--short', '--untracked-files=all', '.'], { cwd: folder });
    expect(
      ignored
        .toString()
        .split('\n')
        .filter((line) => line.includes('.env')),
    ).toEqual(['?? .env.example']);
  });

  it('its .env.example is the one that example writes', async () => {
    const folder = project();
    await keyturn(folder, ['init']);
    rmSync(join(folder, '.env.example'));
    expect(await keyturn(folder, ['example'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'wrote .env.example\n',
    });
    expect(read(folder, '.env.example')).toBe(STARTER_EXAMPLE);
  });

  it('works before keyturn is installed', async () => {
    const folder = project();
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect((await keyturn(folder, ['init'])).code).toBe(0);
  });

  it('twice changes nothing the second time', async () => {
    const folder = project();
    await keyturn(folder, ['init']);
    const files = ['keyturn.config.ts', '.env.example', '.gitignore'];
    const before = files.map((name) => read(folder, name));
    expect(await keyturn(folder, ['init'])).toEqual({
      code: 0,
      stdout: '',
      stderr: files.map((name) => `kept ${name}, which exists\n`).join(''),
    });
    expect(files.map((name) => read(folder, name))).toEqual(before);
  });

  it('keeps what is there, and makes the example from the config that is there', async () => {
    const config = `
      import { memory } from 'keyturn';
      export default {
        environments: { a: { providers: { app: memory() } } },
        secrets: { OWN: { ref: 'app://OWN', description: 'Ours' } },
      };`;
    const folder = project({ 'keyturn.config.mjs': config, '.gitignore': 'dist/' });
    const { code, stdout, stderr } = await keyturn(folder, ['init', '--json']);
    expect({ code, stderr, data: JSON.parse(stdout) }).toEqual({
      code: 0,
      stderr: '',
      data: { written: ['.env.example', '.gitignore'], kept: ['keyturn.config.mjs'] },
    });
    expect(read(folder, 'keyturn.config.mjs')).toBe(config);
    expect(read(folder, '.gitignore')).toBe('dist/\n.env*\n!.env.example\n');
    expect(read(folder, '.env.example')).toBe(
      '# What this app needs to start. Copy to .env, which git ignores, and fill in.\n\n# Ours\n# string, required\nOWN=\n',
    );
    expect(existsSync(join(folder, 'keyturn.config.ts'))).toBe(false);
  });

  it('keeps an .env.example of someone else', async () => {
    const folder = project({ '.env.example': 'FOREIGN=\n' });
    const { stderr } = await keyturn(folder, ['init']);
    expect(stderr).toBe(
      `wrote keyturn.config.ts\nwrote .gitignore\nkept .env.example, which exists\n${NEXT}`,
    );
    expect(read(folder, '.env.example')).toBe('FOREIGN=\n');
  });

  it('a config that is there and broken is told, and nothing is written', async () => {
    const folder = project({ 'keyturn.config.js': 'export default 5;' });
    expect(await keyturn(folder, ['init'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: keyturn.config.js: a config is an object: write defineConfig({ … })\n',
    });
    expect(existsSync(join(folder, '.env.example'))).toBe(false);
    expect(existsSync(join(folder, '.gitignore'))).toBe(false);
  });

  it('in a folder that it may not write to is told, also in JSON', async () => {
    const folder = project();
    chmodSync(folder, 0o555);
    const message = "EACCES: permission denied, open 'keyturn.config.ts'";
    const words = `error: ${message}\n`;
    expect(await keyturn(folder, ['init'], { unprivileged: true })).toEqual({
      code: 2,
      stdout: '',
      stderr: words,
    });
    const { code, stdout, stderr } = await keyturn(folder, ['init', '--json'], { unprivileged: true });
    expect({ code, stderr, data: JSON.parse(stdout) }).toEqual({
      code: 2,
      stderr: words,
      data: { error: { code: 'Unknown', problems: [{ place: '', message }] } },
    });
  });

  it('--config says where the config goes', async () => {
    const folder = project({ 'conf/README': '' });
    const args = ['--config', 'conf/secrets.js'];
    expect((await keyturn(folder, ['init', ...args])).stderr).toMatch(/^wrote conf\/secrets\.js\n/);
    writeFileSync(join(folder, '.env'), FILLED);
    expect((await keyturn(folder, ['check', ...args, '--env', 'development'])).code).toBe(0);
    expect((await keyturn(folder, ['init', ...args])).stderr).toMatch(
      /^kept conf\/secrets\.js, which exists\n/,
    );
  });

  it.each([
    ['{"type":"commonjs"}', 'keyturn.config.mts'],
    ['{}', 'keyturn.config.mts'],
    ['{ "type" : "module" }', 'keyturn.config.ts'],
  ])('in a package of %s writes %s, which Node runs without a word', async (manifest, name) => {
    const folder = project({ 'package.json': manifest, '.env': FILLED });
    expect((await keyturn(folder, ['init'])).stderr).toMatch(new RegExp(`^wrote ${name}\n`));
    const checked = await keyturn(folder, ['check', '--env', 'development']);
    expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('example', () => {
  const CONFIG = `
    import { as, defineConfig, memory } from 'keyturn';
    const schema = { '~standard': { version: 1, vendor: 'acme', validate: (value) => ({ value }) } };
    export default defineConfig({
      environments: { a: { providers: { app: memory() } } },
      secrets: {
        PLAIN: 'app://PLAIN',
        LEVEL: { ref: 'app://LEVEL', as: as.oneOf('info', 'debug'), sensitive: false, default: 'info' },
        WEAK: { ref: 'app://WEAK', default: 'canary-weak', description: 'Two\\nlines' },
        EXTRA: { ref: { a: 'app://EXTRA' }, as: as.integer(), optional: true },
        FOREIGN: { ref: 'app://FOREIGN', as: schema },
      },
    });`;
  const TEXT = `# What this app needs to start. Copy to .env, which git ignores, and fill in.

# string, required
PLAIN=

# one of info, debug, optional, default: "info"
LEVEL=

# Two
# lines
# string, optional
WEAK=

# integer, optional
EXTRA=

# acme, required
FOREIGN=
`;

  it('needs no environment, writes names and types, and again what it wrote', async () => {
    const folder = project({ 'keyturn.config.js': CONFIG });
    for (const _ of ['first', 'second']) {
      expect(await keyturn(folder, ['example', '--json'])).toEqual({
        code: 0,
        stdout: '{\n  "written": [\n    ".env.example"\n  ]\n}\n',
        stderr: '',
      });
      expect(read(folder, '.env.example')).toBe(TEXT);
    }
  });

  it('follows the config', async () => {
    const folder = project({ 'keyturn.config.js': CONFIG });
    await keyturn(folder, ['example']);
    writeFileSync(join(folder, 'keyturn.config.js'), CONFIG.replace("PLAIN: 'app://PLAIN',", ''));
    await keyturn(folder, ['example']);
    expect(read(folder, '.env.example')).toBe(TEXT.replace('# string, required\nPLAIN=\n\n', ''));
  });

  it('leaves the file of someone else alone', async () => {
    const folder = project({ 'keyturn.config.js': CONFIG, '.env.example': 'FOREIGN=\n' });
    const message = 'exists and was not written by "keyturn example": move it away, then try again';
    expect(await keyturn(folder, ['example'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: .env.example: ${message}\n`,
    });
    const { stdout } = await keyturn(folder, ['example', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'Misconfigured', problems: [{ place: '.env.example', message }] },
    });
    expect(read(folder, '.env.example')).toBe('FOREIGN=\n');
  });

  it.each([
    [
      "'my-key': 'app://KEY'",
      'secrets.my-key: its name is not that of an environment variable (letters, digits and _, not starting with a digit)',
    ],
    ['KEY: null', 'secrets.KEY: is neither a reference nor an entry: write a string or { ref: … }'],
    [
      "KEY: { ref: 'app://KEY', as: 5 }",
      'secrets.KEY.as: is no Standard Schema: write as.integer(), or a schema of Zod, Valibot or ArkType',
    ],
    ["KEY: { ref: 'app://KEY', description: 5 }", 'secrets.KEY.description: is no string'],
    ["KEY: { ref: 'app://KEY', sensitive: 'no' }", 'secrets.KEY.sensitive: is neither true nor false'],
    ['', 'secrets: the manifest is empty: name at least one secret'],
  ])('%s is told, and nothing is written', async (entry, message) => {
    const config = `export default { environments: { a: {} }, secrets: { ${entry} } };`;
    const folder = project({ 'keyturn.config.js': config });
    expect(await keyturn(folder, ['example'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
    expect(existsSync(join(folder, '.env.example'))).toBe(false);
  });
});
