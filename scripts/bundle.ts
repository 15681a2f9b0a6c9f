import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listPackages, root } from './packages.ts';

/**
 * Makes `dist/*.js` of what `tsc --build` left in `build/`: one file for each entry of a package, since Node takes
 * some 0.3 ms to find and read each module. Other packages stay imports; `import()` stays lazy, in chunks of its own.
 */
for (const { folder, manifest } of listPackages()) {
  const from = join(root, 'packages', folder, 'build');
  const to = join(root, 'packages', folder, 'dist');
  await build({
    entryPoints: [join(from, 'index.js'), ...Object.values(manifest.bin ?? {}).map((file) => join(from, '..', file.replace('dist', 'build')))],
    outdir: to,
    outbase: from,
    chunkNames: 'cli/[name]-[hash]',
    bundle: true,
    splitting: true,
    external: ['@keyturn/*', 'keyturn', 'node-vault', '@aws-sdk/*', '@azure/*', '@google-cloud/*'],
    format: 'esm',
    platform: 'node',
    target: 'node22',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}
