import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type AuditOptions,
  as,
  ConfigError,
  createResolver,
  type Manifest,
  memory,
  type ResolverOptions,
} from '../src/index.ts';
import { auditBox } from './support/audit-box.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';

stopClocks();

const KEY = Buffer.alloc(32, 7);
const BYTES = Uint8Array.of(0xff, 0x00, 0xfe);
const DOCUMENT = '{"user": "ann", "port": 5432, "hosts": ["a", "b"]}';

function audited(
  fingerprintKey: AuditOptions['fingerprintKey'] = () => KEY,
  options: Partial<ResolverOptions> = {},
) {
  const warnings: string[] = [];
  const box = auditBox();
  const app = memory({
    db: DOCUMENT,
    same: 'ann',
    bytes: BYTES,
    map: { user: 'ann', tls: { on: true } },
    empty: '',
  });
  const resolver = createResolver({
    providers: { app },
    onWarning: ({ message }) => warnings.push(message),
    audit: { sinks: [box], fingerprintKey },
    ...options,
  });
  /** The fingerprints of these, in order. */
  async function prints(manifest: Manifest) {
    await resolver.resolveSettled(manifest);
    return box.events.splice(0).map(({ fingerprint }) => fingerprint);
  }
  return { app, prints, resolver, warnings };
}

const hmac = (bytes: string | Uint8Array, key: Uint8Array = KEY) =>
  `hmac-sha256:${createHmac('sha256', key).update(bytes).digest('hex')}`;

describe('a fingerprint', () => {
  it.each([
    ['text', 'app://same', 'ann'],
    ['a document', 'app://db', DOCUMENT],
    ['a field', 'app://db#user', 'ann'],
    ['a number in it', 'app://db#port', '5432'],
    ['a structure in it', 'app://db#hosts', '["a","b"]'],
    ['bytes', 'app://bytes', BYTES],
    ['a field map', 'app://map', '{"user":"ann","tls":{"on":true}}'],
    ['a field of one', 'app://map#user', 'ann'],
  ])('of %s is the HMAC-SHA-256 of what `run` hands over', async (_, ref, stored) => {
    const { prints } = audited();
    const loose = { ref, as: as.json() };
    const strict = { ref, as: as.bytes() };
    const found = await prints({ A: ref, B: loose, C: strict });
    expect(new Set(found.filter((print) => print !== undefined))).toEqual(new Set([hmac(stored)]));
  });

  it('of each field of one document is its own', async () => {
    const { prints } = audited();
    const found = await prints({ USER: 'app://db#user', PORT: 'app://db#port', ALL: 'app://db' });
    expect(found).toEqual([hmac('ann'), hmac('5432'), hmac(DOCUMENT)]);
  });

  it('is the same from the cache, and another one for another value or key', async () => {
    const { app, prints } = audited();
    expect(await prints({ A: 'app://same' })).toEqual(await prints({ A: 'app://same' }));
    app.set('same', 'bob');
    const { prints: others } = audited(async () => Buffer.alloc(64, 1));
    expect(await others({ A: 'app://same' })).toEqual([hmac('ann', Buffer.alloc(64, 1))]);
  });

  it('is left out of a failure, a default, what is absent, and without a key', async () => {
    const { prints } = audited(undefined, { allowDefaults: true });
    const manifest = {
      WRONG: { ref: 'app://same', as: as.integer() },
      NONE: 'app://none',
      DEFAULT: { ref: 'app://none', default: 'x' },
      ABSENT: { ref: 'app://none', optional: true },
      EMPTY: { ref: 'app://empty', optional: true },
    };
    const none = Array(5).fill(undefined);
    expect(await prints(manifest)).toEqual(none);
    expect(await prints({ ...manifest, SAME: 'app://same' })).toEqual([...none, hmac('ann')]);
    const box = auditBox();
    const plain = createResolver({ providers: { app: memory({ x: 'x' }) }, audit: { sinks: [box] } });
    await plain.resolve('app://x');
    expect(Object.keys(box.events[0] ?? {})).not.toContain('fingerprint');
  });

  it('is on the record of a reveal too', async () => {
    const box = auditBox();
    const providers = { app: memory({ x: 'canary' }) };
    const audit = { sinks: [box], fingerprintKey: () => KEY, reveals: true };
    (await createResolver({ providers, audit }).resolve('app://x')).reveal();
    await settle();
    expect(box.events.map(({ fingerprint }) => fingerprint)).toEqual([hmac('canary'), hmac('canary')]);
  });
});

describe('the key', () => {
  it('is asked for once, its bytes are left alone, and a failed attempt is forgotten', async () => {
    let asked = 0;
    const { prints, warnings } = audited(() => {
      asked++;
      if (asked < 3) throw new Error('canary');
      return KEY;
    });
    const manifest = { A: 'app://same' };
    expect([await prints(manifest), await prints(manifest)]).toEqual([[undefined], [undefined]]);
    expect(warnings).toEqual([
      'there is no key for fingerprints, so events are without: its function failed',
    ]);
    expect([await prints(manifest), await prints(manifest)]).toEqual([[hmac('ann')], [hmac('ann')]]);
    expect(asked).toBe(3);
    expect(KEY).toEqual(Buffer.alloc(32, 7));
  });

  it.each([
    ['too few bytes', Buffer.alloc(31), '31 bytes'],
    ['text', 'canary', 'no bytes'],
  ])('of %s is none', async (_, given, found) => {
    const { prints, warnings } = audited(() => given as never);
    expect(await prints({ A: 'app://same' })).toEqual([undefined]);
    expect(warnings).toEqual([
      `there is no key for fingerprints, so events are without: audit.fingerprintKey: the function gave ${found}: it has to give 32 bytes or more, as a Uint8Array`,
    ]);
  });

  it('may say itself what is wrong', async () => {
    const { prints, warnings } = audited(() => {
      throw new ConfigError([{ place: '', message: 'the variable KEY is not set' }]);
    });
    expect(await prints({ A: 'app://same' })).toEqual([undefined]);
    expect(warnings).toEqual([
      'there is no key for fingerprints, so events are without: the variable KEY is not set',
    ]);
  });

  it('that does not come is waited for once, until the deadline', async () => {
    let come = (_key: Uint8Array) => {};
    const key = new Promise<Uint8Array>((resolve) => {
      come = resolve;
    });
    const { prints, warnings } = audited(() => key, { deadline: '5s' });
    const first = prints({ A: 'app://same' });
    await settle();
    pass(5_000);
    expect(await first).toEqual([undefined]);
    // What needs no key says nothing about it.
    expect(await prints({ NONE: { ref: 'app://none', optional: true } })).toEqual([undefined]);
    expect(await prints({ A: 'app://same' })).toEqual([undefined]);
    expect(warnings).toEqual([
      'there is no key for fingerprints, so events are without: it was not given in time',
    ]);
    come(KEY);
    await expect.poll(() => prints({ A: 'app://same' })).toEqual([hmac('ann')]);
  });
});
