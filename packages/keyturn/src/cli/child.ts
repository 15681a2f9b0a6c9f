import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Redactor } from '@keyturn/core';
import { checkEnvironment, tooLarge } from './child-env.ts';
import { openPipes, passOn } from './child-output.ts';
import { forwardSignals } from './child-signals.ts';

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** Failures to start that lie with the machine, not with the command. */
const OUT_OF_RESOURCES = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

export interface ChildOptions {
  /** A path, or a name that is looked up in the PATH of `env`. Never a shell's text. */
  readonly command: string;
  readonly args: readonly string[];
  /** The child's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Masks stdout and stderr. Undefined: the child has our own, untouched, a terminal too. */
  readonly mask: Pick<Redactor, 'stream'> | undefined;
}

/** A child that runs, or has run. */
export interface Child {
  /** Undefined when it could not be started. */
  readonly id: number | undefined;
  /** Sends it a signal; nothing when it has ended. */
  send(signal: NodeJS.Signals): void;
  /** Resolves when it has ended; its output may still be on its way. */
  readonly exited: Promise<unknown>;
  /**
   * Its exit code, once all output is passed on; masked output waits up to one second for what the child left running.
   * Rejects when the output can't be written.
   */
  readonly ended: Promise<number>;
}

/**
 * Runs a command and gives its exit code: its own, 128+n when signal n ended it, 127 when there is no such command,
 * 126 when it can't be executed (both said in one line on stderr). Stdin is ours. Signals are handed on (see
 * `forwardSignals`) and this process outlives the child.
 *
 * On Windows a `.cmd` or `.bat` file is no program (126): run `cmd /c` with it.
 *
 * @throws ConfigError when `env` can't be handed over: a bad name, a NUL, too large. The child has not started then.
 */
export async function runChild(options: ChildOptions): Promise<number> {
  let child: Child | undefined;
  const stopForwarding = forwardSignals((signal) => child?.send(signal));
  try {
    child = await startChild(options);
    await child.exited;
  } finally {
    stopForwarding();
  }
  return child.ended;
}

/** Starts what `runChild` runs, without the handing on of signals. @throws ConfigError as `runChild`. */
export async function startChild({ command, args, env, mask }: ChildOptions): Promise<Child> {
  checkEnvironment(env);
  const pipes = mask && openPipes(2);
  let child: ChildProcess;
  try {
    const output = mask ? 'pipe' : 'inherit';
    child = spawn(command, args, {
      env,
      stdio: ['inherit', pipes?.[0]?.writeEnd ?? output, pipes?.[1]?.writeEnd ?? output],
    });
    // Later errors are of `kill`: the child has ended, or runs as another user and is not ours to signal.
    child.on('error', () => {});
    await once(child, 'spawn');
  } catch (error) {
    for (const { source } of pipes ?? []) source.destroy();
    const ended = Promise.resolve(startFailure(error, { command, args, env }));
    return { id: undefined, send() {}, exited: ended, ended };
  } finally {
    for (const { writeEnd } of pipes ?? []) closeSync(writeEnd);
  }

  const passages = [
    { source: pipes?.[0]?.source ?? child.stdout, fd: 1 },
    { source: pipes?.[1]?.source ?? child.stderr, fd: 2 },
  ].flatMap(({ source, fd }) => (mask && source ? [passOn(source, fd, mask.stream())] : []));
  const passed = Promise.allSettled(passages.map(({ done }) => done));

  const exited = once(child, 'exit');
  async function end(): Promise<number> {
    const [code, signal] = await exited;
    for (const passage of passages) passage.childEnded();
    for (const result of await passed) {
      if (result.status === 'rejected') throw result.reason;
    }
    return signal === null ? code : 128 + constants.signals[signal as NodeJS.Signals];
  }
  return { id: child.pid, send: (signal) => child.kill(signal), exited, ended: end() };
}

/** The exit code for a command that did not start, said in one line. Throws what is no fault of the command. */
function startFailure(error: unknown, { command, args, env }: Omit<ChildOptions, 'mask'>): number {
  // Node's error holds the arguments; only its code may leave.
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'E2BIG') throw tooLarge(args, env);
  if (OUT_OF_RESOURCES.has(code)) throw new Error(`${command} could not be started: ${code}`);
  const found = code !== 'ENOENT' && command !== '';
  process.stderr.write(
    `keyturn: ${command}: ${found ? `can't be executed (${code})` : 'command not found'}\n`,
  );
  return found ? NOT_EXECUTABLE : NOT_FOUND;
}
