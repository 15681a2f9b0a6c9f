import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import type { CaseReport, CaseResult } from './case-report.ts';
import { root } from './packages.ts';

/**
 * Writes how each case ended to the file that KEYTURN_CASES names. Vitest's own JSON reporter leaves out why a
 * case was skipped and which errors nothing caught.
 */
export default class CaseReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const target = process.env.KEYTURN_CASES;
    if (!target) throw new Error('KEYTURN_CASES is not set: name the file to write the report to');
    const report: CaseReport = {
      cases: modules.flatMap((module) => [...module.children.allTests()].map(resultOf)),
      errors: [
        ...modules.flatMap(errorsOf),
        ...unhandled.map(({ message }) => `outside any test: ${message}`),
      ],
    };
    writeFileSync(target, JSON.stringify(report));
  }
}

function fileOf(module: TestModule): string {
  return relative(root, module.moduleId);
}

function resultOf(test: TestCase): CaseResult {
  const result = test.result();
  const name = `${fileOf(test.module)} > ${test.fullName}`;
  if (result.state !== 'skipped') return { name, state: result.state === 'passed' ? 'passed' : 'failed' };
  return { name, state: 'skipped', ...(result.note ? { reason: result.note } : {}) };
}

/** What went wrong in a file outside its cases: while loading it, in a suite's hook, or in a worker that died. */
function errorsOf(module: TestModule): readonly string[] {
  const file = fileOf(module);
  const suites = [...module.children.allSuites()];
  const errors = [module, ...suites].flatMap((entity) => entity.errors());
  const messages = errors.map(({ message }) => `${file}: ${message}`);
  const ended = ['passed', 'failed', 'skipped'].includes(module.state());
  return ended ? messages : [...messages, `${file}: did not finish`];
}
