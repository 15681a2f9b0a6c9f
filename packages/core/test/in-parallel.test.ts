import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel } from '../src/index.ts';

describe('inParallel', () => {
  it('keeps the order, runs at most so many at once, and all of them', async () => {
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 50 }, (_, index) => index);
    const results = await inParallel(items, 16, async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < item % 3; turn += 1) await setImmediate();
      running -= 1;
      return item * 2;
    });
    expect(results).toEqual(items.map((item) => item * 2));
    expect(most).toBe(16);
  });

  it('rejects only when nothing runs any more', async () => {
    const ended: number[] = [];
    const running = inParallel([1, 2], 2, async (item) => {
      if (item === 1) throw new Error('first');
      await setImmediate();
      ended.push(item);
    });
    await expect(running).rejects.toThrow('first');
    expect(ended).toEqual([2]);
  });
});
