import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaseReport, summarize } from '../scripts/case-report.ts';
import { root } from '../scripts/packages.ts';

const passed = { name: 'a', state: 'passed' } as const;

describe('summarize', () => {
  it('counts cases, and names the skipped before the failed', () => {
    const cases = [
      { name: 'f', state: 'failed' },
      passed,
      { name: 's', state: 'skipped', reason: 'no engine' },
      passed,
    ] as const;
    expect(summarize({ cases, errors: [] }, 1)).toEqual({
      lines: ['skipped: s: no engine', 'failed: f'],
      count: '2 passed, 1 failed, 1 skipped',
      ok: false,
    });
  });

  it('is well with a skipped case only where a reason is given', () => {
    const skipped = { name: 's', state: 'skipped' } as const;
    expect(summarize({ cases: [passed, { ...skipped, reason: 'no engine' }], errors: [] }, 0).ok).toBe(true);
    const unexplained = summarize({ cases: [passed, skipped], errors: [] }, 0);
    expect(unexplained.lines).toEqual(['skipped: s: no reason given; give one']);
    expect(unexplained.ok).toBe(false);
  });

  it.each<[string, CaseReport | undefined, number, string, string]>([
    [
      'no report',
      undefined,
      134,
      'failed: the test command left no report: it ended with 134 before the tests did',
      '0 passed, 1 failed, 0 skipped',
    ],
    ['no case', { cases: [], errors: [] }, 0, 'failed: no test ran', '0 passed, 1 failed, 0 skipped'],
    [
      'a failure that nothing names',
      { cases: [passed], errors: [] },
      1,
      'failed: the test command ended with 1',
      '1 passed, 1 failed, 0 skipped',
    ],
    [
      'an error outside any case',
      { cases: [passed], errors: ['x.test.ts: no such module'] },
      1,
      'failed: x.test.ts: no such module',
      '1 passed, 1 failed, 0 skipped',
    ],
  ])('never reads well over a failed run: %s', (_, report, exitCode, line, count) => {
    expect(summarize(report, exitCode)).toEqual({ lines: [line], count, ok: false });
  });
});

describe('the reporter, under a real Vitest', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyturn-cases-'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await mkdir(join(folder, 'test'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs one test file, and gives what the reporter left and how Vitest ended. */
  async function runFile(body: string): Promise<{ report: CaseReport | undefined; code: number | null }> {
    const target = join(folder, 'cases.json');
    await rm(target, { force: true });
    await writeFile(join(folder, 'test/planted.test.js'), `import { it, describe } from 'vitest';\n${body}`);
    const code = await new Promise<number | null>((resolve, reject) => {
      const args = ['vitest.mjs', 'run', '--root', folder, `--reporter=${root}/scripts/case-reporter.ts`];
      const env = { ...process.env, KEYTURN_CASES: target };
      const vitest = join(root, 'node_modules/vitest');
      const child = spawn(process.execPath, args, { cwd: vitest, env, stdio: 'ignore' });
      child.on('error', reject).on('close', resolve);
    });
    const text = await readFile(target, 'utf8').catch(() => undefined);
    return { report: text === undefined ? undefined : JSON.parse(text), code };
  }

  const results = (report: CaseReport | undefined) =>
    report?.cases.map(({ name, ...rest }) => ({ name: name.replace(/^.* > /, ''), ...rest }));

  it('tells passed, failed and skipped apart, with the reason', async () => {
    const { report, code } = await runFile(`
      it('good', () => {});
      it('bad', () => { throw new Error('planted'); });
      it('without a store', (context) => context.skip('no engine here'));
      it.todo('later');`);
    expect(results(report)).toEqual([
      { name: 'good', state: 'passed' },
      { name: 'bad', state: 'failed' },
      { name: 'without a store', state: 'skipped', reason: 'no engine here' },
      { name: 'later', state: 'skipped' },
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ['a file that does not load', "import './missing.js'; it('good', () => {});", /missing\.js/],
    [
      "a suite's hook",
      "import { afterAll } from 'vitest'; afterAll(() => { throw new Error('planted'); }); it('good', () => {});",
      /planted/,
    ],
    [
      'a rejection that nothing handles',
      "it('good', async () => { Promise.reject(new Error('planted')); await new Promise(setImmediate); });",
      /outside any test: planted/,
    ],
    ['a worker that dies', "it('good', () => { process.kill(process.pid, 'SIGKILL'); });", /./],
  ])('reports %s as an error', async (_, body, expected) => {
    const { report, code } = await runFile(body);
    expect(code).toBe(1);
    expect(report?.errors.join('\n') ?? '').toMatch(expected);
    expect(summarize(report, 1).ok).toBe(false);
  });
});
