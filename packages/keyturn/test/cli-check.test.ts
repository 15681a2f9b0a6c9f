import { describe, expect, it } from 'vitest';
import { keyturn, project } from './support/cli.ts';

const CONFIG = `
import { as, defineConfig, memory } from 'keyturn';

const store = memory({ KEY: 'canary-key', PORT: '80', WRONG: 'canary-wrong' });
store.set('DATED', 'canary-dated', {
  version: 'v7',
  createdAt: new Date('2026-01-02T03:04:05Z'),
  createdBefore: new Date('2026-02-02T03:04:05Z'),
  expiresAt: new Date('2030-01-02T03:04:05Z'),
  rotatesAt: new Date('2029-01-02T03:04:05Z'),
});
store.fail('DOWN', { code: 'Unavailable', message: 'no route to the store' });

export default defineConfig({
  retry: false,
  environments: {
    good: { providers: { app: store } },
    bad: { extends: 'good' },
  },
  secrets: {
    KEY: { ref: { good: 'app://KEY', bad: 'app://NONE' } },
    PORT: { ref: { good: 'app://PORT', bad: 'app://WRONG' }, as: as.port(), sensitive: false },
    DATED: { ref: { good: 'app://DATED', bad: 'app://DOWN' } },
    LEVEL: { ref: 'app://LEVEL', as: as.oneOf('info', 'debug'), sensitive: false, default: 'info' },
    EXTRA: { ref: 'app://EXTRA', optional: true },
  },
});
`;
const folder = project({ 'keyturn.config.js': CONFIG });

const READ = { provider: 'app', kind: 'memory' };
const FAILURES = [
  {
    name: 'KEY',
    reference: 'app://NONE',
    code: 'NotFound',
    message: 'not found in app (memory)',
    hint: 'Create it there, correct the reference, or mark it optional.',
  },
  {
    name: 'PORT',
    reference: 'app://WRONG',
    code: 'InvalidValue',
    message: 'is not an integer',
    hint: 'Correct the value in the store, or the conversion.',
  },
  {
    name: 'DATED',
    reference: 'app://DOWN',
    code: 'Unavailable',
    message: 'no route to the store',
    hint: 'Check that the store is up and reachable, then try again.',
  },
];
const DEFAULTED = { name: 'LEVEL', ok: true, source: 'default', reference: 'app://LEVEL', ...READ };
const ABSENT = { name: 'EXTRA', ok: true, source: 'absent', reference: 'app://EXTRA', ...READ };

async function json(args: readonly string[]) {
  const { code, stdout, stderr } = await keyturn(folder, [...args, '--json']);
  return { code, data: JSON.parse(stdout), stderr };
}

describe('check', () => {
  it('0 and a table when all is right', async () => {
    expect(await keyturn(folder, ['check', '--env', 'good'])).toEqual({
      code: 0,
      stdout: `NAME   REFERENCE    STORE   TYPE                RESULT
KEY    app://KEY    memory  string              ok
PORT   app://PORT   memory  port                ok
DATED  app://DATED  memory  string              ok
LEVEL  app://LEVEL  memory  one of info, debug  ok (default)
EXTRA  app://EXTRA  memory  string              ok (absent)

good: 5 of 5 secrets are right
`,
      stderr: '',
    });
  });

  it('1 and all problems when a secret is wrong', async () => {
    expect(await keyturn(folder, ['check', '--env', 'bad'])).toEqual({
      code: 1,
      stdout: `NAME   REFERENCE    STORE   TYPE                RESULT
KEY    app://NONE   -       string              NotFound: not found in app (memory)
PORT   app://WRONG  -       port                InvalidValue: is not an integer
DATED  app://DOWN   -       string              Unavailable: no route to the store
LEVEL  app://LEVEL  memory  one of info, debug  ok (default)
EXTRA  app://EXTRA  memory  string              ok (absent)

NotFound: Create it there, correct the reference, or mark it optional.
InvalidValue: Correct the value in the store, or the conversion.
Unavailable: Check that the store is up and reachable, then try again.

bad: 2 of 5 secrets are right
`,
      stderr: '',
    });
  });

  it('the same in JSON', async () => {
    const dates = {
      version: 'v7',
      createdAt: '2026-01-02T03:04:05.000Z',
      createdBefore: '2026-02-02T03:04:05.000Z',
      expiresAt: '2030-01-02T03:04:05.000Z',
      rotatesAt: '2029-01-02T03:04:05.000Z',
    };
    expect(await json(['check', '--env', 'good'])).toEqual({
      code: 0,
      data: {
        environment: 'good',
        ok: true,
        secrets: [
          { name: 'KEY', ok: true, source: 'store', reference: 'app://KEY', ...READ },
          { name: 'PORT', ok: true, source: 'store', reference: 'app://PORT', ...READ },
          { name: 'DATED', ok: true, source: 'store', reference: 'app://DATED', ...READ, ...dates },
          DEFAULTED,
          ABSENT,
        ],
      },
      stderr: '',
    });
    expect(await json(['check', '--env', 'bad'])).toEqual({
      code: 1,
      data: {
        environment: 'bad',
        ok: false,
        secrets: [...FAILURES.map((failure) => ({ ok: false, ...failure })), DEFAULTED, ABSENT],
      },
      stderr: '',
    });
  });

  it('says once what to do about the same failure of many', async () => {
    const many = project({
      'keyturn.config.js': `
        import { as, memory } from 'keyturn';
        const store = memory({ EMPTY: '', WRONG: 'canary' });
        export default {
          environments: { a: { providers: { app: store } } },
          secrets: {
            A: 'app://A',
            B: 'app://B',
            WRONG: { ref: 'app://WRONG', as: as.port() },
            EMPTY: 'app://EMPTY',
            C: 'app://C',
          },
        };`,
    });
    const { stdout } = await keyturn(many, ['check', '--env', 'a']);
    expect(stdout.split('\n').slice(6)).toEqual([
      '',
      'NotFound: Create it there, correct the reference, or mark it optional.',
      'InvalidValue: Correct the value in the store, or the conversion.',
      'InvalidValue: Fill it in, or say allowEmpty: true.',
      '',
      'a: 0 of 5 secrets are right',
      '',
    ]);
  });

  it('one secret is one', async () => {
    const one = project({
      'keyturn.config.js': `
        import { memory } from 'keyturn';
        export default {
          environment: process.env.APP_ENV,
          environments: { a: { providers: { app: memory({ KEY: 'canary' }) } } },
          secrets: { KEY: 'app://KEY' },
        };`,
    });
    const { stdout } = await keyturn(one, ['check'], { env: { APP_ENV: 'a' } });
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('a: 1 of 1 secret is right');
  });
});

describe('plan', () => {
  it('tells the calls', async () => {
    expect(await keyturn(folder, ['plan', '--env', 'bad'])).toEqual({
      code: 0,
      stdout: `CALL  PROVIDER  STORE   READS  FOR
1     app       memory  5      KEY, PORT, DATED, LEVEL, EXTRA

bad: 1 call for 5 secrets
`,
      stderr: '',
    });
  });

  it('makes none', async () => {
    const loud = project({
      'keyturn.config.js': `
        import { memory } from 'keyturn';
        const fetch = () => { process.exit(99); };
        export default {
          environments: { a: { providers: { app: { ...memory({}, { batchSize: 2 }), fetch } } } },
          secrets: { A: 'app://doc#a', B: 'app://doc#b', C: 'app://c', D: 'app://d' },
        };`,
    });
    const { code, stdout } = await keyturn(loud, ['plan', '--env', 'a', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      environment: 'a',
      secrets: 4,
      calls: [
        { ...READ, paths: ['doc', 'c'], names: ['A', 'B', 'C'] },
        { ...READ, paths: ['d'], names: ['D'] },
      ],
    });
    expect((await keyturn(loud, ['check', '--env', 'a'])).code).toBe(99);
  });
});

describe('what is wrong before the first call', () => {
  it('an environment that is not set is 2', async () => {
    const message = 'is not set: it is one of good, bad';
    expect(await keyturn(folder, ['check'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: environment: ${message}\n`,
    });
    expect(await json(['plan'])).toEqual({
      code: 2,
      data: { error: { code: 'Misconfigured', problems: [{ place: 'environment', message }] } },
      stderr: '',
    });
  });

  it('or is not known', async () => {
    expect(await keyturn(folder, ['check', '--env', 'goof'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: environment: there is no environment "goof" (did you mean "good"?)\n',
    });
  });

  it('an onWarning that nobody can call is told, though the commands do not call it', async () => {
    const wrong = project({
      'keyturn.config.js': `
        import { memory } from 'keyturn';
        export default {
          onWarning: 5,
          environments: { a: { providers: { app: memory({ A: '1' }) }, onWarning: 'canary' } },
          secrets: { A: 'app://A' },
        };`,
    });
    expect(await keyturn(wrong, ['check', '--env', 'a'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: onWarning: is no function\n       environments.a.onWarning: is no function\n',
    });
  });

  it('wrong references are told with their place, all at once, and not quoted', async () => {
    const wrong = project({
      'keyturn.config.js': `
        import { memory } from 'keyturn';
        export default {
          environments: { a: { providers: { app: memory() } } },
          secrets: { A: 'canary-value', B: 'postgres://u:canary@h/d', C: { ref: { a: 'app://C?verison=3' } } },
        };`,
    });
    const problems = [
      {
        place: 'secrets.A.ref',
        message: '…: there is no "://": write name://path, name://path?version=3 or name://path#field',
      },
      {
        place: 'secrets.B.ref',
        message: 'postgres://…: there is no provider named "postgres" (known: app)',
      },
      {
        place: 'secrets.C.ref',
        message: 'app://C?verison=3: memory has no parameter "verison" (there are none)',
      },
    ];
    const stderr = `error: ${problems.map(({ place, message }) => `${place}: ${message}`).join('\n       ')}\n`;
    for (const command of [['check'], ['export'], ['plan']]) {
      expect(await keyturn(wrong, [...command, '--env', 'a'])).toEqual({ code: 2, stdout: '', stderr });
    }
    expect(await keyturn(wrong, ['run', '--env', 'a', '--', 'true'])).toEqual({
      code: 125,
      stdout: '',
      stderr,
    });
    const ended = await keyturn(wrong, ['check', '--env', 'a', '--json']);
    expect({ ...ended, stdout: JSON.parse(ended.stdout) }).toEqual({
      code: 2,
      stdout: { error: { code: 'Misconfigured', problems } },
      stderr: '',
    });
  });
});

it('warnings of a provider go to stderr, once each', async () => {
  const warned = project({
    'keyturn.config.js': `
      import { memory } from 'keyturn';
      const store = memory({ A: '1', B: '2' }, { batchSize: 1 });
      const fetch = (locators, options) => { options.warn('is slow today'); return store.fetch(locators, options); };
      export default {
        environments: { a: { providers: { app: { ...store, fetch } } } },
        secrets: { A: 'app://A', B: 'app://B' },
      };`,
  });
  const { code, stderr } = await keyturn(warned, ['check', '--env', 'a']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'warning: memory: is slow today\n' });
});
