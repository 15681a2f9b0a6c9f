import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.ts';

/**
 * Adds to package-lock.json the packages for other platforms that this registry did not serve when the lock was
 * written: `npm ci` refuses a lock in which an optional dependency is named but not entered. Run after `npm install`.
 */
interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const file = join(root, 'package-lock.json');
const lock: { packages: Record<string, object> } = JSON.parse(readFileSync(file, 'utf8'));
const before = Object.keys(lock.packages).length;

for (const [place, parent] of Object.entries<Entry>(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const entry = `node_modules/${name}`;
    if (entry in lock.packages || `${place}/${entry}` in lock.packages) continue;
    // Such names end in system, processor and C library: `cli-linux-x64-musl`.
    const words = name.split(/[-/]/);
    const at = words.findIndex((word) => systems.includes(word));
    const [os, cpu, libc] = words.slice(at);
    if (at < 0 || os === undefined || cpu === undefined) continue;
    lock.packages[entry] = {
      version,
      cpu: [cpu],
      dev: true,
      ...(parent.license && { license: parent.license }),
      ...(os === 'linux' && { libc: [libc?.startsWith('musl') ? 'musl' : 'glibc'] }),
      optional: true,
      os: [os],
    };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`${Object.keys(lock.packages).length - before} packages of other platforms entered`);
