import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Secret } from 'keyturn';
import { afterAll, describe, expect, it } from 'vitest';
import { dumps } from './dumps.ts';
import { logged } from './loggers.ts';
import { KINDS, leaksIn } from './search.ts';

const shownBy = (ways: Record<string, string>) =>
  Object.entries(ways).flatMap(([way, text]) => (leaksIn(text).length > 0 ? [way] : []));

describe.each(Object.entries(KINDS))('a value that is %s', (_, value) => {
  const revealed = Buffer.from(value).toString('latin1');

  it('is shown by everything that a program makes of it', () => {
    expect(shownBy(dumps(revealed))).toEqual(Object.keys(dumps('')));
    expect(shownBy(dumps({ value: revealed }))).not.toEqual([]);
    expect(shownBy(logged(revealed))).toEqual(Object.keys(logged('')));
  });

  it('and by nothing of all that, once it is a Secret', () => {
    const secret = new Secret(value);
    for (const subject of [
      secret,
      { secret },
      [new Map([[secret, new Set([secret])]])],
      Object.freeze([secret]),
    ]) {
      expect(shownBy(dumps(subject))).toEqual([]);
      expect(shownBy(logged(subject))).toEqual([]);
    }
    const error = Object.assign(new Error('failed', { cause: secret }), { secret });
    expect(shownBy(dumps(new AggregateError([error, secret], 'all', { cause: error })))).toEqual([]);
    expect(logged(secret)['winston as text']).toContain('[secret]');
    expect(logged(secret).pino).toContain('[secret]');
  });
});

describe('the diff of a test that fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaks-test-'));
  const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
  symlinkSync(modules, join(folder, 'node_modules'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Compares values with others by all that there is. @param make from a value to what is compared. */
  const testsOf = (make: string) => `
    import assert from 'node:assert';
    import { Secret } from 'keyturn';
    import { expect, it } from 'vitest';
    const kinds = ${JSON.stringify(Object.values(KINDS).map((value) => Buffer.from(value).toString('latin1')))};
    kinds.forEach((kind, at) => {
      const one = ${make};
      const comparisons = [
        () => expect(one).toBe('other'),
        () => expect(one).toEqual({ other: at }),
        () => expect({ deep: [one] }).toStrictEqual({ deep: [at] }),
        () => expect({ one }).toMatchObject({ one: at }),
        () => expect([one]).toContain(at),
        () => expect(one).toBeNull(),
        () => expect(() => { throw Object.assign(new Error('failed', { cause: one }), { one }); }).not.toThrow(),
        () => assert.equal(one, at),
        () => assert.deepStrictEqual({ one }, { one: at }),
        () => assert.deepEqual(new Map([[one, one]]), new Map([[at, one]])),
        () => assert.match(one, /other/),
        () => assert.ifError(one),
        () => { throw Object.assign(new Error('failed', { cause: one }), { one }); },
      ];
      comparisons.forEach((compare, index) => it(\`\${at} \${index}\`, compare));
    });`;

  function output(name: string, make: string): Promise<string> {
    writeFileSync(join(folder, `${name}.test.mjs`), testsOf(make));
    return new Promise((resolve) => {
      const args = [join(modules, 'vitest/vitest.mjs'), 'run', name];
      execFile(process.execPath, args, { cwd: folder, maxBuffer: 1e9 }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
  }

  it('shows what was revealed, and nothing of a Secret', async () => {
    const revealed = await output('revealed', 'kind');
    expect(leaksIn(revealed)).toContain('plain of "canary7"');
    const hidden = await output('hidden', 'new Secret(kind)');
    expect(hidden).toContain(`${13 * Object.keys(KINDS).length} failed`);
    expect(hidden).toContain('[secret]');
    expect(leaksIn(hidden)).toEqual([]);
  });
});
