import { describe, expect, it } from 'vitest';
import { keyturn, project, shell } from './support/cli.ts';

const CONFIG = `
import { as, defineConfig, memory } from 'keyturn';
export default defineConfig({
  environment: 'a',
  environments: {
    a: { providers: { app: memory({ KEY: "canary 'key'", PORT: '080' }) }, allowDefaults: true },
    b: { providers: { app: memory({ KEY: 'canary\\n\${x}', PORT: '080' }) } },
    c: { providers: { app: memory() } },
  },
  secrets: {
    KEY: 'app://KEY',
    PORT: { ref: 'app://PORT', as: as.port() },
    ABSENT: { ref: 'app://ABSENT', optional: true },
    HOSTS: { ref: 'app://HOSTS', as: as.list(), default: ['x', 'y'], sensitive: false },
  },
});
`;
const folder = project({ 'keyturn.config.js': CONFIG });

describe('export', () => {
  it.each([
    ['dotenv', `KEY="canary 'key'"\nPORT='080'\nHOSTS='x,y'\n`],
    ['json', `{\n  "KEY": "canary 'key'",\n  "PORT": "080",\n  "HOSTS": "x,y"\n}\n`],
    ['shell', `export KEY='canary '\\''key'\\'''\nexport PORT='080'\nexport HOSTS='x,y'\n`],
    ['docker', `KEY=canary 'key'\nPORT=080\nHOSTS=x,y\n`],
    [
      'github',
      `KEY<<KEYTURN_EOF_0\ncanary 'key'\nKEYTURN_EOF_0\nPORT<<KEYTURN_EOF_0\n080\nKEYTURN_EOF_0\nHOSTS<<KEYTURN_EOF_0\nx,y\nKEYTURN_EOF_0\n`,
    ],
    ['github-mask', `::add-mask::canary 'key'\n`],
    [
      'k8s',
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: "app-secrets"\ntype: Opaque\ndata:\n  "KEY": "Y2FuYXJ5ICdrZXkn"\n  "PORT": "MDgw"\n  "HOSTS": "eCx5"\n`,
    ],
    [
      'lambda',
      `{\n  "Variables": {\n    "KEY": "canary 'key'",\n    "PORT": "080",\n    "HOSTS": "x,y"\n  }\n}\n`,
    ],
  ])('--format %s', async (format, stdout) => {
    expect(await keyturn(folder, ['export', '--format', format])).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('is dotenv unless said otherwise', async () => {
    const { code, stdout } = await keyturn(folder, ['export']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `KEY="canary 'key'"\nPORT='080'\nHOSTS='x,y'\n` });
  });

  it('--name names the Secret', async () => {
    const named = await keyturn(folder, ['export', '--format', 'k8s', '--name', 'my-app']);
    expect(named.stdout).toContain('\n  name: "my-app"\n');
    expect(await keyturn(folder, ['export', '--format', 'k8s', '--name', 'My App'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: export as k8s: "My App" is not a name for a Secret: up to 253 lower-case letters, digits, - and ., each part starting and ending with a letter or digit\n',
    });
  });

  it('a shell takes it', async () => {
    const { stdout } = await shell(
      folder,
      'eval "$($KEYTURN export --format shell)"; printf "<%s>" "$KEY" "$HOSTS"',
    );
    expect(stdout).toBe("<canary 'key'><x,y>");
  });

  it('what a format cannot carry is 2, all at once, without a value, and nothing is written', async () => {
    expect(await keyturn(folder, ['export', '--env', 'b'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: KEY: cannot be exported as dotenv: python-dotenv would replace the ${…} in its value, however that is quoted\n',
    });
    expect(await keyturn(folder, ['export', '--format', 'eb'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${['KEY', 'HOSTS']
        .map(
          (name) =>
            `${name}: cannot be exported as eb: its value holds more than the letters, digits, blanks and _ . : / = + - @ that every Elastic Beanstalk platform passes on unchanged`,
        )
        .join('\n       ')}\n`,
    });
  });

  it('what cannot be resolved is 3, and nothing is written', async () => {
    expect(await keyturn(folder, ['export', '--env', 'c'])).toEqual({
      code: 3,
      stdout: '',
      stderr: `error: 2 secrets could not be resolved:
  KEY (app://KEY): NotFound: not found in app (memory)
    Create it there, correct the reference, or mark it optional.
  PORT (app://PORT): NotFound: not found in app (memory)
    Create it there, correct the reference, or mark it optional.
`,
    });
  });
});

describe('a name that is none for a variable', () => {
  const named = project({
    'keyturn.config.js': `
      import { memory } from 'keyturn';
      const fetch = () => { throw new Error('called'); };
      const store = memory({ KEY: 'canary-key' });
      export default {
        environments: { a: { providers: { app: store } }, never: { providers: { app: { ...store, fetch } } } },
        secrets: { 'my.key': 'app://KEY' },
      };`,
  });

  it.each(['dotenv', 'shell', 'docker', 'github', 'lambda', 'eb'])(
    '%s refuses before any call',
    async (format) => {
      expect(await keyturn(named, ['export', '--env', 'never', '--format', format])).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'error: secrets.my.key: its name is not that of an environment variable (letters, digits and _, not starting with a digit)\n',
      });
    },
  );

  it.each([
    ['json', '{\n  "my.key": "canary-key"\n}\n'],
    [
      'k8s',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: "app-secrets"\ntype: Opaque\ndata:\n  "my.key": "Y2FuYXJ5LWtleQ=="\n',
    ],
  ])('%s carries it', async (format, stdout) => {
    const ended = await keyturn(named, ['export', '--env', 'a', '--format', format]);
    expect(ended).toEqual({ code: 0, stdout, stderr: '' });
  });
});
