import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '../..');
const FILES = ['keyturn.config.ts', 'service.ts', 'settings.ts'];

/** How a process ended, and what it said of it. */
export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

export interface Program {
  /** Where it listens, once it does; undefined if it ends before. */
  readonly url: Promise<string | undefined>;
  readonly ended: Promise<Ended>;
  /** Ends it by SIGTERM. */
  stop(): Promise<Ended>;
  kill(): void;
}

/** A folder with the quickstart's app.ts as it is, service.ts, their config, and the workspace's packages. */
export interface Project {
  start(file: 'app.ts' | 'service.ts', env: Readonly<Record<string, string>>): Program;
  remove(): Promise<void>;
}

export async function makeProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-outage-'));
  await copyFile(join(ROOT, 'examples/quickstart/app.ts'), join(folder, 'app.ts'));
  for (const file of FILES) await copyFile(join(import.meta.dirname, file), join(folder, file));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

  return {
    start(file, env) {
      // Nothing of this machine's own settings and credentials: HOME is the folder.
      const clean = { PATH: process.env.PATH, HOME: folder, LOG_LEVEL: 'warn', ...env };
      const child = spawn(process.execPath, [file], {
        cwd: folder,
        env: clean,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const stderr = text(child.stderr);
      const ended = once(child, 'close').then(async ([code]) => ({ code, stderr: await stderr }));
      const line = once(createInterface({ input: child.stdout }), 'line');
      return {
        url: Promise.race([line.then(([first]) => urlOf(first)), ended.then(() => undefined)]),
        ended,
        stop() {
          child.kill('SIGTERM');
          return ended;
        },
        kill: () => void child.kill('SIGKILL'),
      };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Where a program listens, by what it prints then. */
function urlOf(line: string): string {
  const { port }: { port: number } = JSON.parse(line.replace('listening ', ''));
  return `http://127.0.0.1:${port}/`;
}
