import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { pythonWith } from '../support/python.ts';
import { copyProject, example, firstAnswer, freePort, get, type Project } from './support/django-project.ts';

const runserver = (port: number) => ['python', 'manage.py', 'runserver', `127.0.0.1:${port}`];
const gunicorn = (port: number) => ['python', '-m', 'gunicorn', '--bind', `127.0.0.1:${port}`, 'shop.wsgi'];
const hosts = { ALLOWED_HOSTS: 'shop.example, 127.0.0.1' };

const environments = [
  {
    environment: 'development',
    serve: runserver,
    variables: {},
    settings: { module: 'shop.settings.dev', hosts: ['127.0.0.1', 'localhost'], debug: true },
  },
  {
    environment: 'staging',
    serve: gunicorn,
    variables: hosts,
    settings: { module: 'shop.settings.staging', hosts: ['shop.example', '127.0.0.1'], debug: false },
  },
  {
    environment: 'production',
    serve: gunicorn,
    variables: hosts,
    settings: { module: 'shop.settings.prod', hosts: ['shop.example', '127.0.0.1'], debug: false },
  },
];

const weakKeys = [
  ["Django's insecure default", `django-insecure-${'canary-0123456789'.repeat(3)}`],
  ['49 characters', 'canary-0123456789'.repeat(3).slice(0, 49)],
  ['four different characters', 'zqxj'.repeat(20)],
] as const;

/** What the stores of the example hold, read without Keyturn. */
async function stored(environment: string): Promise<{ SECRET_KEY: string; DATABASE_URL: string }> {
  if (environment === 'development') {
    const { SECRET_KEY = '', DATABASE_URL = '' } = parse(await readFile(join(example, '.env.development')));
    return { SECRET_KEY, DATABASE_URL };
  }
  const read = async (name: string) =>
    (await readFile(join(example, 'mounted', environment, name), 'utf8')).trimEnd();
  return { SECRET_KEY: await read('SECRET_KEY'), DATABASE_URL: await read('DATABASE_URL') };
}

let python: string | Error;
let project: Project;

beforeAll(async () => {
  python = await pythonWith(join(example, 'requirements.txt'), 'keyturn-django').catch(
    (error: Error) => error,
  );
}, 300_000);

beforeEach(async (context: TestContext) => {
  if (python instanceof Error) {
    if (process.env.KEYTURN_LIVE === 'required') throw python;
    context.skip(`no Python with the example's requirements: ${python.message}`);
    return;
  }
  project = await copyProject(python);
  return project.remove;
});

/** Runs a command to its end. */
async function outcome(running: ReturnType<Project['run']>) {
  const code = await running.ended;
  return { code, ...running.output };
}

describe.each(environments)('$environment', ({ environment, serve, variables, settings }) => {
  it('boots, answers, and stops on SIGTERM with nothing left', async () => {
    const port = await freePort();
    const server = project.run(environment, serve(port), variables);
    const { status, body } = await firstAnswer(server, port);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ environment, debug: settings.debug, database: 'sqlite' });
    expect(await get(port, 'elsewhere.example')).toMatchObject({ status: 400 });

    expect(server.alive()).toBe(true);
    server.child.kill('SIGTERM');
    // By the handlers that Django's reloader and gunicorn have for it: unhandled it would be 143.
    expect(await server.ended).toBe(0);
    expect(server.alive()).toBe(false);
    await expect(get(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    const { SECRET_KEY, DATABASE_URL } = await stored(environment);
    const said = `${server.output.stdout}${server.output.stderr}${body}`;
    expect(said).not.toContain(SECRET_KEY);
    expect(said).not.toContain(DATABASE_URL);
  });

  it('has the settings that the stores hold, whatever is inherited', async () => {
    const script = [
      'import hashlib, json',
      'from django.conf import settings as s',
      'key = hashlib.sha256(s.SECRET_KEY.encode()).hexdigest()',
      'database = s.DATABASES["default"]["NAME"]',
      'print(json.dumps(dict(module=s.SETTINGS_MODULE, hosts=s.ALLOWED_HOSTS, debug=s.DEBUG, key=key, database=database)))',
    ].join('\n');
    const inherited = {
      SECRET_KEY: 'canary-inherited-key',
      DATABASE_URL: 'sqlite:///canary',
      DJANGO_SETTINGS_MODULE: 'shop.settings.base',
    };
    const running = project.run(environment, ['python', '-c', script], { ...inherited, ...variables });
    const { code, stdout, stderr } = await outcome(running);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { SECRET_KEY, DATABASE_URL } = await stored(environment);
    expect(JSON.parse(stdout)).toEqual({
      ...settings,
      key: createHash('sha256').update(SECRET_KEY).digest('hex'),
      database: DATABASE_URL.replace('sqlite:///', ''),
    });
  });
});

describe('checks of Django', () => {
  it.each([
    ['development', ['check']],
    ['staging', ['check']],
    ['production', ['check', '--deploy', '--fail-level', 'WARNING']],
  ])('%s: manage.py %j finds nothing', async (environment, args) => {
    const running = project.run(environment, ['python', 'manage.py', ...args], hosts);
    expect(await outcome(running)).toEqual({
      code: 0,
      stdout: 'System check identified no issues (0 silenced).\n',
      stderr: '',
    });
  });
});

describe('a weak SECRET_KEY in production', () => {
  it.each(weakKeys)('%s: keyturn refuses it before Django starts', async (_, key) => {
    await writeFile(join(project.folder, 'mounted/production/SECRET_KEY'), key);
    const started = ['python', '-c', 'print("started")'];
    expect(await outcome(project.run('production', started, hosts))).toEqual({
      code: 125,
      stdout: '',
      stderr:
        'error: 1 secret could not be resolved:\n' +
        '  SECRET_KEY (app://SECRET_KEY): InvalidValue: does not satisfy its django-secret-key schema' +
        ' (1 issue, not shown because they can quote the value)\n' +
        '    Correct the value in the store, or the conversion.\n',
    });
  });

  it.each(weakKeys)('%s: Django refuses it without Keyturn', async (_, key) => {
    const { code, stdout, stderr } = await alone({ SECRET_KEY: key });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /ImproperlyConfigured: SECRET_KEY must have at least 50 characters, 5 of them different, and not begin with "django-insecure-"\n$/,
    );
    expect(stderr).not.toContain(key);
  });

  it('a strong one passes, without Keyturn too', async () => {
    expect(await alone({})).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('production without Keyturn', () => {
  it.each([
    ['SECRET_KEY', '', 'SECRET_KEY is not set'],
    ['DATABASE_URL', '', 'DATABASE_URL is not set'],
    ['ALLOWED_HOSTS', '', 'ALLOWED_HOSTS is not set'],
    ['DEBUG', 'on', 'DEBUG must be off'],
    ['DEBUG', 'canary', 'DEBUG is not a boolean: write one of true, 1, yes, on, false, 0, no, off'],
  ])('refuses %s=%s', async (name, value, message) => {
    const { code, stderr } = await alone({ [name]: value });
    expect(code).toBe(1);
    expect(stderr.split('\n').at(-2)).toBe(`django.core.exceptions.ImproperlyConfigured: ${message}`);
    expect(stderr).not.toContain('canary');
  });

  it('names no environment by itself', async () => {
    const { code, stderr } = await alone({ DJANGO_SETTINGS_MODULE: '' });
    expect(code).toBe(1);
    expect(stderr).toContain('You must either define the environment variable DJANGO_SETTINGS_MODULE');
  });
});

describe('values that are missing or malformed', () => {
  it('stop the boot, all of them named at once', async () => {
    const mounted = join(project.folder, 'mounted/production');
    const missing = join(mounted, 'SECRET_KEY');
    await rm(missing);
    await writeFile(join(mounted, 'DATABASE_URL'), 'canary-no-url');
    const running = project.run('production', ['python', '-c', 'print("started")'], { DEBUG: 'canary' });
    expect(await outcome(running)).toEqual({
      code: 125,
      stdout: '',
      stderr: `error: 4 secrets could not be resolved:
  SECRET_KEY (app://SECRET_KEY): NotFound: ${missing}: no such file
    Create it there, correct the reference, or mark it optional.
  DATABASE_URL (app://DATABASE_URL): InvalidValue: is not a connection URL such as postgres://user:password@host:5432/name
    Correct the value in the store, or the conversion.
  ALLOWED_HOSTS (settings://ALLOWED_HOSTS): NotFound: ALLOWED_HOSTS is not set
    Create it there, correct the reference, or mark it optional.
  DEBUG (settings://DEBUG): InvalidValue: is not a boolean: write one of true, 1, yes, on, false, 0, no, off
    Correct the value in the store, or the conversion.
`,
    });
  });
});

describe('DEBUG', () => {
  it.each([
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['No', false],
    ['off', false],
  ])('%s reaches Django as %s', async (DEBUG, debug) => {
    const script = 'from django.conf import settings; print(settings.DEBUG)';
    const running = project.run('development', ['python', '-c', script], { DEBUG });
    expect(await outcome(running)).toEqual({ code: 0, stdout: debug ? 'True\n' : 'False\n', stderr: '' });
  });
});

/** `manage.py check` in production by plain environment variables. */
async function alone(variables: Readonly<Record<string, string>>) {
  const sound = { ...(await stored('production')), ...hosts, DJANGO_SETTINGS_MODULE: 'shop.settings.prod' };
  return outcome(project.runAlone(['python', 'manage.py', 'check'], { ...sound, ...variables }));
}
