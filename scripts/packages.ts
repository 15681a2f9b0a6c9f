import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What this repository's tools read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package of the workspace. */
export interface Package {
  /** The folder's name under `packages/`. */
  readonly folder: string;
  /** The folder's absolute path. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** The repository's root. */
export const root = join(import.meta.dirname, '..');

/** Packages that are no provider; every other folder under `packages/` is one. */
const notProviders: readonly string[] = ['core', 'conformance', 'aws', 'keyturn'];

export function isProvider(folder: string): boolean {
  return !notProviders.includes(folder);
}

/** Every package of the workspace, in the order of the folders' names. */
export function listPackages(): readonly Package[] {
  const parent = join(root, 'packages');
  return readdirSync(parent)
    .filter((folder) => existsSync(join(parent, folder, 'package.json')))
    .sort()
    .map((folder) => {
      const path = join(parent, folder);
      const manifest: Manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
      return { folder, path, manifest };
    });
}
