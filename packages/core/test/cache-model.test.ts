import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResolver } from '../src/index.ts';
import { cacheProperty } from './support/cache-commands.ts';
import { stopClocks } from './support/clocks.ts';

const RUNS = 10_000;

stopClocks();
beforeEach(() => {
  // Half of the jitter falls on each entry; fast-check has its own source of chance.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

describe('a cache and its model', () => {
  it(`do the same in ${RUNS} runs of up to 40 commands`, { timeout: 300_000 }, async () => {
    await fc.assert(cacheProperty(createResolver), { numRuns: RUNS });
  });
});

/** A bug: what to replace in which file of a copy of core's source. The text occurs there once. */
interface Bug {
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

const BUGS: Readonly<Record<string, Bug>> = {
  'sleep is not seen: age is by the monotonic clock alone': {
    file: 'cache-entry.ts',
    text: 'Math.max(until.monotonic - since.monotonic, until.wall - since.wall)',
    by: 'until.monotonic - since.monotonic',
  },
  'a clock set back makes values young: age is by the wall clock alone': {
    file: 'cache-entry.ts',
    text: 'Math.max(until.monotonic - since.monotonic, until.wall - since.wall)',
    by: 'until.wall - since.wall',
  },
  'a read in flight brings an invalidated value back': {
    file: 'cache.ts',
    text: 'kept.filter(({ key }) => flights.get(key) === flight)',
    by: 'kept',
  },
  "one caller's abort ends the read of all": {
    file: 'cache-flight.ts',
    text: 'if (waiting.size > 0) throw reason;',
    by: '',
  },
  'nobody ends a read that all have left': {
    file: 'cache-flight.ts',
    text: 'if (waiting.size > 0) throw reason;',
    by: 'if (waiting.size > -1) throw reason;',
  },
  'an old value outlives AccessDenied': {
    file: 'cache.ts',
    text: `      } else {
        store.drop(provider, key);`,
    by: `      } else {`,
  },
  'an old value stands in beyond its bound': {
    file: 'cache-entry.ts',
    text: 'Math.min(bound ?? ttl + staleIfError, expiry)',
    by: 'expiry',
  },
  'an old value stands in though it has expired': {
    file: 'cache-entry.ts',
    text: 'Math.min(bound ?? ttl + staleIfError, expiry)',
    by: '(bound ?? ttl + staleIfError)',
  },
  'absence is remembered for as long as a value': {
    file: 'cache-entry.ts',
    text: 'age < Math.min(negativeTtl, ttl)',
    by: 'age < ttl',
  },
  'rotatesAt is not heeded': {
    file: 'cache-entry.ts',
    text: 'Math.min(entry.expiry, entry.rotation)',
    by: 'entry.expiry',
  },
  'fresh: true and cache: false join a read that began before': {
    file: 'cache.ts',
    text: 'bridging ? flights.get(leg.key) : undefined',
    by: 'flights.get(leg.key)',
  },
  'a failing store is not left alone': {
    file: 'cache-entry.ts',
    text: "elapsed(entry.failure.at, at) < entry.failure.pauseMs ? 'stale' : 'revalidate'",
    by: "'revalidate'",
  },
  'a failing store is asked again while an old value stands by': {
    file: 'cache.ts',
    text: '!isBridged(flight, provider, key)',
    by: 'true',
  },
  'one old value ends the retries for those who have none': {
    file: 'cache.ts',
    text: 'waiting.every(({ bridging })',
    by: 'waiting.some(({ bridging })',
  },
  'a read in the background is not tried again': {
    file: 'cache.ts',
    text: 'waiting.length > 0 &&',
    by: '',
  },
  'callers of one secret make a call each': {
    file: 'cache.ts',
    text: 'return flight?.isOpen() ? flight : undefined;',
    by: 'return undefined;',
  },
  'the short cut gives a value that was replaced': {
    file: 'cache-hits.ts',
    text: '      ones.clear();\n      manys',
    by: '      manys',
  },
  'the warning comes once for ever': {
    file: 'cache.ts',
    text: 'if ([...outcomes.values()].some(isOutage)) return;',
    by: 'return;',
  },
};

describe('the model', () => {
  const copies = mkdtempSync(join(tmpdir(), 'keyturn-cache-'));
  afterAll(() => rmSync(copies, { recursive: true, force: true }));

  /** How the property ends on a copy of core with this bug: with the first difference, or with nothing. */
  async function differenceIn(bug: Bug | undefined): Promise<string | undefined> {
    const copy = mkdtempSync(join(copies, 'core-'));
    cpSync(join(import.meta.dirname, '../src'), copy, { recursive: true });
    if (bug) {
      const file = join(copy, bug.file);
      const source = readFileSync(file, 'utf8');
      expect(source.split(bug.text)).toHaveLength(2);
      writeFileSync(
        file,
        source.replace(bug.text, () => bug.by),
      );
    }
    const core: typeof import('../src/index.ts') = await import(pathToFileURL(join(copy, 'index.ts')).href);
    const { errorInstance } = await fc.check(cacheProperty(core.createResolver), { numRuns: RUNS });
    return errorInstance === null ? undefined : String(errorInstance);
  }

  it('finds nothing in a copy without a bug', { timeout: 300_000 }, async () => {
    expect(await differenceIn(undefined)).toBeUndefined();
  });

  it.each(Object.entries(BUGS))('finds that %s', { timeout: 300_000 }, async (_, bug) => {
    // Its own words for a difference: a copy that broke in another way proves nothing.
    expect(await differenceIn(bug)).toMatch(/^Error: is \{"calls":.*\nnot \{"calls":/);
  });
});
