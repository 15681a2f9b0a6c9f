/** How one test case ended. A case that never ended counts as failed. */
export interface CaseResult {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, as given to `context.skip(reason)`. */
  readonly reason?: string;
}

/** What a test run leaves behind for `.ci/run`. */
export interface CaseReport {
  readonly cases: readonly CaseResult[];
  /** What failed outside any case: a file that could not be loaded, an error that nothing caught. */
  readonly errors: readonly string[];
}

/** What a run came to: the lines that precede the count, the count, and whether all is well. */
export interface Summary {
  readonly lines: readonly string[];
  readonly count: string;
  readonly ok: boolean;
}

/**
 * Sums up a run for people and for the exit code. The names of the skipped come first. `report` is undefined
 * where the run left none. An error outside any case counts as one failure, and a run that went wrong without
 * naming anything (`exitCode`) as one too, so that the count never reads well over a failed run.
 */
export function summarize(report: CaseReport | undefined, exitCode: number): Summary {
  const cases = report?.cases ?? [];
  const of = (state: CaseResult['state']): readonly CaseResult[] =>
    cases.filter((item) => item.state === state);
  const skipped = of('skipped');
  const unexplained = skipped.filter(({ reason }) => !reason);
  const failures = [...of('failed').map(({ name }) => name), ...(report?.errors ?? [])];
  if (!report)
    failures.push(`the test command left no report: it ended with ${exitCode} before the tests did`);
  else if (cases.length === 0 && failures.length === 0) failures.push('no test ran');
  else if (exitCode !== 0 && failures.length === 0) failures.push(`the test command ended with ${exitCode}`);
  return {
    lines: [
      ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason || 'no reason given; give one'}`),
      ...failures.map((name) => `failed: ${name}`),
    ],
    count: `${of('passed').length} passed, ${failures.length} failed, ${skipped.length} skipped`,
    ok: failures.length === 0 && unexplained.length === 0,
  };
}
