import { afterEach, describe, expect, it } from 'vitest';
import type { SecretMetadata } from '../src/provider.ts';
import { judgeRotation } from '../src/rotation-judge.ts';
import { policyOf, type SecretRotation } from '../src/rotation-policy.ts';

const DAY = 86_400_000;
const NOW = new Date('2026-08-01T12:00:00Z');
/** The moment that lies so many days and milliseconds from now. */
const at = (days: number, ms = 0) => new Date(NOW.getTime() + days * DAY + ms);

const POLICY: SecretRotation = { maxAge: '90d', warnAt: '80d', expiryHorizon: '14d' };

function judge(metadata: SecretMetadata, rule: SecretRotation = POLICY, now = NOW) {
  return judgeRotation(metadata, policyOf({ secrets: { KEY: rule } }, 'KEY', {}), now);
}

/** What is known of a value, and what it comes to under `POLICY`. */
const TABLE: readonly (readonly [
  what: string,
  metadata: SecretMetadata,
  verdict: string,
  reason?: string,
])[] = [
  ['created now', { createdAt: at(0) }, 'fresh'],
  ['1 ms before warnAt', { createdAt: at(-80, 1) }, 'fresh'],
  ['at warnAt', { createdAt: at(-80) }, 'due', 'created 2026-05-13; its maxAge ends on 2026-08-11'],
  [
    '1 ms before maxAge',
    { createdAt: at(-90, 1) },
    'due',
    'created 2026-05-03; its maxAge ends on 2026-08-01',
  ],
  ['at maxAge', { createdAt: at(-90) }, 'overdue', 'created 2026-05-03; its maxAge ended on 2026-08-01'],
  ['a day ahead: clocks and zones', { createdAt: at(1) }, 'fresh'],
  [
    'further ahead',
    { createdAt: at(1, 1) },
    'unknown',
    'created 2026-08-02, which is ahead: a clock or a date is wrong',
  ],
  ['no date', {}, 'unknown', 'its store tells no date of the value'],
  [
    'no readable date',
    { createdAt: new Date(Number.NaN) },
    'unknown',
    'its store tells no date of the value',
  ],
  [
    'there since now',
    { createdBefore: at(0) },
    'unknown',
    'older than 2026-08-01, and by how much nobody tells',
  ],
  [
    'there since 1 ms before warnAt',
    { createdBefore: at(-80, 1) },
    'unknown',
    'older than 2026-05-13, and by how much nobody tells',
  ],
  [
    'there since warnAt',
    { createdBefore: at(-80) },
    'due',
    'older than 2026-05-13; its maxAge ends on 2026-08-11',
  ],
  [
    'there since maxAge',
    { createdBefore: at(-90) },
    'overdue',
    'older than 2026-05-03; its maxAge ended on 2026-08-01',
  ],
  [
    'created later than it was there',
    { createdAt: at(-1), createdBefore: at(-90) },
    'overdue',
    'older than 2026-05-03; its maxAge ended on 2026-08-01',
  ],
  ['created before it was there', { createdAt: at(-2), createdBefore: at(-1) }, 'fresh'],
  ['expires beyond the horizon', { createdAt: at(0), expiresAt: at(14, 1) }, 'fresh'],
  ['expires at the horizon', { createdAt: at(0), expiresAt: at(14) }, 'due', 'expires on 2026-08-15'],
  ['expires in 1 ms', { createdAt: at(0), expiresAt: at(0, 1) }, 'due', 'expires on 2026-08-01'],
  ['expires now', { createdAt: at(0), expiresAt: at(0) }, 'overdue', 'expired on 2026-08-01'],
  ['expired, without a date', { expiresAt: at(-1) }, 'overdue', 'expired on 2026-07-31'],
  ['expires late, without a date', { expiresAt: at(99) }, 'unknown', 'its store tells no date of the value'],
  ['asked for beyond the horizon', { createdAt: at(0), rotatesAt: at(14, 1) }, 'fresh'],
  [
    'asked for at the horizon',
    { createdAt: at(0), rotatesAt: at(14) },
    'due',
    'its store asks for a rotation by 2026-08-15',
  ],
  ['rotated by its store soon', { createdAt: at(0), rotatesAt: at(1), rotationEnabled: true }, 'fresh'],
  [
    'not rotated by its store',
    { createdAt: at(0), rotatesAt: at(0), rotationEnabled: true },
    'overdue',
    'its rotation of 2026-08-01 did not happen',
  ],
];

describe.each(['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin'])(
  'a value, in %s',
  (zone) => {
    const before = process.env.TZ;
    afterEach(() => {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    });

    for (const [what, metadata, verdict, reason] of TABLE) {
      it(what, () => {
        process.env.TZ = zone;
        expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
        const judgement = judge(metadata);
        expect([judgement.verdict, judgement.reason]).toEqual([verdict, reason]);
      });
    }

    it('a day written down is the same moment', () => {
      process.env.TZ = zone;
      expect(judge({}, { maxAge: '1d', rotatedAt: '2026-07-31' }, new Date('2026-08-01T00:00:00Z'))).toEqual({
        verdict: 'overdue',
        reason: 'created 2026-07-31; its maxAge ended on 2026-08-01',
        ageMs: DAY,
        dueAt: new Date('2026-08-01T00:00:00Z'),
        dated: 'rotatedAt',
      });
    });
  },
);

describe('age and end', () => {
  it('tells the age, and the first moment at which it is overdue', () => {
    expect(judge({ createdAt: at(-10), expiresAt: at(30), rotatesAt: at(40) })).toEqual({
      verdict: 'fresh',
      ageMs: 10 * DAY,
      dueAt: at(30),
      dated: 'store',
    });
    expect(judge({ createdBefore: at(-10) })).toMatchObject({
      ageMs: 10 * DAY,
      atLeast: true,
      dueAt: at(80),
    });
    expect(judge({ createdAt: at(0, 5) }).ageMs).toBe(0);
    expect(judge({ createdAt: at(2) })).not.toHaveProperty('ageMs');
  });

  it('does not count a rotation that the store does by itself as an end', () => {
    expect(judge({ createdAt: at(0), rotatesAt: at(3), rotationEnabled: true }).dueAt).toEqual(at(90));
  });

  it('takes a maxAge that reaches beyond all dates', () => {
    expect(judge({ createdAt: at(0) }, { maxAge: '9999999999d' })).toMatchObject({ verdict: 'fresh' });
  });

  it('without a maxAge only an end that is told is judged', () => {
    expect(judge({ createdAt: at(-999) }, {})).toEqual({
      verdict: 'unknown',
      reason: 'it has no maxAge, and its store tells no end',
      ageMs: 999 * DAY,
      dated: 'store',
    });
    expect(judge({ expiresAt: at(99) }, {})).toEqual({ verdict: 'fresh', dueAt: at(99) });
    expect(judgeRotation({ expiresAt: at(-1) }, undefined, NOW).verdict).toBe('overdue');
  });

  it("takes the store's date before a rotatedAt, and the time it was there already before both", () => {
    const rule = { ...POLICY, rotatedAt: '2026-07-31' };
    expect(judge({ createdAt: at(-90) }, rule)).toMatchObject({ verdict: 'overdue', dated: 'store' });
    expect(judge({}, rule)).toMatchObject({ verdict: 'fresh', ageMs: 1.5 * DAY, dated: 'rotatedAt' });
    expect(judge({ createdBefore: at(-90) }, rule)).toMatchObject({ verdict: 'overdue', atLeast: true });
    expect(judge({ createdBefore: at(0) }, rule)).toMatchObject({ verdict: 'fresh', dated: 'rotatedAt' });
  });
});

describe('an exemption', () => {
  const exempt = { reason: 'the vendor has no API', until: '2026-08-01' };
  const OLD = { createdAt: at(-100) };

  it('holds until its day is over in UTC, whatever the age', () => {
    const end = new Date('2026-08-02T00:00:00Z');
    expect(judge(OLD, { ...POLICY, exempt }, new Date(end.getTime() - 1))).toMatchObject({
      verdict: 'exempt',
      reason: 'until 2026-08-01: the vendor has no API',
    });
    expect(judge(OLD, { ...POLICY, exempt }, end)).toMatchObject({
      verdict: 'overdue',
      reason: 'created 2026-04-23; its maxAge ended on 2026-07-22; it was exempt until 2026-08-01',
    });
  });

  it('with a time, until that time', () => {
    const until = '2026-08-01T14:00:00+02:00';
    expect(judge(OLD, { exempt: { ...exempt, until } }, at(0, -1)).verdict).toBe('exempt');
    expect(judge(OLD, { exempt: { ...exempt, until } }, at(0)).verdict).toBe('unknown');
  });

  it('leaves what is fresh after it as it is', () => {
    expect(judge({ createdAt: at(0) }, { ...POLICY, exempt }, at(2))).not.toHaveProperty('reason');
  });
});
