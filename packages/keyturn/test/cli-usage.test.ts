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
const COMMON = ['--env <name>', '--config <file>'];

describe('--help', () => {
  it.each([
    ['init', '[options]', [...COMMON, '--json']],
    ['check', '[options]', [...COMMON, '--json']],
    ['get', '[options] <name>', [...COMMON, '--json', '--reveal']],
    ['run', '[options] -- <command> [args...]', [...COMMON, '--mask', '--no-mask', '--pristine']],
    ['export', '[options]', [...COMMON, '--format <format>', '--name <name>']],
    ['example', '[options]', [...COMMON, '--json']],
    ['plan', '[options]', [...COMMON, '--json']],
  ])('%s', async (command, usage, options) => {
    const { code, stdout, stderr } = await keyturn(folder, [command, '--help']);
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
    const commands = [...stdout.matchAll(/^ {2}(\w+) [[<]/gm)].map(([, command]) => command);
    expect(commands).toEqual(['init', 'check', 'get', 'run', 'export', 'example', 'plan', 'help']);
  });
});

it.each(['--version', '-v'])('%s', async (option) => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await keyturn(folder, [option])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

describe('wrong usage is told on stderr, with 2, and nothing is read', () => {
  it.each([
    [['chekc'], "error: unknown command 'chekc'\n(Did you mean check?)"],
    [['check', '--jsno'], "error: unknown option '--jsno'\n(Did you mean --json?)"],
    [['check', '--env'], "error: option '--env <name>' argument missing"],
    [['check', 'KEY'], "error: too many arguments for 'check'. Expected 0 arguments but got 1: KEY."],
    [['get'], "error: missing required argument 'name'"],
    [
      ['export', '--format', 'xml'],
      "error: option '--format <format>' argument 'xml' is invalid. Allowed choices are dotenv, json, shell, docker, github, k8s, lambda, eb.",
    ],
    [['export', '--json'], "error: unknown option '--json'"],
  ])('%j', async (args, message) => {
    const stderr = `${message}\n(add --help for what there is)\n`;
    expect(await keyturn(folder, args)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('no command at all shows the help', async () => {
    const { code, stdout, stderr } = await keyturn(folder, []);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: keyturn \[options\] \[command\]\n/);
  });
});

describe('of run with 125', () => {
  it.each([
    [['run'], "error: missing required argument 'command'"],
    [['run', '--jsno', '--', 'true'], "error: unknown option '--jsno'"],
    [['run', '--env'], "error: option '--env <name>' argument missing"],
  ])('%j', async (args, message) => {
    const stderr = `${message}\n(add --help for what there is)\n`;
    expect(await keyturn(folder, args)).toEqual({ code: 125, stdout: '', stderr });
  });
});
