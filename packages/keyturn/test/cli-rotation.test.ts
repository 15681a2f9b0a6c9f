import { describe, expect, it } from 'vitest';
import { keyturn, project } from './support/cli.ts';

const DAY = 86_400_000;
/** As of the moment that the config is read: half a day more, so that no day ends while the test runs. */
const CONFIG = `
import { defineConfig, env, memory } from 'keyturn';

const at = (days) => new Date(Date.now() + days * ${DAY});
const store = memory();
store.set('old', 'canary-old', { version: 'v7', createdAt: at(-100.5) });
store.set('near', 'canary-near', { version: '0123456789abcdef', createdAt: at(-85.5) });
store.set('new', 'canary-new', { version: 'v1', createdAt: at(-1.5) });
store.set('there', 'canary-there', { createdBefore: at(-20.5) });
store.set('hours', 'canary-hours', { createdAt: new Date(Date.now() - 5.5 * 3_600_000) });
store.fail('denied', { code: 'AccessDenied', message: 'no policy grants it' });
store.fail('down', { code: 'Unavailable', message: 'no route to the store' });

/** A store whose clock is this far ahead, and that tags what it has. */
const ahead = (ms) => ({
  ...store,
  async describe(locators, options) {
    options.clock(new Date(Date.now() + ms));
    const outcomes = await store.describe(locators, options);
    return outcomes.map(({ value, ...rest }) => ({ ...rest, value: { ...value, tags: { tier: 'gold' } } }));
  },
});

const rotation = {
  maxAge: '90d',
  warnAt: '80d',
  secrets: { VENDOR: { exempt: { reason: 'no API yet', until: '2999-12-31' } } },
};

export default defineConfig({
  retry: false,
  rotation,
  environments: {
    all: { providers: { app: store, env: env({ source: { TOKEN: 'canary-token', DATED: 'canary-dated' } }) } },
    young: { extends: 'all' },
    down: { extends: 'all' },
    skewed: {
      extends: 'all',
      providers: { app: ahead(10.2 * ${DAY}), env: env() },
      rotation: { ...rotation, tags: { 'tier=gold': { maxAge: '20d', warnAt: '10d' } } },
    },
    stranger: { extends: 'all', rotation: { secrets: { VENDR: { maxAge: '1d' } } } },
    wrong: { extends: 'all', rotation: { maxAge: 'soon', tags: { gold: {} }, secrets: { VENDOR: { exempt: { reason: 'x' } } } } },
  },
  secrets: {
    OLD: { ref: { all: 'app://old', young: 'app://new', down: 'app://down' } },
    NEAR: { ref: { all: 'app://near', young: 'app://new', down: 'app://new', skewed: 'app://new' } },
    NEW: 'app://new',
    THERE: 'app://there',
    DENIED: 'app://denied',
    TOKEN: 'env://TOKEN',
    DATED: { ref: 'env://DATED', rotation: { rotatedAt: '2020-01-01', maxAge: '36500d' } },
    VENDOR: { ref: { all: 'app://old', young: 'app://hours', down: 'app://hours' } },
    LEVEL: { ref: 'env://LEVEL', sensitive: false, default: 'info' },
  },
});
`;
const folder = project({ 'keyturn.config.js': CONFIG });

/** The table without what changes from day to day. */
function steady(stdout: string): string {
  return stdout
    .replaceAll(/\d{4}-\d\d-\d\d/g, '<date>')
    .replace(/(?<=env:\/\/DATED +- +)\d+d +\d+d/, '<days>');
}

describe('rotation', () => {
  it('1 and a table when one is overdue', async () => {
    const { code, stdout, stderr } = await keyturn(folder, ['rotation', '--env', 'all']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(steady(stdout)).toBe(`NAME    REFERENCE     VERSION       AGE    DUE IN  SOURCE      VERDICT
OLD     app://old     v7            100d   -10d    metadata    overdue: created <date>; its maxAge ended on <date>
NEAR    app://near    0123456789a…  85d    4d      metadata    due: created <date>; its maxAge ends on <date>
NEW     app://new     v1            1d     88d     metadata    fresh
THERE   app://there   -             20d+   <=69d   metadata    unknown: older than <date>, and by how much nobody tells
DENIED  app://denied  -             -      -       metadata    unknown: AccessDenied: no policy grants it
TOKEN   env://TOKEN   -             -      -       value read  unknown: its store tells no date of the value
DATED   env://DATED   -             <days>  rotatedAt   fresh
VENDOR  app://old     v7            100d   -10d    metadata    exempt: until <date>: no API yet

all: 1 overdue, 1 due, 3 unknown, 1 exempt, 2 fresh
`);
  });

  it('0 when none is, unknown or not', async () => {
    const { code, stdout } = await keyturn(folder, ['rotation', '--env', 'young']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nVENDOR {2}app:\/\/hours {3}- +5h +89d +metadata {4}exempt: /);
    expect(stdout).toMatch(/\nyoung: 3 unknown, 1 exempt, 4 fresh\n$/);
  });

  it('1 when one will be overdue within --within, and shows it as due', async () => {
    const args = ['rotation', '--env', 'young', '--within'];
    expect((await keyturn(folder, [...args, '60d'])).code).toBe(0);
    const { code, stdout } = await keyturn(folder, [...args, '70d']);
    expect(code).toBe(1);
    expect(steady(stdout)).toMatch(/\nTHERE .* due: older than <date>, and by how much nobody tells\n/);
    const wider = await keyturn(folder, [...args, '90d']);
    expect(steady(wider.stdout)).toMatch(/\nNEW .* due: ends on <date>\n/);
    expect(wider.stdout).toMatch(/\nyoung: 4 due, 2 unknown, 1 exempt, 1 fresh\n$/);
  });

  it('3 when a store could not be asked and nothing is overdue', async () => {
    const { code, stdout, stderr } = await keyturn(folder, ['rotation', '--env', 'down']);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout).toMatch(/\nOLD +app:\/\/down +- +- +- +- +unknown: Unavailable: no route to the store\n/);
    expect(stdout).toContain('\nUnavailable: Check that the store is up and reachable, then try again.\n');
  });

  it('the same in JSON', async () => {
    const { code, stdout } = await keyturn(folder, ['rotation', '--env', 'down', '--json', '--within', '1d']);
    const { secrets, ...rest } = JSON.parse(stdout);
    expect({ code, ...rest }).toEqual({ code: 3, environment: 'down', ok: true, within: '1d' });
    const common = { provider: 'app', kind: 'memory', source: 'describe' };
    expect(secrets[0]).toEqual({
      name: 'OLD',
      reference: 'app://down',
      ...common,
      verdict: 'unknown',
      reason: 'Unavailable: no route to the store',
      code: 'Unavailable',
      hint: 'Check that the store is up and reachable, then try again.',
    });
    const { createdAt, dueAt, ageMs, ...fresh } = secrets[2];
    expect(fresh).toEqual({
      name: 'NEW',
      reference: 'app://new',
      ...common,
      version: 'v1',
      verdict: 'fresh',
      dated: 'store',
    });
    expect(Date.parse(dueAt) - Date.parse(createdAt)).toBe(90 * DAY);
    expect(Math.floor(ageMs / DAY)).toBe(1);
    expect(secrets.map(({ name }: { name: string }) => name)).not.toContain('LEVEL');
    expect(stdout).not.toContain('canary');
  });

  it("names a clock that is wrong, counts by the store's, and takes the rule of a tag", async () => {
    const { stdout, stderr } = await keyturn(folder, ['rotation', '--env', 'skewed']);
    expect(steady(stdout)).toMatch(
      /\nNEW +app:\/\/new +v1 +11d +8d +metadata +due: created <date>; its maxAge ends on <date>\n/,
    );
    expect(stdout).toContain(
      '\n\nclock: this machine is 10d behind app (memory), by whose clock its ages are judged\n\nskewed: ',
    );
    expect(stderr).toBe(
      "warning: memory: the clock of this machine is 10 days behind the store's: ages are judged by the store's\n",
    );
    const json = await keyturn(folder, ['rotation', '--env', 'skewed', '--json']);
    const status = JSON.parse(json.stdout).secrets[2];
    expect(status).toMatchObject({ name: 'NEW', verdict: 'due', tags: { tier: 'gold' } });
    expect(Math.floor(status.clockSkewMs / DAY)).toBe(10);
  });

  it('2 for a policy that is wrong, all of it with its place', async () => {
    expect(await keyturn(folder, ['rotation', '--env', 'stranger'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: environments.stranger.rotation.secrets.VENDR: the config has no such secret (did you mean "VENDOR"?)\n',
    });
    const { code, stderr } = await keyturn(folder, ['rotation', '--env', 'wrong']);
    expect({ code, stderr: stderr.split('\n') }).toEqual({
      code: 2,
      stderr: [
        'error: environments.wrong.rotation.maxAge: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
        '       environments.wrong.rotation.tags.gold: is no tag: write "key=value", as in { "tier=gold": { maxAge: "30d" } }',
        '       environments.wrong.rotation.secrets.VENDOR.exempt.until: is missing: an exemption has an end; a date is "2026-08-01", or a time with its zone such as "2026-08-01T12:00:00Z"',
        '',
      ],
    });
  });
});
