import { describe, expect, it } from 'vitest';
import { ConfigError, DURATION_FORM, memory, ResolveError, type Resolver } from '../src/index.ts';
import { warned } from './support/warnings.ts';

const NO_DURATION = `is no duration: ${DURATION_FORM}`;
const TOO_SHORT = 'has to be more than 0';

type Method = 'watch' | 'handle' | 'withSecret';

/** What a call with these arguments fails with: `ConfigError`s and `ResolveError`s line by line. */
async function problems(method: Method, args: readonly unknown[]): Promise<readonly string[]> {
  const app = memory({ x: 'canary-value' });
  const { resolver } = warned({ app });
  try {
    await (resolver[method] as (...args: readonly unknown[]) => unknown)(...args);
  } catch (error) {
    expect(app.calls).toEqual([]);
    if (error instanceof ConfigError)
      return error.problems.map(({ place, message }) => `${place}: ${message}`);
    if (!(error instanceof ResolveError)) throw error;
    return error.failures.map(({ name, code, message }) => `${name}: ${code}: ${message}`);
  }
  return [];
}

const use = () => 0;
const isRejected = () => false;

describe('bad input is told before any call', () => {
  it.each<[Method, readonly unknown[], readonly string[]]>([
    ['watch', ['app://x', { interval: 0 }], [`interval: ${TOO_SHORT}`]],
    ['watch', ['app://x', { interval: -1 }], [`interval: ${NO_DURATION}`]],
    ['watch', ['app://x', { interval: Number.NaN }], [`interval: ${NO_DURATION}`]],
    ['watch', ['app://x', { interval: '5 minuts' }], [`interval: ${NO_DURATION}`]],
    ['watch', ['app://x', { interval: null }], [`interval: ${NO_DURATION}`]],
    ['watch', ['app://x', { intervall: '1m' }], ['intervall: unknown key (did you mean "interval"?)']],
    [
      'watch',
      ['app://x', { ref: 'app://y' }],
      [
        'ref: unknown key (known: as, default, optional, sensitive, allowEmpty, cache, rotation, requireReason, description, interval, signal, actor, reason, traceparent)',
      ],
    ],
    ['watch', ['app://x', null], ['options: are no object']],
    ['watch', ['app://x', 'canary-option'], ['options: are no object']],
    [
      'watch',
      ['app://x', { as: 5, optional: 'yes', interval: '0s' }],
      [
        `interval: ${TOO_SHORT}`,
        'reference.as: is no Standard Schema: write as.integer(), or a schema of Zod, Valibot or ArkType',
        'reference.optional: is neither true nor false',
      ],
    ],
    [
      'watch',
      ['ap://canary'],
      ['ap://…: InvalidReference: there is no provider named "ap" (did you mean "app"?)'],
    ],
    [
      'watch',
      ['canary'],
      [
        '…: InvalidReference: there is no "://": write name://path, name://path?version=3 or name://path#field',
      ],
    ],
    [
      'watch',
      [undefined],
      [
        '…: InvalidReference: a reference is a string: write name://path, name://path?version=3 or name://path#field',
      ],
    ],
    ['handle', ['app://x'], ['build: is no function: make a client of the secret: (secret) => client']],
    [
      'handle',
      ['app://x', 'canary', { close: 'end', interval: '1y', drainTimeout: 0, drain: 1 }],
      [
        'drain: unknown key (known: as, default, optional, sensitive, allowEmpty, cache, rotation, requireReason, description, interval, close, drainTimeout, actor, reason, traceparent)',
        'build: is no function: make a client of the secret: (secret) => client',
        'close: is no function: (client) => client.end()',
        `interval: ${NO_DURATION}`,
        `drainTimeout: ${TOO_SHORT}`,
      ],
    ],
    [
      'handle',
      ['app://x?stage=canary', use],
      ['app://x?stage=canary: InvalidReference: memory has no parameter "stage" (there are none)'],
    ],
    [
      'withSecret',
      ['app://x', use],
      [
        'options: are no object',
        'isRejected: is no function: say whether an error means that the secret was rejected: (error) => boolean',
      ],
    ],
    [
      'withSecret',
      ['app://x', undefined, { within: -5 }],
      [
        'use: is no function: use the secret: (secret) => connect(secret.reveal())',
        'isRejected: is no function: say whether an error means that the secret was rejected: (error) => boolean',
        `within: ${NO_DURATION}`,
      ],
    ],
    ['withSecret', ['app://x', use, { isRejected, within: 0 }], [`within: ${TOO_SHORT}`]],
    ['withSecret', [[], use, { isRejected }], ['references: are neither a reference nor an array of them']],
    [
      'withSecret',
      [undefined, use, { isRejected }],
      ['references: are neither a reference nor an array of them'],
    ],
    [
      'withSecret',
      [['app://x', 'ap://canary', 'app://x', 7], use, { isRejected }],
      [
        'ap://…: InvalidReference: there is no provider named "ap" (did you mean "app"?)',
        '…: InvalidReference: a reference is a string: write name://path, name://path?version=3 or name://path#field',
      ],
    ],
  ])('%s %o', async (method, args, expected) => {
    expect(await problems(method, args)).toEqual(expected);
  });

  it('watch() throws at once, the others reject', () => {
    const { resolver } = warned({ app: memory() });
    expect(() => resolver.watch('app://x', { interval: 0 })).toThrow(ConfigError);
    expect(() => resolver.watch('x')).toThrow(ResolveError);
    const open: Resolver['handle'] = resolver.handle;
    return expect(open('app://x', use, { interval: 0 })).rejects.toThrow(ConfigError);
  });
});
