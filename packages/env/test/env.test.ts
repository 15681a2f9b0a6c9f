import type { Fetched, FetchOptions, Locator, Outcome } from '@keyturn/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type EnvOptions, env } from '../src/index.ts';

const at = (path: string): Locator => ({ path, params: {} });
const options = (signal = new AbortController().signal): FetchOptions => ({ signal, warn: () => {} });
const value = (text: string): Outcome<Fetched> => ({ ok: true, value: { value: text } });

function read(given: EnvOptions, ...names: readonly string[]): Promise<readonly Outcome<Fetched>[]> {
  return env(given).fetch(names.map(at), options());
}

function setPlatform(platform: NodeJS.Platform): void {
  const before = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
  Object.defineProperty(process, 'platform', { ...before, value: platform });
  onTestFinished(() => void Object.defineProperty(process, 'platform', before));
}

describe('env', () => {
  it('reads the variables of the process, in order', async () => {
    vi.stubEnv('KEYTURN_A', 'canary-ä');
    vi.stubEnv('KEYTURN_B', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await read({}, 'KEYTURN_B', 'KEYTURN_NOPE', 'KEYTURN_A')).toEqual([
      value(''),
      { ok: false, code: 'NotFound', message: 'KEYTURN_NOPE is not set' },
      value('canary-ä'),
    ]);
  });

  it('takes what a source inherits, or holds as undefined, for not set', async () => {
    const source = { UNSET: undefined };
    const names = ['constructor', '__proto__', 'toString', 'UNSET'];
    const missing = names.map((name) => ({ ok: false, code: 'NotFound', message: `${name} is not set` }));
    expect(await read({ source }, ...names)).toEqual(missing);
    expect(await read({ source, snapshot: true }, ...names)).toEqual(missing);
    expect(await read({}, 'constructor', '__proto__')).toEqual(missing.slice(0, 2));
  });

  it('reads a variable that is named as an inherited property', async () => {
    const source = JSON.parse('{ "__proto__": "canary-1", "constructor": "canary-2" }');
    for (const snapshot of [false, true]) {
      expect(await read({ source, snapshot }, '__proto__', 'constructor')).toEqual([
        value('canary-1'),
        value('canary-2'),
      ]);
    }
  });

  it('puts the prefix before each path, in messages too, and not into the locator', async () => {
    const given = { prefix: 'APP_', source: { APP_A: 'canary', A: 'other' } };
    expect(await read(given, 'A', 'B')).toEqual([
      value('canary'),
      { ok: false, code: 'NotFound', message: 'APP_B is not set' },
    ]);
    expect(env(given).check?.(at('A'))).toEqual({ locator: at('A') });
  });

  it('is live, or with snapshot frozen at the first read', async () => {
    const source: Record<string, string> = { A: 'made' };
    const live = env({ source });
    const frozen = env({ source, snapshot: true });
    for (const [set, seen] of [
      ['first', 'first'],
      ['second', 'first'],
    ] as const) {
      source.A = set;
      expect(await live.fetch([at('A')], options())).toEqual([value(set)]);
      expect(await frozen.fetch([at('A')], options())).toEqual([value(seen)]);
    }
  });

  it('follows a process.env that was replaced', async () => {
    const before = process.env;
    onTestFinished(() => {
      process.env = before;
    });
    const provider = env();
    process.env = { A: 'canary' };
    expect(await provider.fetch([at('A')], options())).toEqual([value('canary')]);
  });

  it('ignores NAME_FILE unless it is asked to follow it', async () => {
    expect(await read({ source: { A_FILE: '/etc/hostname' } }, 'A', 'A_FILE')).toEqual([
      { ok: false, code: 'NotFound', message: 'A is not set' },
      value('/etc/hostname'),
    ]);
  });

  it('rejects with the reason of an abort', async () => {
    const reason = new Error('stop');
    await expect(env().fetch([at('A')], options(AbortSignal.abort(reason)))).rejects.toBe(reason);
  });

  it('describes itself as local and unlimited, and knows no errors', () => {
    expect(env()).toMatchObject({
      contract: 1,
      kind: 'env',
      local: true,
      batchSize: Number.POSITIVE_INFINITY,
      params: [],
    });
    expect(env().classify(new Error('canary'))).toBeUndefined();
  });
});

describe('check', () => {
  it.each([
    ['', 'A=B', 'the name of an environment variable cannot hold "="'],
    ['', 'A\0B', 'the name of an environment variable cannot hold a NUL character'],
    ['A=', 'B', 'the name of an environment variable cannot hold "="'],
  ])('refuses the prefix %j with %j', (prefix, path, problem) => {
    expect(env({ prefix }).check?.(at(path))).toEqual({ problem });
  });

  it.each(['PATH', 'path', 'with space', 'app.url', 'ÄÖ', '__proto__'])('takes %j as it is', (path) => {
    setPlatform('linux');
    expect(env().check?.(at(path))).toEqual({ locator: at(path) });
  });
});

describe('on Windows', () => {
  it('has one locator for a name in any case, and folds ASCII letters only', () => {
    setPlatform('win32');
    const { check } = env({ prefix: 'app_' });
    expect(['Path', 'path', 'PATH', 'straße'].map((path) => check?.(at(path)))).toEqual([
      { locator: at('PATH') },
      { locator: at('PATH') },
      { locator: at('PATH') },
      { locator: at('STRAßE') },
    ]);
  });

  it.each([false, true])('finds a name in any case, with the prefix too; snapshot: %j', async (snapshot) => {
    setPlatform('win32');
    const given = { prefix: 'app_', source: { App_Path: 'canary' }, snapshot };
    expect(await read(given, 'PATH', 'NOPE')).toEqual([
      value('canary'),
      { ok: false, code: 'NotFound', message: 'app_NOPE is not set' },
    ]);
  });

  it('elsewhere minds the case', async () => {
    setPlatform('linux');
    expect(await read({ source: { Path: 'canary' } }, 'PATH')).toEqual([
      { ok: false, code: 'NotFound', message: 'PATH is not set' },
    ]);
  });
});
