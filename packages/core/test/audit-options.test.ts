import { describe, expect, it } from 'vitest';
import { ConfigError, createResolver, memory, type ResolverOptions } from '../src/index.ts';
import { auditBox } from './support/audit-box.ts';

const providers = { app: memory({ x: 'canary' }) };

function problemsOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.message.split('\n') : [String(error)];
  }
}

const NO_SINK = 'is no sink: write auditFile(…), or { title, awaited, write }';
const sinks = [auditBox()];
const wrongSinks = [
  null,
  {},
  { ...auditBox(), title: 1 },
  { ...auditBox(), close: true },
  auditBox({ onFailure: 'stop' as never }),
  auditBox({ awaited: false, onFailure: 'refuse' }),
];

describe('the options of an audit', () => {
  it.each<[unknown, string[]]>([
    [true, ['audit: is no object: write { sinks: [auditFile(…)] }, or false']],
    [{}, ['audit.sinks: names no sink: write [auditFile(…)], or audit: false']],
    [{ sinks: [] }, ['audit.sinks: names no sink: write [auditFile(…)], or audit: false']],
    [
      { sinks: wrongSinks },
      [
        ...[0, 1, 2, 3].map((at) => `audit.sinks.${at}: ${NO_SINK}`),
        'audit.sinks.4.onFailure: is neither "warn" nor "refuse"',
        'audit.sinks.5.onFailure: contradicts `awaited: false`: what nobody waits for cannot refuse',
      ],
    ],
    [
      { sinks, file: 'x', fingerprintKey: 'canary', reveals: 1, actor: ' ', app: 'shop' },
      [
        'audit.file: unknown key (known: sinks, fingerprintKey, reveals, actor, app)',
        'audit.fingerprintKey: is no function: give one that gives the bytes, as a Uint8Array',
        'audit.reveals: is neither true nor false',
        'audit.actor: is empty',
        'audit.app: is no object: write { name: "shop" }',
      ],
    ],
    [
      { sinks, app: { version: 2, stage: 'x' } },
      [
        'audit.app.stage: unknown key (known: name, version)',
        'audit.app: has no name: write { name: "shop" }',
        'audit.app.version: is no string',
      ],
    ],
    [{ sinks, app: { name: 'shop', version: '1' }, reveals: false }, []],
    [false, []],
  ])('%o', (audit, expected) => {
    const options = { providers, audit } as ResolverOptions;
    expect(problemsOf(() => createResolver(options))).toEqual(expected);
  });

  it('of one resolve, and of what is live', async () => {
    const resolver = createResolver({ providers });
    const wrong = { actor: '', reason: 1, traceparent: ['canary'] } as never;
    const attempts = [
      resolver.resolve('app://x', wrong),
      resolver.resolve({ X: 'app://x' }, wrong),
      resolver.resolveSettled({ X: 'app://x' }, wrong),
      resolver.handle('app://x', () => 0, wrong),
      (async () => resolver.watch('app://x', wrong))(),
    ];
    const problems = [
      { place: 'actor', message: 'is empty' },
      { place: 'reason', message: 'is no string' },
      { place: 'traceparent', message: 'is no string: give the header as it came' },
    ];
    const rejected = attempts.map(() => ({ status: 'rejected', reason: new ConfigError(problems) }));
    expect(await Promise.allSettled(attempts)).toEqual(rejected);
    expect(providers.app.calls).toEqual([]);
  });

  it('of one resolve: up to 1,000 characters', async () => {
    const resolver = createResolver({ providers });
    await resolver.resolve('app://x', { actor: 'a'.repeat(1_000) });
    const reason = 'canary'.repeat(200);
    const problem = { place: 'reason', message: 'is longer than 1000 characters' };
    await expect(resolver.resolve('app://x', { reason })).rejects.toThrow(new ConfigError([problem]));
  });

  it('of an entry', async () => {
    const resolver = createResolver({ providers });
    const manifest = { X: { ref: 'app://x', requireReason: 'yes' } } as never;
    await expect(resolver.resolve(manifest)).rejects.toThrow('X.requireReason: is neither true nor false');
  });
});
