import { inspect, styleText } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { ConfigError, ResolveError, Secret } from '../src/index.ts';

const secret = new Secret('canary');

describe('Secret', () => {
  it('shows itself only through reveal()', () => {
    expect(secret.reveal()).toBe('canary');
    const shown = [
      String(secret),
      `${secret}`,
      ['', secret].join(''),
      JSON.stringify({ secret }),
      inspect(secret, { depth: 9, showHidden: true, getters: true }),
      inspect({ deep: [new Map([['k', secret]])] }, { depth: 9, showProxy: true }),
      inspect(new Error('failed', { cause: secret })),
      JSON.stringify(structuredClone(secret)),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
      String(Object.assign({}, secret)),
    ];
    // The search can find: the value itself is found in what reveals it.
    expect(inspect({ value: secret.reveal() })).toContain('canary');
    for (const text of shown) expect(text).not.toContain('canary');
    expect(inspect({ secret })).toBe('{ secret: [secret] }');
    expect(styleText('red', `${secret}`)).toContain('[secret]');
  });
});

describe('instanceof', () => {
  it('holds across copies of the package', async () => {
    vi.resetModules();
    const copy = await import('../src/index.ts');
    expect(copy.Secret).not.toBe(Secret);
    expect(new copy.Secret('x')).toBeInstanceOf(Secret);
    expect(new copy.ResolveError([])).toBeInstanceOf(ResolveError);
    expect(new copy.ConfigError([])).toBeInstanceOf(ConfigError);
  });

  it('does not hold for anything else', () => {
    for (const other of [null, undefined, 'x', {}, new Error('x'), runInNewContext('({})')]) {
      expect(other instanceof Secret || other instanceof ResolveError || other instanceof ConfigError).toBe(
        false,
      );
    }
    expect(new ResolveError([]) instanceof ConfigError).toBe(false);
  });
});
