import { spawn } from 'node:child_process';
import { root } from './packages.ts';

/**
 * Every check but the tests: `npm run check`. All of them run, whatever fails, so that one run shows everything;
 * one line each, and what a failed one printed below it. Names on the command line choose steps:
 * `npm run check -- lint layers`.
 */
const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['build', 'npm', 'run', '--silent', 'build'],
  ['types', 'tsc', '-p', 'tsconfig.tests.json', '--noEmit'],
  ['lint', 'biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ['dead code', 'knip'],
  ['layers', 'vitest', 'run', 'test/layers.test.ts', 'test/contributing.test.ts'],
  ['packed', 'node', 'scripts/check-packed.ts'],
];

interface Finished {
  readonly ok: boolean;
  readonly output: string;
}

function run(command: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', ({ message }) => resolve({ ok: false, output: message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !steps.some(([step]) => step === name));
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there are ${steps.map(([name]) => name).join(', ')}`);
  process.exit(2);
}

const failed: string[] = [];
for (const [name, command, ...args] of steps) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const start = performance.now();
  const { ok, output } = await run(command, args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(9)} ${seconds.padStart(5)} s  ${command} ${args.join(' ')}`,
  );
  if (!ok) {
    failed.push(name);
    console.log(output.trimEnd().replace(/^/gm, '       '));
  }
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
