import { describe, expect, it } from 'vitest';
import { ResolveError } from '../src/index.ts';
import { auditBox, facts } from './support/audit-box.ts';
import { audited, common, X } from './support/audited.ts';
import { settle, stopClocks } from './support/clocks.ts';

stopClocks();

describe('what the caller says', () => {
  it('is on the record; an actor of the call goes before that of the options', async () => {
    const box = auditBox();
    const { resolver } = audited({
      audit: { sinks: [box], actor: 'shop', app: { name: 'shop', version: '1.2' } },
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await resolver.resolve('app://x', { actor: 'ann', reason: 'ticket 7', traceparent });
    await resolver.resolve('app://x');
    expect(box.events).toMatchObject([
      {
        actor: 'ann',
        reason: 'ticket 7',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        process: { app: 'shop', appVersion: '1.2' },
      },
      { actor: 'shop' },
    ]);
    expect(Object.keys(box.events[1] ?? {})).not.toContain('reason');
  });

  const ids = { traceId: `${'0'.repeat(31)}1`, spanId: `${'0'.repeat(15)}1` };
  const base = `${ids.traceId}-${ids.spanId}-00`;
  it.each([
    ['version 00', `00-${base}`, ids],
    ['a later version, which may say more', `01-${base}-more`, ids],
    ['a version that is none', `ff-${base}`, {}],
    ['more than version 00 has', `00-${base}-more`, {}],
    ['upper case', `00-${ids.traceId.replace('1', 'A')}-${ids.spanId}-00`, {}],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${ids.spanId}-00`, {}],
    ['a span of zeros', `00-${ids.traceId}-${'0'.repeat(16)}-00`, {}],
    ['what is none', 'canary', {}],
  ])('a traceparent of %s', async (_, traceparent, expected) => {
    const { box, resolver } = audited();
    await resolver.resolve('app://x', { traceparent });
    const [{ traceId, spanId } = {}] = box.events;
    expect({ ...(traceId && { traceId }), ...(spanId && { spanId }) }).toEqual(expected);
  });
});

describe('a secret that requires a reason', () => {
  const manifest = { X: { ref: 'app://x', requireReason: true }, Y: 'app://y' } as const;

  it('is Refused without one, before any call, and that is on the record', async () => {
    const { app, box, resolver } = audited();
    const error = await resolver.resolve(manifest).catch((thrown: unknown) => thrown);
    expect(error).toEqual(
      new ResolveError([
        {
          name: 'X',
          reference: 'app://x',
          code: 'Refused',
          message: 'is only given for a reason, and there is none',
          hint: 'Say why: resolve(…, { reason: "…" }), or --reason on the command line.',
        },
      ]),
    );
    expect(app.calls).toEqual([]);
    expect(facts(box.events)).toEqual([{ ...common, name: 'X', reference: 'app://x', outcome: 'Refused' }]);
  });

  it('is given for one; also without an audit, and to a watch', async () => {
    const { box, resolver } = audited();
    await resolver.resolve(manifest, { reason: 'ticket 7' });
    expect(box.events).toMatchObject([{ name: 'X', reason: 'ticket 7' }, { name: 'Y' }]);
    const plain = audited({ audit: undefined }).resolver;
    await expect(plain.resolve(manifest)).rejects.toThrow(ResolveError);
    const watch = plain.watch('app://x', { requireReason: true, reason: 'ticket 7' });
    const { value } = await watch[Symbol.asyncIterator]().next();
    expect(value?.source).toBe('store');
    await plain.close();
  });
});

describe('reveals', () => {
  it('are events of their own, with what the resolve said, in order', async () => {
    const box = auditBox();
    const { resolver } = audited({ audit: { sinks: [box], reveals: true } });
    const { X: secret, Y: plain } = await resolver.resolve(
      { X: 'app://x', Y: { ref: 'app://y', sensitive: false } },
      { actor: 'ann' },
    );
    const [resolved] = box.events.splice(0);
    expect(`${secret} ${plain}`).toBe('[secret] canary-y');
    expect([secret.reveal(), secret.reveal()]).toEqual(['canary-x', 'canary-x']);
    await settle();
    expect(facts(box.events)).toEqual(
      Array(2).fill({ ...X, action: 'reveal', source: 'store', actor: 'ann' }),
    );
    expect(new Set([resolved, ...box.events].map((event) => event?.id)).size).toBe(3);
  });

  it('are recorded after the resolver is closed too', async () => {
    const box = auditBox();
    const { resolver } = audited({ audit: { sinks: [box], reveals: true } });
    const secret = await resolver.resolve('app://x');
    await resolver.close();
    secret.reveal();
    await settle();
    expect(box.events.map(({ action }) => action)).toEqual(['resolve', 'reveal']);
  });

  it('are no events unless the options ask for them', async () => {
    const { box, resolver } = audited();
    (await resolver.resolve('app://x')).reveal();
    await settle();
    expect(box.events.map(({ action }) => action)).toEqual(['resolve']);
  });
});
