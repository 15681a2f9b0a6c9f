import { describe, expect, it } from 'vitest';
import { keyturn, keyturnBytes, onTerminal, project } from './support/cli.ts';

const CONFIG = `
import { as, defineConfig, memory } from 'keyturn';

const store = memory({
  KEY: 'canary-key\\n',
  LIST: 'canary-a, canary-b',
  PORT: ' 80',
  BYTES: Uint8Array.of(0, 255, 10, 13),
  TEXT_BYTES: new TextEncoder().encode('canary-ü'),
  DOC: '{"user":"canary-user","nested":{"a":1}}',
  FIELDS: { user: 'canary-field', nested: { a: 1 } },
  EMPTY: '',
});
store.fail('DOWN', 'Unavailable');
export default defineConfig({
  environment: 'a',
  retry: false,
  environments: { a: { providers: { app: store }, allowDefaults: true } },
  secrets: {
    KEY: 'app://KEY',
    LIST: { ref: 'app://LIST', as: as.list() },
    PORT: { ref: 'app://PORT', as: as.port() },
    BYTES: { ref: 'app://BYTES', as: as.bytes() },
    TEXT_BYTES: { ref: 'app://TEXT_BYTES', as: as.bytes() },
    BINARY_AS_TEXT: 'app://BYTES',
    DOC: { ref: 'app://DOC', as: as.json() },
    FIELDS: { ref: 'app://FIELDS', as: as.json() },
    EXTRA: { ref: 'app://EXTRA', optional: true },
    HOSTS: { ref: 'app://HOSTS', as: as.list(), default: ['canary-x', 'canary-y'] },
    DOWN: 'app://DOWN',
  },
});
`;
const folder = project({ 'keyturn.config.js': CONFIG });

describe('get', () => {
  it.each([
    [['KEY'], 'KEY  [secret]  app://KEY  (memory, store)\n'],
    [['HOSTS'], 'HOSTS  [secret]  app://HOSTS  (memory, default)\n'],
    [['EXTRA'], 'EXTRA  absent  app://EXTRA  (memory, absent)\n'],
    [['app://DOC#user'], 'app://DOC#user  [secret]  app://DOC#user  (memory, store)\n'],
  ])('%j is masked', async (args, stdout) => {
    expect(await keyturn(folder, ['get', ...args])).toEqual({ code: 0, stdout, stderr: '' });
  });

  it.each([
    ['KEY', 'canary-key\n'],
    ['LIST', 'canary-a, canary-b'],
    ['TEXT_BYTES', 'canary-ü'],
    ['DOC', '{"user":"canary-user","nested":{"a":1}}'],
    ['FIELDS', '{"user":"canary-field","nested":{"a":1}}'],
    ['HOSTS', 'canary-x,canary-y'],
    ['EXTRA', ''],
    ['app://DOC#user', 'canary-user'],
    ['app://DOC#/nested/a', '1'],
    ['app://FIELDS#user', 'canary-field'],
    ['app://EMPTY', ''],
  ])('%s --reveal gives the stored text alone', async (subject, stdout) => {
    expect(await keyturn(folder, ['get', subject, '--reveal'])).toEqual({ code: 0, stdout, stderr: '' });
  });

  it.each(['BYTES', 'app://BYTES'])('%s --reveal gives the bytes', async (subject) => {
    const { code, stdout } = await keyturnBytes(folder, ['get', subject, '--reveal']);
    expect({ code, bytes: [...stdout] }).toEqual({ code: 0, bytes: [0, 255, 10, 13] });
  });

  it('--reveal ends the line on a terminal', async () => {
    expect(await onTerminal(folder, ['get', 'LIST', '--reveal'])).toBe('canary-a, canary-b\n');
  });

  it.each([
    ['KEY', 'store', 'canary-key\n'],
    ['BYTES', 'store', { base64: 'AP8KDQ==' }],
    ['TEXT_BYTES', 'store', 'canary-ü'],
    ['HOSTS', 'default', 'canary-x,canary-y'],
    ['EXTRA', 'absent', null],
  ])('%s in JSON, with --reveal its value', async (name, source, value) => {
    const masked = { name, ok: true, source, reference: `app://${name}`, provider: 'app', kind: 'memory' };
    expect(JSON.parse((await keyturn(folder, ['get', name, '--json'])).stdout)).toEqual(masked);
    const revealed = await keyturn(folder, ['get', name, '--json', '--reveal']);
    expect(JSON.parse(revealed.stdout)).toEqual({ ...masked, value });
  });
});

describe('a secret that cannot be had is 3', () => {
  it.each([
    ['DOWN', 'app://DOWN', 'Unavailable: no valid answer could be had in app (memory)'],
    ['PORT', 'app://PORT', 'InvalidValue: is not an integer (it begins or ends with a blank or a line end)'],
    [
      'BINARY_AS_TEXT',
      'app://BYTES',
      'InvalidValue: holds bytes that are not UTF-8 text: take it as.bytes()',
    ],
  ])('%s', async (name, reference, what) => {
    const { code, stdout, stderr } = await keyturn(folder, ['get', name, '--reveal']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    const [head, line, hint, ...rest] = stderr.split('\n');
    expect([head, line, rest]).toEqual([
      'error: 1 secret could not be resolved:',
      `  ${name} (${reference}): ${what}`,
      [''],
    ]);
    expect(hint).toMatch(/^ {4}[A-Z].*\.$/);
  });

  it('a reference stands once, for itself', async () => {
    const { code, stderr } = await keyturn(folder, ['get', 'app://DOC#usre']);
    expect(code).toBe(3);
    expect(stderr).toBe(
      'error: 1 secret could not be resolved:\n' +
        '  app://DOC#usre: NotFound: has no field "usre"\n' +
        '    Create it there, correct the reference, or mark it optional.\n',
    );
  });

  it('in JSON', async () => {
    const { code, stdout, stderr } = await keyturn(folder, ['get', 'app://NONE', '--json']);
    expect({ code, stderr, data: JSON.parse(stdout) }).toEqual({
      code: 3,
      stderr: '',
      data: {
        error: {
          failures: [
            {
              name: 'app://NONE',
              reference: 'app://NONE',
              code: 'NotFound',
              message: 'not found in app (memory)',
              hint: 'Create it there, correct the reference, or mark it optional.',
            },
          ],
        },
      },
    });
  });
});

describe('a name or reference that is wrong is 2', () => {
  it.each([
    ['KEZ', 'KEZ: the config has no such secret (did you mean "KEY"?)'],
    [
      'constructor',
      'constructor: the config has no such secret (known: KEY, LIST, PORT, BYTES, TEXT_BYTES, BINARY_AS_TEXT, DOC, FIELDS, EXTRA, HOSTS, DOWN)',
    ],
    ['apq://KEY', 'apq://…: there is no provider named "apq" (did you mean "app"?)'],
    [
      'app://',
      'app://…: the path after "://" is empty: write name://path, name://path?version=3 or name://path#field',
    ],
    // What follows may be a connection URL with its password, copied to the wrong place.
    ['postgres://u:canary@h/d', 'postgres://…: there is no provider named "postgres" (known: app)'],
  ])('%s', async (subject, message) => {
    const ended = await keyturn(folder, ['get', subject]);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` });
  });

  it('in JSON', async () => {
    const { code, stdout, stderr } = await keyturn(folder, ['get', 'KEZ', '--json']);
    expect({ code, stderr, data: JSON.parse(stdout) }).toEqual({
      code: 2,
      stderr: '',
      data: {
        error: {
          code: 'Misconfigured',
          problems: [{ place: 'KEZ', message: 'the config has no such secret (did you mean "KEY"?)' }],
        },
      },
    });
  });
});
