import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

describe('a process whose work is done', () => {
  it.each([
    ['hangs', 'hang'],
    ['waits for its next attempt', 'fail'],
  ])(
    'ends by itself while a read in the background %s',
    async (_, way) => {
      const script = join(import.meta.dirname, 'support/background-read.ts');
      // Killed after a while: its limits are minutes. Then this rejects.
      const { stdout } = await promisify(execFile)(process.execPath, [script, way], { timeout: 120_000 });
      expect(stdout).toBe(`the second call ${way}s\nstale\n`);
    },
    30_000,
  );
});
