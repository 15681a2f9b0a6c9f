import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/keyturn/', import.meta.url));

/** The folder that a package of PyPI, such as `boto3==1.44.5`, is in: for PYTHONPATH. Installed the first time. */
export async function fromPypi(requirement: string): Promise<string> {
  const folder = `${CACHE}${requirement}`;
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  // Test files run side by side: each installs for itself, and the first one done wins.
  const scratch = await mkdtemp(`${folder}-`);
  await promisify(execFile)('python3', ['-m', 'pip', 'install', '--quiet', '--target', scratch, requirement]);
  await rename(scratch, folder).catch(() => rm(scratch, { recursive: true }));
  return folder;
}
