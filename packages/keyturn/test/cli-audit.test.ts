import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent } from '@keyturn/core';
import { describe, expect, it } from 'vitest';
import { keyturn, project } from './support/cli.ts';

/** Appends its events to a file, as one of the user's own does. */
const CONFIG = `
import { appendFileSync } from 'node:fs';
import { auditStdout, defineConfig, memory } from 'keyturn';

const write = (events) => appendFileSync('events', events.map((event) => JSON.stringify(event) + '\\n').join(''));
export default defineConfig({
  environment: 'a',
  environments: {
    a: { providers: { app: memory({ key: 'canary', other: 'canary-2' }) } },
    printed: { extends: 'a', audit: { sinks: [auditStdout()] } },
  },
  audit: { sinks: [{ title: 'test', awaited: true, write }], reveals: true },
  secrets: { KEY: 'app://key', GUARDED: { ref: 'app://other', requireReason: true } },
});
`;

/** Runs a command in a folder of its own: how it ended, and what it put on the record. */
async function recorded(...args: string[]) {
  const folder = project({ 'keyturn.config.js': CONFIG, events: '' });
  const ended = await keyturn(folder, args);
  const lines = readFileSync(join(folder, 'events'), 'utf8').split('\n').filter(Boolean);
  const events = lines.map((line): AuditEvent => JSON.parse(line));
  const short = events.map(({ action, name, outcome, actor, reason }) =>
    [action, name, outcome, actor, reason].filter(Boolean).join(' '),
  );
  return { ...ended, events: short };
}

const WHO = ['--actor', 'ann', '--reason', 'ticket'];

describe('the commands are on the record', () => {
  it.each([
    [['get', 'KEY'], ['resolve KEY ok']],
    [['get', 'KEY', '--json', ...WHO], ['resolve KEY ok ann ticket']],
    [
      ['get', 'KEY', '--reveal', '--actor', 'ann'],
      ['resolve KEY ok ann', 'reveal KEY ok ann'],
    ],
    [
      ['check', ...WHO],
      ['resolve KEY ok ann ticket', 'resolve GUARDED ok ann ticket'],
    ],
    [
      ['export', ...WHO],
      [
        'resolve KEY ok ann ticket',
        'resolve GUARDED ok ann ticket',
        'reveal KEY ok ann ticket',
        'reveal GUARDED ok ann ticket',
      ],
    ],
    [
      ['run', ...WHO, '--', 'true'],
      [
        'resolve KEY ok ann ticket',
        'resolve GUARDED ok ann ticket',
        'reveal KEY ok ann ticket',
        'reveal GUARDED ok ann ticket',
      ],
    ],
  ])('%j', async (args, events) => {
    expect(await recorded(...args)).toMatchObject({ code: 0, stderr: '', events });
  });

  it('check judges what stands beside a secret that lacks its reason', async () => {
    const { stdout, code, events } = await recorded('check');
    expect(code).toBe(1);
    expect(stdout).toContain('KEY      app://key    memory  string  ok\n');
    expect(stdout).toContain('a: 1 of 2 secrets are right');
    expect(events).toEqual(['resolve GUARDED Refused', 'resolve KEY ok']);
  });

  it('without the reason that a secret requires: Refused', async () => {
    const { code, stderr, events } = await recorded('get', 'GUARDED', '--reveal');
    expect(code).toBe(3);
    expect(stderr).toContain('GUARDED (app://other): Refused: is only given for a reason, and there is none');
    expect(stderr).toContain('--reason on the command line');
    expect(events).toEqual(['resolve GUARDED Refused']);
  });

  it('an audit to stdout goes to stderr, where it spoils no data', async () => {
    const { code, stdout, stderr } = await recorded('get', 'KEY', '--reveal', '--env', 'printed');
    expect([code, stdout]).toEqual([0, 'canary']);
    expect(JSON.parse(stderr)).toMatchObject({ audit: { name: 'KEY', environment: 'printed' } });
  });
});
