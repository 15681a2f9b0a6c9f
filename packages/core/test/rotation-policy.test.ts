import { describe, expect, it } from 'vitest';
import { parseDate } from '../src/date.ts';
import { ConfigError, createResolver, memory } from '../src/index.ts';
import { policyOf, type RotationOptions, type SecretRotation } from '../src/rotation-policy.ts';

const DAY = 86_400_000;
const DURATION = 'a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"';
const DATE = 'a date is "2026-08-01", or a time with its zone such as "2026-08-01T12:00:00Z"';

function problemsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ place, message }) => `${place}: ${message}`);
    }
    throw error;
  }
  throw new Error('it did not end with a ConfigError');
}

const optionProblems = (rotation: unknown) =>
  problemsOf(() => createResolver({ providers: { app: memory() }, rotation: rotation as RotationOptions }));
const entryProblems = (rotation: unknown) =>
  problemsOf(() =>
    createResolver({ providers: { app: memory() } }).plan({
      KEY: { ref: 'app://KEY', rotation: rotation as SecretRotation },
    }),
  );

describe('mistakes in a policy', () => {
  it('are all told at once, each with its place', () => {
    expect(
      optionProblems({
        maxAge: 'soon',
        warnAt: -1,
        onOverdue: 'explode',
        expiryHorizon: '2 months',
        maxage: '90d',
        secrets: {
          A: { maxAge: '30d', warnAt: '30d' },
          B: { warnAt: '20d' },
          C: { maxAge: 0 },
          D: { exempt: { reason: 'because' } },
          E: { exempt: { reason: ' ', until: 'next year' } },
          F: { exempt: true },
          G: { rotatedAt: '2026-02-30' },
          H: '90d',
          I: undefined,
          J: { secrets: {} },
        },
      }),
    ).toEqual([
      'rotation.maxage: unknown key (did you mean "maxAge"?)',
      `rotation.maxAge: is no duration: ${DURATION}`,
      `rotation.warnAt: is no duration: ${DURATION}`,
      `rotation.expiryHorizon: is no duration: ${DURATION}`,
      'rotation.onOverdue: is neither "warn" nor "refuse"',
      'rotation.secrets.A.warnAt: is not shorter than maxAge: it would warn of nothing before it is overdue',
      'rotation.secrets.B.warnAt: has no maxAge beside it, which it belongs to',
      'rotation.secrets.C.maxAge: has to be more than 0',
      `rotation.secrets.D.exempt.until: is missing: an exemption has an end; ${DATE}`,
      'rotation.secrets.E.exempt.reason: is missing: say why it is exempt',
      `rotation.secrets.E.exempt.until: is no date: ${DATE}`,
      'rotation.secrets.F.exempt: is no exemption: write { reason: "why", until: "2026-08-01" }',
      `rotation.secrets.G.rotatedAt: is no date: ${DATE}`,
      'rotation.secrets.H: is no rule: write an object such as { maxAge: "90d" }',
      'rotation.secrets.I: is no rule: write an object such as { maxAge: "90d" }',
      'rotation.secrets.J.secrets: unknown key (known: maxAge, warnAt, onOverdue, expiryHorizon, exempt, rotatedAt)',
    ]);
    expect(optionProblems('90d')).toEqual([
      'rotation: is no rule: write an object such as { maxAge: "90d" }',
    ]);
    expect(optionProblems({ secrets: [] })).toEqual(['rotation.secrets: is no object from name to rule']);
  });

  it("are told of an entry's own", () => {
    expect(entryProblems({ maxAge: 'soon', exempt: { reason: 'x', until: '2026-13-01' } })).toEqual([
      `KEY.rotation.maxAge: is no duration: ${DURATION}`,
      `KEY.rotation.exempt.until: is no date: ${DATE}`,
    ]);
    expect(entryProblems(null)).toEqual([
      'KEY.rotation: is no rule: write an object such as { maxAge: "90d" }',
    ]);
  });
});

describe('the policy of a name', () => {
  const rotation: RotationOptions = {
    maxAge: '90d',
    warnAt: '80d',
    onOverdue: 'refuse',
    secrets: { NAMED: { maxAge: '10d' }, constructor: { expiryHorizon: 0 } },
  };

  it('is the rule by name, then its own, then the default, key by key', () => {
    const own: SecretRotation = { maxAge: '50d', warnAt: '40d', onOverdue: 'warn', rotatedAt: '2026-08-01' };
    const end = new Date('2026-08-02T00:00:00Z');
    expect(policyOf(rotation, 'OTHER', {})).toEqual({
      maxAgeMs: 90 * DAY,
      warnAtMs: 80 * DAY,
      onOverdue: 'refuse',
      expiryHorizonMs: 14 * DAY,
      exempt: undefined,
      rotatedAt: undefined,
      lacksTags: false,
    });
    expect(policyOf(rotation, 'OTHER', { rotation: own })).toMatchObject({
      maxAgeMs: 50 * DAY,
      warnAtMs: 40 * DAY,
      onOverdue: 'warn',
      rotatedAt: new Date('2026-08-01T00:00:00Z'),
    });
    // No warning before the tenth day by the warnAt of a longer maxAge.
    expect(policyOf(rotation, 'NAMED', { rotation: own })).toMatchObject({
      maxAgeMs: 10 * DAY,
      warnAtMs: undefined,
      onOverdue: 'warn',
    });
    expect(policyOf(rotation, 'constructor', {})).toMatchObject({ maxAgeMs: 90 * DAY, expiryHorizonMs: 0 });
    const exempt = { reason: 'why', until: '2026-08-01' };
    expect(policyOf(rotation, 'OTHER', { rotation: { exempt } })?.exempt).toEqual({ ...exempt, end });
  });

  it('is none where nothing was said of it, and none by default for what is no secret', () => {
    expect(policyOf(undefined, 'KEY', {})).toBeUndefined();
    expect(policyOf({ maxAge: '1d' }, 'toString', { sensitive: false })).toBeUndefined();
    expect(policyOf(rotation, 'NAMED', { sensitive: false })).toMatchObject({
      maxAgeMs: 10 * DAY,
      onOverdue: 'warn',
    });
    expect(policyOf(undefined, 'KEY', { sensitive: false, rotation: { maxAge: '1d' } })?.maxAgeMs).toBe(DAY);
  });
});

describe('a date', () => {
  it('is a day in UTC or a time with its zone', () => {
    expect(parseDate('2024-02-29')).toEqual(new Date('2024-02-29T00:00:00Z'));
    expect(parseDate('2026-08-01T12:00:00+02:00')).toEqual(new Date('2026-08-01T10:00:00Z'));
    expect(parseDate('2026-08-01T12:00Z')).toEqual(new Date('2026-08-01T12:00:00Z'));
  });

  it.each([
    '2026-02-29',
    '2026-02-30T00:00:00Z',
    '2026-13-01',
    '2026-8-1',
    '2026-08-01T12:00:00',
    '2026-08-01T25:00:00Z',
    '01.08.2026',
    ' 2026-08-01',
    '',
    20260801,
    undefined,
  ])('is not %s', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});
