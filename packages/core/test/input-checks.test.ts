import { describe, expect, it } from 'vitest';
import { as, ConfigError, createResolver, firstOf, memory, type Resolver } from '../src/index.ts';

const NO_PROVIDER = 'is no provider: write env(), dotenv(), file() or another provider package';
const CODES =
  'NotFound, AccessDenied, Unauthenticated, Throttled, Unavailable, InvalidReference, InvalidValue, Disabled, Misconfigured, Refused, Unknown';

/** The problems that some work ends with, a line each; empty when it ends well. */
async function problemsOf(work: () => unknown): Promise<string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
}

describe('firstOf', () => {
  const first = memory();
  const second = memory();

  it.each<[string, readonly unknown[], string[]]>([
    [
      'an unknown code',
      [{ on: ['NotFond'] }],
      ['firstOf() knows no code "NotFond" (did you mean "NotFound"?)'],
    ],
    ['no code', [{ on: [404] }], [`firstOf() knows no code "404" (known: ${CODES})`]],
    ['no list', [{ on: 'NotFound' }], ['firstOf() takes a list of codes: write { on: ["NotFound"] }']],
    ['an unknown option', [{ onn: ['NotFound'] }], ['firstOf() has no option "onn" (did you mean "on"?)']],
    ['null', [null], [NO_PROVIDER]],
    ['text', ['NotFound'], [NO_PROVIDER]],
    ['another firstOf()', [firstOf(second)], [NO_PROVIDER]],
    ['options before a provider', [{ on: ['NotFound'] }, second], [NO_PROVIDER]],
  ])('refuses %s', async (_, args, messages) => {
    const app = firstOf(first, ...(args as []));
    const problems = messages.map((message) => `providers.app: ${message}`);
    expect(await problemsOf(() => createResolver({ providers: { app } }))).toEqual(problems);
  });

  it('refuses null in the place of the first', async () => {
    const app = firstOf(null as never, first);
    expect(await problemsOf(() => createResolver({ providers: { app } }))).toEqual([
      `providers.app: ${NO_PROVIDER}`,
    ]);
  });

  it('takes its options at the end', async () => {
    const app = firstOf(first, second, { on: ['NotFound', 'Unavailable'] });
    expect(await problemsOf(() => createResolver({ providers: { app } }))).toEqual([]);
  });
});

const ways: readonly [string, (resolver: Resolver, options: never) => Promise<unknown>][] = [
  ['resolve of a manifest', (resolver, options) => resolver.resolve({ x: 'app://x' }, options)],
  ['resolve of a reference', (resolver, options) => resolver.resolve('app://x', options)],
  ['resolveWithMetadata', (resolver, options) => resolver.resolveWithMetadata({ x: 'app://x' }, options)],
  ['resolveSettled', (resolver, options) => resolver.resolveSettled({ x: 'app://x' }, options)],
];

describe.each(ways)('the options of %s', (_, way) => {
  const resolver = createResolver({ providers: { app: memory({ x: 'v' }) } });

  it('are checked, all at once', async () => {
    const options = { deadlin: 1, deadline: 0, timeout: 'soon', signal: 5, fresh: 1 };
    expect(await problemsOf(() => way(resolver, options as never))).toEqual([
      'deadlin: unknown key (did you mean "deadline"?)',
      'deadline: has to be more than 0',
      'timeout: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
      'signal: is no AbortSignal: write controller.signal',
      'fresh: is neither true nor false',
    ]);
  });

  it.each([null, 5, 'fresh'])('are no %o', async (options) => {
    expect(await problemsOf(() => way(resolver, options as never))).toEqual(['options: are no object']);
  });

  it.each([new AbortController(), null, {}])('have no signal that is %o', async (signal) => {
    expect(await problemsOf(() => way(resolver, { signal } as never))).toEqual([
      'signal: is no AbortSignal: write controller.signal',
    ]);
  });

  it('are good', async () => {
    const { signal } = new AbortController();
    const options = { deadline: '5s', timeout: 1_000, signal, fresh: true };
    expect(await problemsOf(() => way(resolver, options as never))).toEqual([]);
    expect(await problemsOf(() => way(resolver, { signal: undefined } as never))).toEqual([]);
  });
});

describe('the options of a reference and its resolve', () => {
  const resolver = createResolver({ providers: { app: memory({ x: '1' }) } });

  it('are told together', async () => {
    const options = { ref: 'app://y', optinal: true, sensitive: 1, signal: 5 };
    expect(await problemsOf(() => resolver.resolve('app://x', options as never))).toEqual([
      'ref: unknown key (known: as, default, optional, sensitive, allowEmpty, cache, rotation, requireReason, description, deadline, timeout, signal, fresh, actor, reason, traceparent)',
      'optinal: unknown key (did you mean "optional"?)',
      'signal: is no AbortSignal: write controller.signal',
      'reference.sensitive: is neither true nor false',
    ]);
  });

  it('are both honoured', async () => {
    const options = { as: as.integer(), sensitive: false, description: 'a number', deadline: '5s' } as const;
    expect(await resolver.resolve('app://x', options)).toBe(1);
  });
});

describe('the description of an entry', () => {
  it('is a string', async () => {
    const resolver = createResolver({ providers: { app: memory() } });
    const manifest = { x: { ref: 'app://x', description: 5 }, y: { ref: 'app://y', description: 'why' } };
    expect(await problemsOf(() => resolver.plan(manifest as never))).toEqual(['x.description: is no string']);
  });
});
