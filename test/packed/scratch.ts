import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Packed, packAll } from '../../scripts/pack.ts';

/** A project outside the workspace that has every package installed from its tarball. */
export interface Scratch {
  readonly folder: string;
  readonly packages: readonly Packed[];
  remove(): Promise<void>;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a failing one is an answer, not a rejection. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      // A string code is the system's: the program did not start.
      if (typeof error?.code === 'string') reject(error);
      else resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

/**
 * Packs the workspace as it was last built and installs it, with `dependencies` beside it. The install script
 * of `node` is allowed there by name, as in the workspace: it fetches the binary.
 */
export async function makeScratch(dependencies: Readonly<Record<string, string>>): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-scratch-'));
  const tarballs = join(folder, 'tarballs');
  await mkdir(tarballs);
  const packages = await packAll(tarballs);
  const packed = packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`] as const);
  const manifest = {
    name: 'scratch',
    private: true,
    type: 'module',
    allowScripts: { node: true },
    dependencies: { ...Object.fromEntries(packed), ...dependencies },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const { code, stderr } = await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  if (code !== 0) throw new Error(`npm install ended with ${code} in a scratch project:\n${stderr}`);
  return { folder, packages, remove: () => rm(folder, { recursive: true }) };
}
