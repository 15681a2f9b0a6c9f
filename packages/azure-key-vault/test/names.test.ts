import { describe, expect, it } from 'vitest';
import { azureKeyVault } from '../src/index.ts';
import { locator } from './harness.ts';

const VERSION = '0123456789abcdef0123456789abcdef';

function check(path: string, params: Record<string, string> = {}, prefix?: string) {
  const checked = azureKeyVault({ prefix }).check?.(locator(path, params)) ?? { problem: 'no check' };
  return 'problem' in checked ? checked.problem : checked.locator;
}

describe('names', () => {
  it('are letters, digits and hyphens, in lower case', () => {
    expect(check('DB-url-1')).toEqual({ path: 'db-url-1', params: {} });
    expect(check('1', { version: VERSION.toUpperCase() })).toEqual({
      path: '1',
      params: { version: VERSION },
    });
  });

  it('keep the prefix out of the canonical form', () => {
    expect(check('URL', {}, 'MyApp-')).toEqual({ path: 'url', params: {} });
  });

  it.each([
    ['DB_URL', 'DB-URL'],
    ['db.url', 'db-url'],
    ['/app/db/url', 'app-db-url'],
    ['Db:Url', 'Db-Url'],
    ['db url', 'db-url'],
  ])('suggest hyphens for %s', (path, name) => {
    expect(check(path)).toBe(
      `a secret's name has only letters, digits and "-": perhaps it is "${name}" there`,
    );
  });

  it.each(['ä', '_', 'a%b', 'a+b'])('suggest nothing for %s', (path) => {
    expect(check(path)).toBe('a secret\'s name has only letters, digits and "-"');
  });

  it('have at most 127 characters, with the prefix', () => {
    expect(check('a'.repeat(127))).toMatchObject({ path: 'a'.repeat(127) });
    expect(check('a'.repeat(128))).toBe("a secret's name has at most 127 characters");
    expect(check('a'.repeat(125), {}, 'app')).toBe("a secret's name has at most 127 characters");
  });

  it('cannot follow a prefix that breaks the rule', () => {
    expect(check('url', {}, 'my_app/')).toBe(
      'a secret\'s name has only letters, digits and "-": correct the provider\'s prefix',
    );
  });
});

describe('identifiers', () => {
  const vault = "the provider's vaultUrl says which vault it is";

  it('are refused with what to write instead', () => {
    const base = 'https://v.vault.azure.net';
    expect(check(`${base}/secrets/db-url`)).toBe(`${vault}: write "db-url"`);
    expect(check(`${base}/secrets/db-url/${VERSION}`)).toBe(`${vault}: write "db-url?version=${VERSION}"`);
    expect(check(base)).toBe(`${vault}: write the name of the secret`);
  });

  it('end with a version, which is a parameter', () => {
    expect(check(`db-url/${VERSION}`)).toBe(`a version is a parameter: write "db-url?version=${VERSION}"`);
  });
});

it.each(['1', 'latest', '', `${VERSION}0`, VERSION.replace('f', 'g')])('%j is no version', (version) => {
  expect(check('name', { version })).toBe(
    'a version is the 32 hexadecimal digits at the end of its identifier: leave ?version= out for the current one',
  );
});
