// What Keyturn costs at start: bytes, imports, and `keyturn run` beside a bare Node.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { figure, timeCommands } from './measure.ts';

const root = join(import.meta.dirname, '..');
const core = join(root, 'packages/core/dist/index.js');

const { outputFiles, metafile } = await build({
  entryPoints: [core],
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  write: false,
  metafile: true,
});
const bytes = gzipSync(outputFiles[0]?.contents ?? '').length;
figure('core, minified and gzipped', `${(bytes / 1000).toFixed(1)} kB`, {
  text: '<= 15 kB',
  met: bytes <= 15_000,
});
const foreign = Object.keys(metafile.inputs).filter((file) => file.includes('node_modules'));
figure('modules of others that core loads', String(foreign.length), { text: '0', met: foreign.length === 0 });

const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
try {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'keyturn.config.ts'),
    `import { as, defineConfig, dotenv, env } from 'keyturn';
export default defineConfig({
  environment: 'development',
  environments: { development: { providers: { app: dotenv(), env: env() }, allowDefaults: true } },
  secrets: {
    DATABASE_URL: { ref: 'app://DATABASE_URL', as: as.databaseUrl() },
    PORT: { ref: 'env://PORT', as: as.port(), sensitive: false, default: 3000 },
  },
});
`,
  );
  writeFileSync(join(folder, '.env'), 'DATABASE_URL=postgres://u:p@localhost/x\n');
  const times = timeCommands({
    bare: { args: ['-e', '0'] },
    core: { args: ['--input-type=module', '-e', `await import(${JSON.stringify(core)})`] },
    module: { args: ['--input-type=module', '-e', '0'] },
    run: { args: [join(root, 'packages/keyturn/dist/cli/bin.js'), 'run', '--', 'true'], cwd: folder },
  });
  const { bare = 0, module = 0, run = 0 } = times;
  const imported = (times.core ?? 0) - module;
  figure('importing core over a bare module', `${imported.toFixed(1)} ms`, {
    text: '<= 5 ms',
    met: imported <= 5,
  });
  figure('node -e 0', `${bare.toFixed(1)} ms`);
  figure('keyturn run -- true, with a config', `${run.toFixed(1)} ms`);
  figure('  as a ratio', `${(run / bare).toFixed(2)} x`, { text: '<= 2 x', met: run / bare <= 2 });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
