import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listPackages } from './packages.ts';

/**
 * Makes `dist/*.js` of what `tsc --build` wrote to `build/`: one file for each entry of a package, since Node takes
 * some 0.3 ms to find and read a module. Other packages stay imports; what is behind `import()` stays behind it, in a
 * file of its own. Types are not touched: `tsc` writes them to `dist` by itself.
 */
for (const { path, manifest } of listPackages()) {
  const from = join(path, 'build');
  const to = join(path, 'dist');
  // The names of chunks hold a hash, so old ones would stay.
  for (const old of globSync('**/*.js{,.map}', { cwd: to })) rmSync(join(to, old));
  const commands = Object.values(manifest.bin ?? {}).map((file) => file.replace(/^(\.\/)?dist\//, ''));
  await build({
    entryPoints: ['index.js', ...commands].map((file) => join(from, file)),
    outdir: to,
    outbase: from,
    // Beside the command, from where `../../package.json` is the package's own.
    chunkNames: 'cli/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}
