import { describe, expect, it } from 'vitest';
import { vault } from '../src/index.ts';
import { encodePath, fullPath } from '../src/paths.ts';

const check = (
  path: string,
  options: Parameters<typeof vault>[0] = {},
  params: Record<string, string> = {},
) => vault(options).check?.({ path, params });

describe('check', () => {
  it.each([
    'secret/app',
    'team/kv/a/b',
    'secret/data/app',
    'secret/ a#b?c%d ',
    'secret/ünï/日本',
    'secret/...',
  ])('takes %j as it is', (path) => {
    expect(check(path)).toEqual({ locator: { path, params: {} } });
  });

  it('takes a leading slash away, and no more', () => {
    expect(check('/secret/app')).toEqual({ locator: { path: 'secret/app', params: {} } });
  });

  it.each([
    ['secret', 'the path names no secret: write "<mount>/<path>", such as "secret/app"'],
    ['secret/', 'the path ends in a slash, which names a folder: name one secret in it'],
    ['//secret/app', 'the path has an empty segment: write one slash between segments'],
    ['secret//app', 'the path has an empty segment: write one slash between segments'],
    ['secret/../sys/x', 'the path has a segment "." or ".."'],
    ['secret/./app', 'the path has a segment "." or ".."'],
    ['secret/a\nb', 'the path holds a control character, which Vault refuses'],
    ['secret/\ud800', 'the path holds half a surrogate pair, which is no Unicode text'],
  ])('refuses %j', (path, problem) => {
    expect(check(path)).toEqual({ problem });
  });

  it('looks at the path with its prefix, and gives it back without', () => {
    expect(check('app', { prefix: 'secret/' })).toEqual({ locator: { path: 'app', params: {} } });
    expect(check('/app', { prefix: '/secret/' })).toEqual({ locator: { path: 'app', params: {} } });
    expect(check('../x', { prefix: 'secret/app/' })).toEqual({
      problem: 'the path has a segment "." or ".."',
    });
  });

  it('holds the path against the mount of the options', () => {
    const options = { kv: 2, mount: 'team/kv' } as const;
    expect(check('team/kv/app', options)).toMatchObject({ locator: { path: 'team/kv/app' } });
    expect(check('team/app', options)).toEqual({
      problem: 'the path does not begin with the mount: write "team/kv/<path>", as the option `mount` says',
    });
  });

  it.each(['0', '01', '-1', 'latest', '1.5', ''])('refuses the version %j', (version) => {
    expect(check('secret/app', {}, { version })).toEqual({
      problem: 'the version is no whole number from 1 on: leave ?version= out for the latest',
    });
  });

  it('takes a version, and is idempotent', () => {
    const locator = { path: 'secret/app', params: { version: '12' } };
    expect(check(locator.path, {}, locator.params)).toEqual({ locator });
  });
});

it('encodes segment by segment', () => {
  expect(encodePath('a b/c#d/e?f/g%h/ü/&#x2F;')).toBe('a%20b/c%23d/e%3Ff/g%25h/%C3%BC/%26%23x2F%3B');
});

it('joins prefix and path without a slash in front', () => {
  expect(fullPath('', 'secret/app')).toBe('secret/app');
  expect(fullPath('/secret/', 'app')).toBe('secret/app');
  expect(fullPath('secret/app-', 'db')).toBe('secret/app-db');
});
