import { describe, expect, it } from 'vitest';
import { gcpSecretManager } from '../src/index.ts';
import { locator } from './harness.ts';

const check = (path: string, version?: string, prefix?: string) =>
  gcpSecretManager({ prefix }).check?.(locator(path, version === undefined ? {} : { version }));

const FULL = 'projects/my-project/secrets/db';
const REGIONAL = 'projects/123456789012/locations/europe-west3/secrets/db';
const NOT_FULL =
  'it is not the full name of a secret, such as "projects/my-project/secrets/db" or "projects/my-project/locations/europe-west1/secrets/db"';
const NOT_AN_ID =
  'a secret\'s name has 1 to 255 letters, digits, "-" and "_"; a full name begins with "projects/"';
const NOT_A_VERSION =
  'a version is a number from 1, "latest", or an alias: a letter, then at most 62 letters, digits, "-" or "_"';

describe('names that are taken as they are', () => {
  it.each(['db', 'DB_url-2', 'x'.repeat(255), FULL, REGIONAL, 'projects/example.com:old/secrets/db'])(
    '%s',
    (path) => {
      expect(check(path)).toEqual({ locator: { path, params: {} } });
    },
  );

  it('are not prefixed yet', () => {
    expect(check('db', undefined, 'app-')).toEqual({ locator: { path: 'db', params: {} } });
  });
});

describe('names that are refused', () => {
  it.each([
    ['a/b', NOT_AN_ID],
    ['a.b', NOT_AN_ID],
    ['a b', NOT_AN_ID],
    ['x'.repeat(256), NOT_AN_ID],
    ['//secretmanager.googleapis.com/projects/p/secrets/s', NOT_AN_ID],
    ['projects/my-project/secrets/a.b', NOT_AN_ID],
    ['projects/my-project/secrets/', NOT_FULL],
    ['projects/my-project/db', NOT_FULL],
    ['projects/my-project/locations/secrets/db', NOT_FULL],
    ['projects/-x/secrets/db', 'the project in the name is neither the ID of a project nor its number'],
    [
      'projects/p/locations/evil.test@x/secrets/db',
      'the location in the name is not one, such as "europe-west1"',
    ],
  ])('%s', (path, problem) => {
    expect(check(path)).toEqual({ problem });
  });

  it('by their length with the prefix', () => {
    expect(check('x'.repeat(254), undefined, 'p')).toHaveProperty('locator');
    expect(check('x'.repeat(255), undefined, 'p')).toEqual({ problem: NOT_AN_ID });
  });

  it('but for a full name, which has no prefix', () => {
    expect(check(FULL, undefined, 'a/b')).toEqual({ locator: { path: FULL, params: {} } });
  });
});

describe("the store's own tail for a version", () => {
  it.each([`${FULL}/versions/3`, `${REGIONAL}/versions/3`, 'db/versions/3'])('%s', (path) => {
    expect(check(path)).toEqual({
      problem: 'a version is a parameter: write "?version=3" instead of "/versions/3"',
    });
  });
});

describe('versions', () => {
  it.each(['1', '42', 'prod', 'Blue-green_2', `a${'b'.repeat(62)}`])('%s is one', (version) => {
    expect(check('db', version)).toEqual({ locator: { path: 'db', params: { version } } });
  });

  it.each(['', '0', '03', '-1', '1.5', '2x', '_prod', 'NEW', 'a/b', `a${'b'.repeat(63)}`, '9'.repeat(19)])(
    '%s is none',
    (version) => {
      expect(check('db', version)).toEqual({ problem: NOT_A_VERSION });
    },
  );

  it('latest is what no version means', () => {
    expect(check('db', 'latest')).toEqual({ locator: { path: 'db', params: {} } });
  });
});
