import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyturn, project, shell } from './support/cli.ts';

const CONFIG = `
import { as, defineConfig, memory } from 'keyturn';

const store = memory({
  KEY: 'canary-key',
  PORT: '080',
  LIST: 'canary-a, canary-b',
  DOC: '{"user": "canary-user"}',
  LEVEL: 'canary-level',
});
export default defineConfig({
  environment: 'a',
  environments: { a: { providers: { app: store }, allowDefaults: true } },
  secrets: {
    KEY: 'app://KEY',
    PORT: { ref: 'app://PORT', as: as.port() },
    LIST: { ref: 'app://LIST', as: as.list() },
    USER_NAME: 'app://DOC#user',
    LEVEL: { ref: 'app://LEVEL', sensitive: false },
    ABSENT: { ref: 'app://ABSENT', optional: true },
    HOSTS: { ref: 'app://HOSTS', as: as.list(), default: ['x', 'y'] },
    LIMITS: { ref: 'app://LIMITS', as: as.json(), default: { most: 3 } },
    SITE: { ref: 'app://SITE', as: as.url(), default: new URL('https://localhost/x') },
    DEBUG: { ref: 'app://DEBUG', as: as.boolean(), default: false },
  },
});
`;
const folder = project({ 'keyturn.config.js': CONFIG });

const GIVEN = {
  KEY: 'canary-key',
  PORT: '080',
  LIST: 'canary-a, canary-b',
  USER_NAME: 'canary-user',
  LEVEL: 'canary-level',
  HOSTS: 'x,y',
  LIMITS: '{"most":3}',
  SITE: 'https://localhost/x',
  DEBUG: 'false',
};
const PATH = process.env.PATH ?? '';

/** The environment that the child sees. */
async function environment(options: readonly string[], env: Record<string, string> = {}): Promise<unknown> {
  const script = 'console.log(JSON.stringify(process.env))';
  const args = ['run', ...options, '--', process.execPath, '-e', script];
  const { code, stdout, stderr } = await keyturn(folder, args, { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('the environment of the command', () => {
  it('is what is inherited and the stored texts, defaults as text', async () => {
    expect(await environment([], { OTHER: 'kept' })).toEqual({ PATH, OTHER: 'kept', ...GIVEN });
  });

  it('the config beats what is inherited, also where a secret is absent', async () => {
    const inherited = { KEY: 'inherited', ABSENT: 'inherited', HOSTS: 'inherited' };
    expect(await environment([], inherited)).toEqual({ PATH, ...GIVEN });
  });

  it('--pristine leaves only the config and PATH', async () => {
    const inherited = { OTHER: 'gone', ABSENT: 'gone', KEY: 'gone', HOME: 'gone' };
    expect(await environment(['--pristine'], inherited)).toEqual({ PATH, ...GIVEN });
  });
});

describe('the exit code', () => {
  it.each([
    ["is the command's own", ['sh', '-c', 'exit 42'], 42, ''],
    ['128+n when signal n killed it', ['sh', '-c', 'kill -9 $$'], 137, ''],
    [
      '127 when it is not there',
      ['keyturn-canary-none'],
      127,
      'keyturn: keyturn-canary-none: command not found\n',
    ],
    [
      '126 when it is no program',
      ['./no-program'],
      126,
      "keyturn: ./no-program: can't be executed (EACCES)\n",
    ],
  ])('%s', async (_, command, code, stderr) => {
    writeFileSync(join(folder, 'no-program'), 'echo no', { mode: 0o644 });
    expect(await keyturn(folder, ['run', '--', ...command])).toEqual({ code, stdout: '', stderr });
  });

  it('the command line of the command is its own, options and all', async () => {
    const ended = await keyturn(folder, ['run', 'printf', '<%s>', '--mask', '--env', '--', '-h']);
    expect(ended).toEqual({ code: 0, stdout: '<--mask><--env><--><-h>', stderr: '' });
  });

  it('is 143 when SIGTERM reaches keyturn, which hands it on', async () => {
    expect((await keyturn(folder, ['run', '--', 'sh', '-c', 'kill $PPID; exec sleep 20'])).code).toBe(143);
  });

  it('stdin is its own', async () => {
    const { stdout } = await shell(folder, 'echo from stdin | $KEYTURN run -- cat');
    expect(stdout).toBe('from stdin\n');
  });
});

describe('masking', () => {
  const SHOWN = 'canary-key canary-user canary-level 080\n';
  const MASKED = '[secret] [secret] canary-level 080\n';

  it.each([
    [[], {}, SHOWN],
    [['--mask'], {}, MASKED],
    [[], { CI: 'true' }, MASKED],
    [[], { CI: '1' }, MASKED],
    [[], { CI: '' }, SHOWN],
    [[], { CI: '0' }, SHOWN],
    [[], { CI: 'False' }, SHOWN],
    [['--no-mask'], { CI: 'true' }, SHOWN],
  ])('%j, %j', async (options, env, stdout) => {
    const command = ['sh', '-c', 'echo "$KEY $USER_NAME $LEVEL $PORT"'];
    const ended = await keyturn(folder, ['run', ...options, '--', ...command], { env });
    expect(ended).toEqual({ code: 0, stdout, stderr: '' });
  });
});

describe('125 for what is wrong before the command starts', () => {
  const broken = (entries: string) =>
    project({
      'keyturn.config.js': `
        import { as, memory } from 'keyturn';
        const store = memory({
          NUL: 'canary\\0value', BINARY: Uint8Array.of(255, 254), BIG: 'c'.repeat(140_000), DENIED: 'canary',
        });
        store.fail('DENIED', 'AccessDenied');
        const fetch = (locators, options) => { console.log('called'); return store.fetch(locators, options); };
        export default {
          environment: 'a',
          environments: { a: { providers: { app: { ...store, fetch } } } },
          secrets: { ${entries} },
        };`,
    });
  const failed = (...lines: string[]) => `${lines.join('\n')}\n`;

  it.each([
    [
      'a name that is none for a variable, before any call',
      "'my-key': 'app://NUL', '1ST': 'app://NUL', 'a b': 'app://NUL', FINE: 'app://NUL'",
      '',
      failed(
        'error: secrets.my-key: its name is not that of an environment variable (letters, digits and _, not starting with a digit)',
        '       secrets.1ST: its name is not that of an environment variable (letters, digits and _, not starting with a digit)',
        '       secrets.a b: its name is not that of an environment variable (letters, digits and _, not starting with a digit)',
      ),
    ],
    [
      'a value with a NUL',
      "KEY: 'app://NUL'",
      'called\n',
      failed(
        'error: KEY: the value holds a NUL byte, which no environment variable can carry: store it as base64',
      ),
    ],
    [
      'a value too large',
      "KEY: 'app://BIG'",
      'called\n',
      failed('error: KEY: 140005 bytes, where Linux takes at most 131072: hand it over in a file'),
    ],
    [
      'bytes that are no text, and all other failures beside them',
      "BYTES: { ref: 'app://BINARY', as: as.bytes() }, DENIED: 'app://DENIED'",
      'called\n',
      failed(
        'error: 2 secrets could not be resolved:',
        '  DENIED (app://DENIED): AccessDenied: the store denies access in app (memory)',
        '    Grant the permission that the docs page of this provider names.',
        '  BYTES (app://BINARY): InvalidValue: holds bytes that are not UTF-8 text, which neither run nor export can hand over',
        '    Store it as base64 text.',
      ),
    ],
  ])('%s', async (_, entries, stdout, stderr) => {
    const ended = await keyturn(broken(entries), ['run', '--', 'echo', 'started']);
    expect(ended).toEqual({ code: 125, stdout, stderr });
  });

  it('an unknown environment', async () => {
    const stderr = 'error: environment: there is no environment "b" (known: a)\n';
    const ended = await keyturn(folder, ['run', '--env', 'b', '--', 'echo', 'started']);
    expect(ended).toEqual({ code: 125, stdout: '', stderr });
  });
});
