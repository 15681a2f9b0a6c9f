import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../../../scripts/packages.ts';

export const example = join(root, 'examples/django');

const keyturn = join(root, 'packages/keyturn/dist/cli/bin.js');
const START_MS = 120_000;
const ANSWER_MS = 30_000;

/** A copy of the example, which a test may change, outside the workspace. */
export interface Project {
  readonly folder: string;
  /** Starts a command by `keyturn run` in an environment. */
  run(environment: string, command: readonly string[], variables?: Variables): Running;
  /** Starts a command without Keyturn. */
  runAlone(command: readonly string[], variables?: Variables): Running;
  /** Removes the copy, and ends what a failed test left running. */
  remove(): Promise<void>;
}

type Variables = Readonly<Record<string, string>>;

/** A process that leads a group of its own, and its output up to now. */
export interface Running {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
  /** Whether any process of its group is there. */
  alive(): boolean;
}

/** @param python the `bin` folder to find `python` in */
export async function copyProject(python: string): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-django-'));
  const left = ['.venv', '__pycache__', 'node_modules'];
  const filter = (path: string) => !left.includes(basename(path)) && !path.endsWith('.sqlite3');
  await cp(example, folder, { recursive: true, filter });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));

  const started: Running[] = [];
  const start = (program: string, args: readonly string[], variables: Variables) => {
    // gunicorn keeps a control socket under HOME.
    const env = { PATH: [python, '/usr/bin', '/bin'].join(delimiter), HOME: folder, ...variables };
    const running = watch(spawn(program, args, { cwd: folder, env, detached: true, stdio: 'pipe' }));
    started.push(running);
    return running;
  };
  return {
    folder,
    run: (environment, command, variables = {}) =>
      start(process.execPath, [keyturn, 'run', '--env', environment, '--', ...command], variables),
    runAlone: ([program = '', ...args], variables = {}) => start(program, args, variables),
    async remove() {
      for (const { child, alive, ended } of started) {
        if (alive() && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        await ended;
      }
      await rm(folder, { recursive: true });
    },
  };
}

function watch(child: ChildProcess): Running {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  return {
    child,
    output,
    ended: once(child, 'close').then(([code]) => code),
    alive() {
      if (child.pid === undefined) return false;
      try {
        return process.kill(-child.pid, 0);
      } catch {
        return false;
      }
    },
  };
}

export interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Asks on loopback, as a proxy that ends TLS would. */
export async function get(port: number, host = `127.0.0.1:${port}`): Promise<Answer> {
  const headers = { host, 'x-forwarded-proto': 'https' };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const asked = request({ host: '127.0.0.1', port, headers, agent: false, signal });
  asked.end();
  const [response] = await once(asked, 'response');
  return { status: response.statusCode, body: (await response.setEncoding('utf8').toArray()).join('') };
}

/** The first answer of a server that is starting; rejects when it ends before, or takes longer than half a minute. */
export async function firstAnswer({ child, output }: Running, port: number): Promise<Answer> {
  const deadline = performance.now() + START_MS;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    const answer = await get(port).catch(() => undefined);
    if (answer !== undefined) return answer;
    await delay(50);
  }
  const why = child.exitCode === null ? 'it is still running' : `it ended with ${child.exitCode}`;
  throw new Error(`nothing answered on port ${port}; ${why}\n${output.stdout}${output.stderr}`);
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
