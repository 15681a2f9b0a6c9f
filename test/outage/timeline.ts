import { codesOf, type Served, type State } from './served.ts';

/** What happened to the store. */
export interface Mark {
  readonly at: number;
  readonly text: string;
}

/** Answers of one kind that came one after another, or a wait for the next. */
interface Stretch {
  readonly label: string;
  readonly at: number;
  until: number;
  readonly answers: Served[];
}

/** What is past its ttl for no longer than the read in the background takes counts as fresh. */
const LABELS: Readonly<Record<State, string>> = {
  fresh: 'fresh',
  renewing: 'fresh',
  stale: 'stale',
  refused: 'refused',
  failed: 'failed',
};
const WAITING = 'waiting';
/** From when on there being no answer is a stretch of its own. */
const GAP_MS = 500;

/** What came when, and what happened to the store meanwhile, as text. */
export function timeline(title: string, answers: readonly Served[], marks: readonly Mark[]): string {
  const start = answers[0]?.begunAt ?? 0;
  const stretches = stretchesOf(answers);
  const sums = ['fresh', 'stale', 'refused', 'failed', WAITING].map((label) => {
    const took = stretches.filter((each) => each.label === label).map(({ at, until }) => until - at);
    return `${label} ${seconds(took.reduce((sum, ms) => sum + ms, 0))}`;
  });
  const lines = [
    ...stretches.map((stretch) => ({ at: stretch.at, text: describe(stretch) })),
    ...marks.map(({ at, text }) => ({ at, text: `-- ${text}` })),
  ];
  return [
    `${title}: ${sums.join(', ')}`,
    ...lines
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, text }) => `  ${seconds(at - start).padStart(7)}  ${text}`),
  ].join('\n');
}

function stretchesOf(answers: readonly Served[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const answer of answers) {
    const label = LABELS[answer.state];
    const { endedAt: at } = answer;
    const last = stretches.at(-1);
    const gap = last && at - last.until > GAP_MS;
    if (gap) stretches.push({ label: WAITING, at: last.until, until: at, answers: [] });
    else if (last) last.until = at;
    if (last?.label === label && !gap) last.answers.push(answer);
    else stretches.push({ label, at, until: at, answers: [answer] });
  }
  return stretches;
}

function describe({ label, at, until, answers }: Stretch): string {
  const head = `${label.padEnd(8)}for ${seconds(until - at).padStart(6)}`;
  if (answers.length === 0) return head;
  const renewing = answers.filter(({ state }) => state === 'renewing').length;
  const slowest = Math.max(...answers.map(({ begunAt, endedAt }) => endedAt - begunAt));
  const notes = [
    `${answers.length} answers`,
    ...(renewing > 0 ? [`${renewing} while read anew`] : []),
    `the slowest after ${seconds(slowest)}`,
    ...(label === 'stale' ? [`the oldest ${seconds(Math.max(...answers.map(({ age }) => age)))} old`] : []),
    ...(label === 'refused' ? codesOf(answers) : []),
  ];
  return `${head}  ${notes.join(', ')}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
