import { spawnSync } from 'node:child_process';
import { hrtime } from 'node:process';

/** The middle of several runs: one slow run of a busy machine does not decide. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Wall time of commands in milliseconds, taken in turns so that all of them meet the same machine. */
export function timeCommands(
  commands: Readonly<Record<string, { args: readonly string[]; cwd?: string; env?: NodeJS.ProcessEnv }>>,
  rounds = 15,
): Record<string, number> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { args, cwd, env }] of Object.entries(commands)) {
      const start = hrtime.bigint();
      const { status, stderr } = spawnSync(process.execPath, args, { cwd, env: env ?? process.env });
      const elapsed = Number(hrtime.bigint() - start) / 1e6;
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      // The first round warms file system and compile caches.
      if (round > 0) times[name] = [...(times[name] ?? []), elapsed];
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

export type Run = () => Promise<unknown>;

/** The first rounds warm the compiler. */
const ROUNDS = 20;
const WARM_UP = 5;
/** How long a round of one subject takes, about. */
const ROUND_NS = 20e6;

/** Nanoseconds of a run of each, taken in turns so that all of them meet the same machine. */
export async function timeRuns(runs: Readonly<Record<string, Run>>): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const measured = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(runs)) {
      const turns = times.get(name) ?? 1_000;
      const start = hrtime.bigint();
      for (let turn = 0; turn < turns; turn++) await run();
      const each = Number(hrtime.bigint() - start) / turns;
      times.set(name, Math.ceil(ROUND_NS / each));
      if (round >= WARM_UP) measured.set(name, [...(measured.get(name) ?? []), each]);
    }
  }
  return new Map([...measured].map(([name, all]) => [name, median(all)]));
}

/** One line of a report: a figure, its goal, and whether it is met. */
export function figure(what: string, value: string, goal?: { text: string; met: boolean }): void {
  const verdict = goal ? `${goal.met ? 'met' : 'MISSED'}: ${goal.text}` : '';
  console.log(`${what.padEnd(52)} ${value.padStart(16)}  ${verdict}`.trimEnd());
}
