import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { conformance, runWith } from '../src/index.ts';
import { backwards, soundSubject } from './subjects.ts';

const order = 'answers in the order asked';

/** Runs a file under `node --test` and gives the names of its tests. */
async function nodeTest(file: string) {
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 120_000,
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const tap = (await child.stdout.setEncoding('utf8').toArray()).join('');
  const names = (result: string) =>
    [...tap.matchAll(new RegExp(`^ *${result} \\d+ - (.*)$`, 'gm'))].map(([, name]) => name);
  return { exit: await closed, passed: names('ok'), failed: names('not ok') };
}

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));

describe('Vitest', () => {
  const caught = (run: () => Promise<void>) =>
    expect(run()).rejects.toThrow('the outcomes are in another order');
  runWith((name, run) => it(name, () => (name === order ? caught(run) : run())), backwards);
});

describe('node:test', () => {
  it('passes every check of a sound provider', async () => {
    const names = conformance(soundSubject()).map(({ name }) => name);
    expect(await nodeTest(fixture('sound'))).toEqual({ exit: 0, passed: names, failed: [] });
  });

  it('fails the one check that a broken provider does not pass', async () => {
    const names = conformance(backwards).map(({ name }) => name);
    expect(await nodeTest(fixture('backwards'))).toEqual({
      exit: 1,
      passed: names.filter((name) => name !== order),
      failed: [order],
    });
  });
});

describe('docs/conformance.md', () => {
  it('has an example that passes as it stands', async () => {
    const page = await readFile(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'conformance-docs-'));
    try {
      for (const [, name = '', code = ''] of page.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)) {
        const source = new URL('../src/index.ts', import.meta.url).href;
        await writeFile(join(folder, name), code.replace("'@keyturn/conformance'", `'${source}'`));
      }
      const { exit, passed, failed } = await nodeTest(join(folder, 'json-file.test.ts'));
      expect({ exit, failed }).toEqual({ exit: 0, failed: [] });
      expect(passed).toContain('keeps text that looks like JSON');
      expect(passed).toContain('tells InvalidValue');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
