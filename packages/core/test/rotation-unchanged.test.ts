import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createResolver,
  type Fetched,
  firstOf,
  type MemoryProvider,
  memory,
  type Provider,
  type ProviderSource,
  type ResolverOptions,
  type SecretMetadata,
  type Warning,
  type WatchOptions,
} from '../src/index.ts';
import { pass, settle, stopClocks } from './support/clocks.ts';
import { told } from './support/told.ts';

stopClocks();
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));

const MINUTE = 60_000;
const common = { type: 'rotated', provider: 'app', kind: 'memory', path: 'x' };
const same = { ...common, version: '2', sameValue: true };
const warning = 'memory: "x" has a new version with the value of the one before: nothing was rotated';

function open(app: ProviderSource, options: Partial<ResolverOptions> = {}) {
  const warnings: string[] = [];
  const onWarning = ({ kind, message }: Warning) => void warnings.push(`${kind}: ${message}`);
  return { resolver: createResolver({ ...options, providers: { app }, onWarning }), warnings };
}

/** Time passes, and all that it sets off happens. */
async function later(milliseconds: number): Promise<void> {
  await settle();
  pass(milliseconds);
  await settle();
}

const stores: [string, Partial<Provider>, Partial<ResolverOptions>, WatchOptions][] = [
  ['what the cache keeps', {}, {}, {}],
  ['cache: false', {}, { cache: false }, {}],
  ["an entry's cache: false", {}, {}, { cache: false }],
  ['a local provider', { local: true }, {}, {}],
];

describe('a rotation in name only, another version with the same value,', () => {
  it.each([
    ['text', 'canary'],
    ['bytes', new TextEncoder().encode('canary')],
    ['fields', { a: 'canary' }],
  ])('is told as such, and warned of once for each secret: %s', async (_form, value) => {
    const app = memory();
    const { resolver, warnings } = open(app);
    const read = () => resolver.resolveSettled({ X: 'app://x', Y: 'app://y' }, { fresh: true });
    const set = (version: string) => {
      for (const path of ['x', 'y']) app.set(path, structuredClone(value), { version });
    };
    set('1');
    await read();
    const events = told(resolver, 'rotated');
    set('2');
    await read();
    expect(events).toEqual([same, { ...same, path: 'y' }]);
    set('3');
    await read();
    expect(events).toHaveLength(4);
    expect(warnings).toEqual([warning, warning.replace('x', 'y')]);
  });

  it('is warned of though nobody listens', async () => {
    const app = memory();
    const { resolver, warnings } = open(app);
    for (const version of ['1', '2']) {
      app.set('x', 'canary', { version });
      await resolver.resolve('app://x', { fresh: true });
    }
    expect(warnings).toEqual([warning]);
  });

  it('is not told of one version, of versions that the store does not name, nor of what cannot be compared', async () => {
    const app = memory();
    const { resolver, warnings } = open(app);
    const events = told(resolver, 'rotated');
    const values: [value: Fetched['value'], metadata?: SecretMetadata][] = [
      ['a'],
      ['a', { version: '1' }],
      ['a', { version: '1', createdAt: new Date(0) }],
      ['a'],
      ['a', { version: '2' }],
    ];
    for (const [value, metadata] of values) {
      app.set('x', value, metadata);
      await resolver.resolve('app://x', { fresh: true });
    }
    resolver.invalidate();
    for (const version of ['3', '4']) {
      app.set('x', { big: 1n }, { version });
      await resolver.resolveSettled({ X: 'app://x' }, { fresh: true });
    }
    expect([events, warnings]).toEqual([[], []]);
  });

  it.each(stores)(
    'by a watch, to which it is no version: %s',
    async (_what, traits, options, watchOptions) => {
      const app: MemoryProvider = { ...memory(), ...traits };
      app.set('x', '{"a":"canary","b":1}', { version: '1' });
      const { resolver, warnings } = open(app, options);
      const events = told(resolver, 'rotated');
      const versions = resolver.watch('app://x#a', watchOptions)[Symbol.asyncIterator]();
      await versions.next();
      let seen: unknown;
      const next = versions.next().then((version) => {
        seen = version;
      });
      app.set('x', '{"a":"canary","b":1}', { version: '2' });
      await later(MINUTE);
      expect([seen, events, warnings]).toEqual([undefined, [same], [warning]]);
      await later(MINUTE);
      expect(events).toEqual([same]);
      // The field stays the same, and the document does not.
      app.set('x', '{"a":"canary","b":2}', { version: '3' });
      await later(MINUTE);
      expect([seen, events.filter((event) => 'sameValue' in event)]).toEqual([undefined, [same]]);
      await resolver.close();
      await next;
    },
  );

  it('by a handle, whose client stays', async () => {
    const app = memory();
    app.set('x', 'canary', { version: '1' });
    const { resolver, warnings } = open(app, { cache: false });
    const events = told(resolver, 'rotated');
    const build = vi.fn((secret) => secret);
    const handle = await resolver.handle('app://x', build);
    app.set('x', 'canary', { version: '2' });
    await handle.refresh();
    await handle.refresh();
    expect([events, warnings, build.mock.calls.length]).toEqual([[same], [warning], 1]);
    await resolver.close();
  });

  it('not where another provider of a firstOf has come to answer', async () => {
    const first = memory();
    const second = memory();
    second.set('x', 'canary', { version: '1' });
    const { resolver, warnings } = open(firstOf(first, second), { cache: false });
    const handle = await resolver.handle('app://x', (secret) => secret);
    first.set('x', 'canary', { version: '2' });
    await handle.refresh();
    expect(warnings).toEqual([]);
    await resolver.close();
  });
});
