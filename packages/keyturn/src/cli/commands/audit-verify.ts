import type { AuditProblem, AuditVerdict, SegmentVerdict } from '../../audit/verdict.ts';
import { verifyAudit } from '../../audit/verify.ts';
import { EXIT } from '../commands.ts';
import { paint, print, printJson, table, warn } from '../output.ts';
import { progress } from '../progress.ts';

export interface AuditVerifyOptions {
  readonly json?: boolean;
  readonly publicKey?: string | undefined;
  readonly heads?: string | undefined;
}

/** Whether an audit file is what was written: a verdict for each segment, and the first damage of each. 1 for any. */
export async function auditVerify(
  paths: readonly string[],
  { json, publicKey, heads }: AuditVerifyOptions,
): Promise<number> {
  const shown = progress('verified');
  const verdict = await verifyAudit({
    paths: paths.length > 0 ? paths : ['.'],
    publicKey,
    heads,
    onProgress: shown.update,
  }).finally(shown.end);
  if (json) printJson(verdict);
  else show(verdict);
  return verdict.ok ? EXIT.done : EXIT.found;
}

function show({ ok, signatures, heads, segments, problems, notes, records }: AuditVerdict): void {
  const damaged = new Map(problems.map((problem) => [problem.segment, problem]));
  const rows = segments.map((segment) => [
    segment.segment,
    String(segment.records),
    String(segment.provenTo),
    verdictOf(segment, damaged.get(segment.segment)),
  ]);
  print(table(['SEGMENT', 'RECORDS', 'PROVEN TO', 'VERDICT'], rows));
  if (problems.length > 0) print(`\n${problems.map(placed).join('\n')}`);
  for (const note of notes) warn(note);
  if (!signatures)
    warn('no --public-key: signatures were not looked at, so only accidental damage would show');
  const result = ok
    ? paint('green', signatures || heads ? 'intact' : 'unbroken')
    : paint('red', `broken in ${counted(problems.length, 'place')}`);
  print(`\n${counted(segments.length, 'segment')}, ${counted(records, 'record')}: ${result}`);
}

function verdictOf({ records, provenTo, closed, tornBytes }: SegmentVerdict, problem?: AuditProblem): string {
  if (problem) return paint('red', `broken: record ${problem.line} ${problem.what}`);
  const torn = tornBytes > 0 ? '; its last record is torn' : '';
  // The head that vouches for the end comes after it.
  if (closed && provenTo >= records - 1) return paint('green', 'intact, and closed');
  if (provenTo === 0) return `unbroken, but nothing proves it${torn}`;
  return `intact up to record ${provenTo}; nothing proves what followed${torn}`;
}

function placed({ segment, file, line, message }: AuditProblem): string {
  return file === undefined ? `segment ${segment} ${message}` : `${file}:${line}: ${message}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
