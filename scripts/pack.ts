import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listPackages, type Package, root } from './packages.ts';

const run = promisify(execFile);

/** A package as it would be published. */
export interface Packed extends Package {
  /** The absolute path of its `.tgz`. */
  readonly tarball: string;
}

/** Packs every package as it was last built into `folder`, which must exist. */
export async function packAll(folder: string): Promise<readonly Packed[]> {
  const packages = listPackages();
  await run('npm', ['pack', '--workspaces', '--pack-destination', folder], { cwd: root });
  return packages.map((item) => {
    const { name, version } = item.manifest;
    return { ...item, tarball: join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`) };
  });
}

/** The bytes of a tarball, in a buffer of their own. */
export async function readTarball(tarball: string): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(tarball)).buffer;
}
