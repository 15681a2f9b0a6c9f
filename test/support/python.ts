import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../scripts/packages.ts';

const exec = promisify(execFile);

/**
 * The `bin` folder of a Python virtual environment with what a requirements file pins, made once for its text and this
 * machine's Python, under `node_modules/.cache/<name>-…`. Rejects where it cannot be made: no `python3` with `venv`, no
 * package index.
 *
 * Run modules (`python -m gunicorn`), not the scripts beside `python`: these name the folder that pip ran in.
 */
export async function pythonWith(requirements: string, name: string): Promise<string> {
  const { stdout: version } = await exec('python3', ['--version']);
  const hash = createHash('sha256')
    .update(version)
    .update(await readFile(requirements));
  const cache = join(root, 'node_modules/.cache');
  const home = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(home)) {
    await mkdir(cache, { recursive: true });
    const draft = await mkdtemp(`${home}-`);
    try {
      await exec('python3', ['-m', 'venv', draft]);
      const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
      await exec(join(draft, 'bin/python'), install);
      await rename(draft, home).catch((error: NodeJS.ErrnoException) => {
        // Another run was quicker, and its folder serves as well.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return join(home, 'bin');
}
