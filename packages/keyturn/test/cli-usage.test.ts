import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keyturn, project } from './support/cli.ts';

const folder = project({ 'keyturn.config.js': "throw new Error('this config is never read')" });

const EXIT_CODES = `
Exit codes:
  0  done
  1  a check found something
  2  wrong usage or config
  3  a secret could not be resolved
`;
const CONFIG = '--config <file>';
const COMMON = ['--env <name>', CONFIG];
const WATCH = ['--watch', '--reload-signal <signal>', '--interval <duration>', '--settle <duration>'];
/** Of the commands that are on the record of an audit. */
const AUDITED = ['--actor <who>', '--reason <text>', ...COMMON];
const RUN = ['--mask', '--no-mask', '--pristine', ...WATCH, ...AUDITED];

describe('--help', () => {
  it.each([
    ['init', '[options]', [CONFIG, '--json']],
    ['check', '[options]', [...AUDITED, '--json']],
    ['get', '[options] <name>', ['--reveal', ...AUDITED, '--json']],
    ['run', '[options] -- <command> [args...]', RUN],
    ['export', '[options]', ['--format <format>', '--name <name>', ...AUDITED]],
    ['example', '[options]', [CONFIG, '--json']],
    ['rotation', '[options]', ['--within <duration>', ...COMMON, '--json']],
    ['plan', '[options]', [...COMMON, '--json']],
  ])('%s', async (command, usage, options) => {
    const { code, stdout, stderr } = await keyturn(folder, [command, '--help']);
    expect(await keyturn(folder, ['help', command])).toEqual({ code, stdout, stderr });
    expect(await keyturn(folder, [command, '-h'])).toEqual({ code, stdout, stderr });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe(`Usage: keyturn ${command} ${usage}`);
    const told = [...stdout.matchAll(/^ {2}(?:-h, )?(--[a-z-]+(?: <\w+>)?)/gm)].map(([, option]) => option);
    expect(told).toEqual([...options, '--help']);
    expect(stdout).toContain(
      command === 'run' ? '125 when Keyturn fails before the command starts.' : EXIT_CODES,
    );
  });

  it('of all names every command', async () => {
    const { code, stdout } = await keyturn(folder, ['--help']);
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}(\w+( \w+)?) {2}/gm)].map(([, command]) => command);
    const audit = ['audit verify', 'audit show', 'audit report'];
    const others = ['init', 'check', 'get', 'run', 'export', 'example', 'rotation'];
    expect(commands).toEqual([...others, ...audit, 'plan']);
  });
});

it.each(['--version', '-v'])('%s', async (option) => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await keyturn(folder, [option])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

describe('wrong usage is told on stderr, with 2, and nothing is read', () => {
  it.each([
    [['chekc'], 'there is no command "chekc" (did you mean "check"?)'],
    [['--env', 'a', 'check'], '--env stands before the command: write keyturn <command> --env'],
    [['check', '--jsno'], 'check has no option --jsno (did you mean "--json"?)'],
    [['check', '-x'], 'check has no option -x (known: --actor, --reason, --env, --config, --json)'],
    [['check', '--json=yes'], '--json takes no value'],
    [['check', '--env'], '--env needs a value: --env <name>'],
    [['check', '--env='], '--env needs a value: --env <name>'],
    [['check', 'canary'], 'check takes no arguments'],
    [['get'], 'get needs <name>'],
    [['get', 'KEY', 'canary'], 'get takes only <name>'],
    [
      ['export', '--format', 'canary'],
      '--format is one of dotenv, json, shell, docker, github, github-mask, k8s, lambda, eb',
    ],
    [
      ['rotation', '--within', 'soon'],
      '--within takes a duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
    ],
    [['rotation', 'KEY'], 'rotation takes no arguments'],
    [
      ['export', '--jsno'],
      'export has no option --jsno (known: --format, --name, --actor, --reason, --env, --config)',
    ],
  ])('%j', async (args, message) => {
    const stderr = `error: ${message}; --help shows what there is\n`;
    expect(await keyturn(folder, args)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('no command at all shows the help', async () => {
    const { code, stdout, stderr } = await keyturn(folder, []);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: keyturn <command> \[options\]\n/);
  });
});

describe('of run with 125', () => {
  it.each([
    [['run'], 'run needs <command>'],
    [['run', '--'], 'run needs <command>'],
    [['run', '--mas', '--', 'true'], 'run has no option --mas (did you mean "--mask"?)'],
    [['run', '--env'], '--env needs a value: --env <name>'],
  ])('%j', async (args, message) => {
    const stderr = `error: ${message}; --help shows what there is\n`;
    expect(await keyturn(folder, args)).toEqual({ code: 125, stdout: '', stderr });
  });

  it.each([
    [['--watch=SIGHUP'], '--watch takes no value; --help shows what there is'],
    [
      ['--watch', '--reload-signal', 'SIGKILL'],
      '--reload-signal is one of SIGHUP, SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGQUIT; --help shows what there is',
    ],
    [['--watch', '--interval', '0s'], '--interval: has to be more than 0'],
    [
      ['--watch', '--interval', '30', '--settle', '5 minuts'],
      '--interval: is no duration: write 500ms, 30s, 5m or 1h\n       --settle: is no duration: write 500ms, 30s, 5m or 1h',
    ],
    [
      ['--interval', '30s', '--settle', '1s', '--reload-signal', 'SIGHUP'],
      [
        '--reload-signal: is for --watch, which is not there',
        '       --interval: is for --watch, which is not there',
        '       --settle: is for --watch, which is not there',
      ].join('\n'),
    ],
  ])('%j', async (options, message) => {
    const ended = await keyturn(folder, ['run', ...options, '--', 'true']);
    expect(ended).toEqual({ code: 125, stdout: '', stderr: `error: ${message}\n` });
  });
});
