import { expect, onTestFinished, vi } from 'vitest';

/** One piece of work that failed. */
interface LoadFailure {
  /** PostgreSQL's code, such as `28P01` (invalid password); else the error's own code or name. */
  readonly code: string;
  /** When it began, in milliseconds since the load began. */
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly took: number;
}

export interface Load {
  readonly failures: readonly LoadFailure[];
  /** Resolves when all that runs now has ended. */
  settled(): Promise<void>;
  /** Resolves when `count` pieces of work that begin from now on have ended. */
  more(count: number): Promise<void>;
  /** Begins no more, and waits for what runs. */
  stop(): Promise<void>;
  /** Prints what came of it all. */
  print(title: string): void;
}

const PER_SECOND = 50;
const MOST_RUNNING = 25;
const MOST_MS = 60_000;

/**
 * Begins a piece of work 50 times a second, whether or not those before have ended; 25 at most run at once. What
 * takes longer than a minute has failed. Ends with its test, if it was not stopped before.
 */
export function startLoad(work: () => Promise<unknown>): Load {
  const start = performance.now();
  const running = new Set<Promise<void>>();
  const failures: LoadFailure[] = [];
  let ended = 0;
  let skipped = 0;
  let failingSince: number | undefined;
  let longestOutage = 0;

  async function begin(): Promise<void> {
    const at = performance.now() - start;
    try {
      await inTime(work);
      longestOutage = Math.max(longestOutage, performance.now() - start - (failingSince ?? Infinity));
      failingSince = undefined;
    } catch (error) {
      failures.push({ code: codeOf(error), at, took: performance.now() - start - at });
      failingSince ??= at;
    }
    ended += 1;
  }

  const timer = setInterval(() => {
    if (running.size >= MOST_RUNNING) {
      skipped += 1;
      return;
    }
    const one = begin().finally(() => running.delete(one));
    running.add(one);
  }, 1_000 / PER_SECOND);

  async function settled(): Promise<void> {
    await Promise.all(running);
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    await settled();
  }
  onTestFinished(stop);

  return {
    failures,
    settled,
    async more(count) {
      await settled();
      const goal = ended + count;
      const reached = () => expect(ended).toBeGreaterThanOrEqual(goal);
      await vi.waitFor(reached, { timeout: 120_000, interval: 10 });
    },
    stop,
    print(title) {
      const columns = [
        `${failures.length} of ${ended} failed`,
        `longest outage ${Math.round(longestOutage)} ms`,
        ...countCodes(failures),
        ...(skipped > 0 ? [`${skipped} not begun: ${MOST_RUNNING} were running`] : []),
      ];
      console.log(`  ${title.padEnd(50)} ${columns.join(', ')}`);
    },
  };
}

async function inTime(work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, MOST_MS, Object.assign(new Error('no end'), { code: 'LATE' }));
  });
  await Promise.race([work(), late]).finally(() => clearTimeout(timer));
}

function countCodes(failures: readonly LoadFailure[]): string[] {
  const counts = new Map<string, number>();
  for (const { code } of failures) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${code}: ${count}`);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
