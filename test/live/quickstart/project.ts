import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '../../..');
const KEYTURN = join(ROOT, 'packages/keyturn/dist/cli/bin.js');

/** How a process ended, and all that it said. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A boot of the app: how it ended after SIGTERM, and what it answered. */
interface Booted extends Ended {
  readonly body: string;
}

/** A folder with the quickstart's app.ts as it is, this folder's keyturn.config.ts, and the workspace's packages. */
export interface Project {
  /** Runs the app until it has answered one request. */
  boot(env: Readonly<Record<string, string>>): Promise<Booted>;
  /** Runs a command of `keyturn` to its end. */
  keyturn(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended>;
  remove(): Promise<void>;
}

export async function makeProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-quickstart-'));
  await copyFile(join(ROOT, 'examples/quickstart/app.ts'), join(folder, 'app.ts'));
  await copyFile(join(import.meta.dirname, 'keyturn.config.ts'), join(folder, 'keyturn.config.ts'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

  function start(args: readonly string[], env: Readonly<Record<string, string>>) {
    // Nothing of this machine's own settings and credentials: HOME is the folder.
    const clean = { PATH: process.env.PATH, HOME: folder, LOG_LEVEL: 'warn', ...env };
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: clean,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, closed: once(child, 'close'), stderr: text(child.stderr) };
  }

  return {
    async boot(env) {
      const { child, closed, stderr } = start(['app.ts'], env);
      const lines: string[] = [];
      let body = '';
      try {
        for await (const line of createInterface({ input: child.stdout })) {
          lines.push(line);
          if (lines.length > 1) continue;
          body = await getOnce(line);
          child.kill('SIGTERM');
        }
        const [code] = await closed;
        return { body, code, stdout: lines.join('\n'), stderr: await stderr };
      } finally {
        child.kill('SIGKILL');
      }
    },
    async keyturn(env, ...args) {
      const { child, closed, stderr } = start([KEYTURN, ...args], env);
      const stdout = await text(child.stdout);
      const [code] = await closed;
      return { code, stdout, stderr: await stderr };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** What `GET /` answers, at the port that the app says it listens on. */
async function getOnce(line: string): Promise<string> {
  const { port }: { port: number } = JSON.parse(line.replace('listening ', ''));
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return await answer.text();
}
