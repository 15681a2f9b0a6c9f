import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';
import { ended } from '../fixtures/runner.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The built command: `npm test` builds it first. */
const bin = here('../../dist/cli/bin.js');
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, in which `keyturn` is installed as npm links a workspace; removed at the end. */
export function project(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'cli-test-'));
  folders.push(folder);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(here('../..'), join(folder, 'node_modules', 'keyturn'));
  for (const [name, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export interface CliOptions {
  /** Variables beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Without root's power to read what no mode allows; for any other user no different. */
  readonly unprivileged?: boolean;
  /** As process 1 of a container, to which orphans fall. */
  readonly first?: boolean;
}

export interface CliEnded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `keyturn` in a folder, with the folder's name taken out of what it says. */
export async function keyturn(
  folder: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliEnded> {
  const { code, stdout, stderr } = await keyturnBytes(folder, args, options);
  const text = (output: string) => output.replaceAll(folder, '<folder>');
  return { code, stdout: text(stdout.toString()), stderr: text(stderr) };
}

/** The same, with the bytes of stdout. */
export function keyturnBytes(folder: string, args: readonly string[], options: CliOptions = {}) {
  const [command, ...rest] = commandLine(args, options);
  const child = spawn(command, rest, {
    cwd: folder,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return ended(child);
}

/** `keyturn` on its way. */
export interface RunningCli {
  readonly process: ChildProcess;
  /** What it has written by now. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<CliEnded>;
}

/** Starts `keyturn` in a folder, in a process group of its own, of which nothing is left after the test. */
export function startKeyturn(folder: string, args: readonly string[], options: CliOptions = {}): RunningCli {
  const [command, ...rest] = commandLine(args, options);
  const child = spawn(command, rest, {
    cwd: folder,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {}
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written.stderr += text;
  });
  return {
    process: child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended: once(child, 'close').then(([code]) => ({ code, ...written })),
  };
}

/** Runs a shell's text in a folder; `$KEYTURN` in it is the command. */
export async function shell(folder: string, text: string, options: CliOptions = {}): Promise<CliEnded> {
  const env = { ...environment(options), KEYTURN: commandLine([], options).join(' ') };
  const child = spawn('bash', ['-c', text], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { code, stdout, stderr } = await ended(child);
  return { code, stdout: stdout.toString(), stderr };
}

/** Runs `keyturn` on a terminal of its own, and gives what is seen on it. */
export async function onTerminal(
  folder: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<string> {
  const env = { TERM: 'xterm-256color', ...environment(options) };
  const child = spawn('python3', [here('terminal.py'), ...commandLine(args, options)], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout } = await ended(child);
  return stdout.toString().replaceAll('\r\n', '\n');
}

function commandLine(
  args: readonly string[],
  { unprivileged = false, first = false }: CliOptions,
): [string, ...string[]] {
  const command: [string, ...string[]] = [process.execPath, bin, ...args];
  if (first) return ['python3', here('subreaper.py'), ...command];
  return unprivileged && process.geteuid?.() === 0
    ? ['python3', here('unprivileged.py'), ...command]
    : command;
}

function environment({ env = {} }: CliOptions): Record<string, string> {
  return { PATH: process.env.PATH ?? '', ...env };
}
