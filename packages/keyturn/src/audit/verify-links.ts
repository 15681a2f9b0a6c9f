import type { OutsideHeads } from './evidence.ts';
import type { Link } from './record.ts';
import type { AuditProblem, Verified } from './verdict.ts';

/** What segments say of the ends of others, against what those are. */
export function linkProblems(verified: readonly Verified[]): readonly AuditProblem[] {
  const bySegment = new Map(verified.map((each) => [each.file.segment, each]));
  return verified.flatMap(({ file, found: { after, torn } }) => [
    ...endProblems(
      after,
      bySegment,
      `segment ${file.segment}, which the same writer wrote next, goes on from`,
      true,
    ),
    ...torn.flatMap(({ link }) =>
      endProblems(link, bySegment, `segment ${file.segment} has on its record`, false),
    ),
  ]);
}

/** @param isLast whether nothing may follow: a writer that was taken for dead may have gone on. */
function endProblems(
  said: Link | undefined,
  bySegment: ReadonlyMap<string, Verified>,
  who: string,
  isLast: boolean,
): readonly AuditProblem[] {
  const target = said && bySegment.get(said.segment);
  // A damage of its own is told already.
  if (!said || !target || target.found.damage) return [];
  const { file, found } = target;
  const { segment, n, hash } = found.end;
  const problem = { segment, file: file.path };
  if (said.n > n) {
    const message = `is gone, and so is what follows up to record ${said.n}, that ${who}: cut off, or an older copy was put back`;
    return [{ ...problem, line: n + 1, what: 'truncated', message }];
  }
  if (said.n < n) {
    if (!isLast) return [];
    const message = `was put in: ${who} record ${said.n}`;
    return [{ ...problem, line: said.n + 1, what: 'inserted', message }];
  }
  if (said.hash === hash) return [];
  return [{ ...problem, line: n, what: 'changed', message: `was changed: it is not what ${who}` }];
}

/** Whole segments that others, or heads from outside, speak of, and that are not there. */
export function missingProblems(
  verified: readonly Verified[],
  heads: OutsideHeads | undefined,
  onlySigned: boolean,
): readonly AuditProblem[] {
  const there = new Set(verified.map(({ file }) => file.segment));
  const removed = new Set(heads?.removed);
  for (const { found } of verified) {
    for (const { n, link } of found.removed) {
      // Where keys are given, nobody but who signs can excuse a missing segment.
      if (!onlySigned || n <= found.provenTo) removed.add(link.segment);
    }
  }
  const problems: AuditProblem[] = [];
  for (const { segment, n, time } of heads?.heads.values() ?? []) {
    if (there.has(segment) || removed.has(segment)) continue;
    const message = `is missing: its record ${n} was signed on ${time}`;
    problems.push({ segment, what: 'missing', message });
  }
  // Segments are removed from the oldest on. One that has a successor was closed, so it went before younger ones did,
  // though the record of that may be gone with a segment that was removed since.
  const newestRemoved = [...removed].sort().at(-1) ?? '';
  for (const { file, found } of verified) {
    const { after } = found;
    if (!after || there.has(after.segment) || after.segment <= newestRemoved) continue;
    const message = `is missing: segment ${file.segment} goes on from its record ${after.n}`;
    problems.push({ segment: after.segment, what: 'missing', message });
  }
  return problems;
}
