import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type EnduranceReport, growth, slope } from './endurance.ts';

const PROCESS = new URL('endurance-process.ts', import.meta.url).pathname;

/**
 * That V8 drops code which the start alone needed (some 4 MB, at a time of its choosing) would hide what grows.
 */
const FLAGS = ['--expose-gc', '--no-flush-bytecode'];

/** What a process reports that resolves so often. It has to end by itself. */
async function endure(resolves: number, ...leak: string[]): Promise<EnduranceReport> {
  const args = [...FLAGS, PROCESS, String(resolves), ...leak];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 600_000 });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('resolving for long, while values rotate, calls fail and hang, and callers leave', () => {
  it('leaves nothing behind: 100,000 resolves', { timeout: 600_000 }, async () => {
    const report = await endure(100_000);
    const { windows, counts } = report;
    expect(windows.at(-1)?.resolves).toBe(100_000);
    console.log(`heap, in kB: ${windows.map(({ heap }) => Math.round(heap / 1_000)).join(' ')}`, counts);
    expect(growth(report)).toEqual([]);
    expect(windows.map(({ resources }) => resources)).toEqual(windows.map(() => ({})));
    // All of that did go on.
    const {
      resolved = 0,
      AbortError = 0,
      ResolveError = 0,
      cache = 0,
      stale = 0,
      store = 0,
      closed = 0,
    } = counts;
    expect(resolved).toBeGreaterThan(50_000);
    expect(AbortError).toBeGreaterThan(1_000);
    for (const each of [ResolveError, cache, stale, store, closed]) expect(each).toBeGreaterThan(10);
  });

  it.each([
    ['answers are kept', /^the heap: \d+ bytes a resolve$/],
    ['signals are not let go', /^listeners: \d{3,}$/],
    ['timers are not cleared', /^resources: \d{3,} Timeout$/],
  ])('would be seen to leak: %s', { timeout: 600_000 }, async (leak, found) => {
    expect(growth(await endure(20_000, leak))).toContainEqual(expect.stringMatching(found));
  });
});

describe('the slope', () => {
  it('is that of most points, whatever two of ten do', () => {
    const line = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((x): [number, number] => [x, 3 * x + 7]);
    line[2] = [30, 1e9];
    line[8] = [90, -1e9];
    expect(slope(line)).toBe(3);
  });

  it('is that of noise around a level: next to nothing', () => {
    const level = [4, -2, 3, 0, -4, 1, -1].map((noise, x): [number, number] => [
      x * 10_000,
      10_000_000 + noise,
    ]);
    expect(Math.abs(slope(level))).toBeLessThan(0.001);
  });
});
