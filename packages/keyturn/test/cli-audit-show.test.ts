import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent } from '@keyturn/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditFile } from '../src/index.ts';
import { event } from './support/audit.ts';
import { keyturn, project, shell } from './support/cli.ts';

const at = (minute: number) => `2026-08-01T12:${String(minute).padStart(2, '0')}:00.000Z`;

// Writers open their segments beside their events: by that, segments are put in order.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(at(0)) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An audit of several writers, of each of which the events come in this order. */
async function audited(
  writers: readonly (readonly AuditEvent[])[],
  files: Readonly<Record<string, string>> = {},
  dropped = 0,
): Promise<string> {
  const folder = project(files);
  for (const events of writers) {
    const sink = auditFile({ path: join(folder, 'audit'), fsync: 'never' });
    await sink.write(events, dropped);
    await sink.close?.();
  }
  return folder;
}

const WRITERS = [
  [
    event('DB', { time: at(1), actor: 'ada', outcome: 'ok', provider: 'app' }),
    event('DB', { time: at(4), outcome: 'AccessDenied', environment: 'staging' }),
  ],
  [
    event('API', { time: at(2), provider: 'legacy', source: 'stale', reason: 'OPS-1' }),
    event('API', { time: at(3), source: 'snapshot' }),
  ],
  [event('OLD', { time: at(0), process: { pid: 1, host: 'h', user: 'constructor', command: 'node' } })],
];

describe('keyturn audit show', () => {
  it('prints the events of all writers in the order of their times', async () => {
    const folder = await audited(WRITERS);
    const { code, stdout, stderr } = await keyturn(folder, ['audit', 'show', 'audit', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toEqual([...WRITERS.flat()].sort((a, b) => (a.time < b.time ? -1 : 1)));
  });

  it('prints a table for people, in which no text moves the cursor', async () => {
    const reason = '\u001b[2K\r\u202eOPS-2';
    const events = [event('DB', { time: at(1), actor: 'ada', version: '7', source: 'store', reason })];
    const { stdout } = await keyturn(await audited([events]), ['audit', 'show', 'audit']);
    expect(stdout.replaceAll(/ +/g, ' ')).toBe(`TIME ACTION NAME OUTCOME SOURCE VERSION REFERENCE BY REASON
${at(1)} resolve DB ok store 7 app://DB ada ?[2K??OPS-2
`);
  });

  it.each([
    [
      ['--name', 'DB'],
      [1, 4],
    ],
    [['--provider', 'legacy'], [2]],
    [['--actor', 'ada'], [1]],
    [['--outcome', 'AccessDenied'], [4]],
    [['--env', 'staging'], [4]],
    [
      ['--since', at(3)],
      [3, 4],
    ],
    [
      ['--until', at(2)],
      [0, 1],
    ],
    [
      ['--since', '2026-08-01', '--until', '2026-08-01'],
      [0, 1, 2, 3, 4],
    ],
    [['--until', '2026-07-31'], []],
    [['--since', '0s'], []],
    [
      ['--until', '0s', '--name', 'API'],
      [2, 3],
    ],
  ])('takes %o', async (filter, minutes) => {
    const { stdout } = await keyturn(await audited(WRITERS), ['audit', 'show', 'audit', '--json', ...filter]);
    const times = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).time]));
    expect(times).toEqual(minutes.map(at));
  });

  it('says what is lost, and what it cannot read', async () => {
    const folder = await audited([[event('DB')]], {}, 3);
    const [file = ''] = readdirSync(join(folder, 'audit'));
    appendFileSync(join(folder, 'audit', file), 'canary\n{"n":9,"pr');
    expect((await keyturn(folder, ['audit', 'show', 'audit'])).stderr).toBe(
      'warning: 3 events were lost, as the audit says itself\nwarning: 1 lines are no records: keyturn audit verify says more\n',
    );
  });

  it('stops quietly when its reader does', async () => {
    const events = Array.from({ length: 5_000 }, (_, index) => event(`N${index}`));
    const folder = await audited([events]);
    const { code, stdout, stderr } = await shell(
      folder,
      'set -o pipefail; $KEYTURN audit show audit --json | head -1',
    );
    expect([code, stdout.split('\n').length, stderr]).toEqual([0, 2, '']);
  });

  it.each([
    [
      ['--since', 'soon'],
      '--since takes a date or a duration: a date is "2026-08-01", or a time with its zone such as "2026-08-01T12:00:00Z"; a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"; --help shows what there is',
    ],
    [['gone'], 'gone could not be read: it does not exist: create it, or correct the path'],
  ])('%o is wrong usage', async (args, message) => {
    expect(await keyturn(project(), ['audit', 'show', ...args])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
  });
});

describe('keyturn audit report', () => {
  const config = `import { defineConfig, env } from 'keyturn';
export default defineConfig({
  environments: { production: { providers: { app: env() } } },
  secrets: { DB: 'app://DB', UNUSED: 'app://UNUSED' },
});`;

  it('tells who used what, and what the config has beside it', async () => {
    const folder = await audited(WRITERS, { 'keyturn.config.ts': config });
    const { code, stdout, stderr } = await keyturn(folder, ['audit', 'report', 'audit']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replaceAll(/ +/g, ' ')).toBe(`NAME USES FAILED STALE FIRST USE LAST USE BY
API 2 0 2 ${at(2)} ${at(3)} unknown@canary-host (2)
DB 2 1 AccessDenied 0 ${at(1)} ${at(4)} ada (1), unknown@canary-host (1)
OLD 1 0 0 ${at(0)} ${at(0)} constructor@h (1)

in the config, never used: UNUSED
used, not in the config: API, OLD
`);
  });

  it('gives the same as JSON', async () => {
    const folder = await audited(WRITERS, { 'keyturn.config.ts': config });
    const { stdout } = await keyturn(folder, ['audit', 'report', 'audit', '--json', '--env', 'staging']);
    expect(JSON.parse(stdout)).toEqual({
      secrets: [
        {
          name: 'DB',
          uses: 1,
          failures: 1,
          codes: { AccessDenied: 1 },
          stale: 0,
          first: at(4),
          last: at(4),
          by: { 'unknown@canary-host': 1 },
        },
      ],
      neverUsed: ['UNUSED'],
      notInConfig: [],
    });
  });

  it('takes a reveal for no other use, but for a later one', async () => {
    const folder = await audited([
      [event('DB', { time: at(1) }), event('DB', { time: at(2), action: 'reveal' })],
    ]);
    const { stdout } = await keyturn(folder, ['audit', 'report', 'audit', '--json']);
    const by = { 'unknown@canary-host': 1 };
    expect(JSON.parse(stdout).secrets).toMatchObject([{ uses: 1, first: at(1), last: at(2), by }]);
  });

  it('tells of versions that had the same value', async () => {
    const read = (
      minute: number,
      version: string | undefined,
      print?: string,
      more: Partial<AuditEvent> = {},
    ) =>
      event('DB', {
        time: at(minute),
        ...(version && { version }),
        ...(print && { fingerprint: `hmac-sha256:${print}` }),
        ...more,
      });
    const staging = { environment: 'staging' };
    const others = [
      read(0, undefined, 'a'),
      read(0, '5', 'a', staging),
      read(0, '4', 'a', { kind: 'vault' }),
      read(0, '3', 'a', { process: { pid: 1, host: 'h', command: 'node', app: 'shop' } }),
      read(0, '2', 'a', { reference: 'app://other' }),
      read(0, '1'),
    ];
    const rotated = await audited([[...others, read(1, '1', 'a'), read(2, '2', 'b')]]);
    const report = ['audit', 'report', 'audit'];
    expect((await keyturn(rotated, report)).stdout).toMatch(/\n\na new version with the same value: none\n$/);
    expect(JSON.parse((await keyturn(rotated, [...report, '--json'])).stdout).sameValue).toEqual([]);

    // Between the two, another writer still has the old one in its cache; and a value comes back.
    const writers = [
      [...others, read(1, '1', 'a'), read(3, '2', 'a'), read(5, '3', 'c'), read(7, '4', 'a')],
      [read(4, '1', 'a'), read(6, '6', 'a', staging)],
    ];
    const kept = await audited(writers);
    expect((await keyturn(kept, report)).stdout).toMatch(
      /\n\na new version with the same value: DB \(app:\/\/DB in production: 1 = 2 = 4\), DB \(app:\/\/DB in staging: 5 = 6\)\n$/,
    );
    expect(JSON.parse((await keyturn(kept, [...report, '--json'])).stdout).sameValue).toEqual([
      { name: 'DB', reference: 'app://DB', environment: 'production', versions: ['1', '2', '4'] },
      { name: 'DB', reference: 'app://DB', environment: 'staging', versions: ['5', '6'] },
    ]);
  });

  it('compares the ten newest values of a reference', async () => {
    const values = ['a', ...Array.from({ length: 9 }, (_, index) => `b${index}`)];
    const used = (...prints: string[]) =>
      prints.map((print, index) =>
        event('DB', {
          version: print === 'used again' ? '0' : `${index}`,
          fingerprint: `hmac-sha256:${print === 'used again' ? 'a' : print}`,
        }),
      );
    const found = async (...prints: string[]) => {
      const folder = await audited([used(...values, ...prints, 'a')]);
      return JSON.parse((await keyturn(folder, ['audit', 'report', 'audit', '--json'])).stdout).sameValue;
    };
    expect(await found()).toMatchObject([{ versions: ['0', '10'] }]);
    expect(await found('c')).toEqual([]);
    expect(await found('used again', 'c')).toMatchObject([{ versions: ['0', '12'] }]);
  });

  it('needs no config, and says so', async () => {
    const { code, stdout, stderr } = await keyturn(await audited(WRITERS), ['audit', 'report', 'audit']);
    expect([code, stdout]).toEqual([0, expect.not.stringMatching('config')]);
    expect(stderr).toBe('no config here: --config names one, to see which of its secrets were never used\n');
  });
});
