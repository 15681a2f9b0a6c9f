import { describe, expect, it } from 'vitest';
import { classify } from '../src/errno.ts';
import { file } from '../src/index.ts';
import { at } from './support/read.ts';

const provider = file({ root: '/run/secrets' });

describe('check', () => {
  it.each([
    ['a\0b', 'a path cannot hold a NUL character'],
    ['db\\password', 'folders are separated by "/", not by "\\"'],
    ['/run/secrets/key', 'a path starts at the root folder: write it without the leading "/"'],
    ['db/', 'a path names a file: it cannot end with "/"'],
    ['db//password', 'a path cannot hold "//": write one "/"'],
    ['./key', 'a path cannot hold the folder ".": leave it out'],
    ['db/./key', 'a path cannot hold the folder ".": leave it out'],
    ['../key', 'a path cannot hold the folder "..": nothing outside the root is read'],
    ['db/..', 'a path cannot hold the folder "..": nothing outside the root is read'],
    [
      '..data/key',
      'names that begin with ".." are Kubernetes\' own: write the name of the secret\'s key alone',
    ],
    [
      'db/..2026/x',
      'names that begin with ".." are Kubernetes\' own: write the name of the secret\'s key alone',
    ],
  ])('refuses %j', (path, problem) => {
    expect(provider.check?.(at(path))).toEqual({ problem });
  });

  it.each([
    'key',
    'db/password',
    '.dockerconfigjson',
    'tls.crt',
    'a..b',
    'with space',
    'pässwörd',
    'constructor',
  ])('takes %j as it is', (path) => {
    expect(provider.check?.(at(path))).toEqual({ locator: at(path) });
  });
});

describe('classify', () => {
  const errno = (code: string) => Object.assign(new Error('canary'), { code });

  it.each([
    ['ENOENT', 'NotFound'],
    ['EACCES', 'AccessDenied'],
    ['EPERM', 'AccessDenied'],
    ['ENOTDIR', 'InvalidReference'],
    ['EISDIR', 'InvalidReference'],
    ['ELOOP', 'InvalidReference'],
    ['ENAMETOOLONG', 'InvalidReference'],
    ['ENXIO', 'InvalidValue'],
    ['ENODEV', 'InvalidValue'],
    ['EMFILE', 'Unavailable'],
    ['ENFILE', 'Unavailable'],
    ['EAGAIN', 'Unavailable'],
    ['EBUSY', 'Unavailable'],
    ['EIO', 'Unavailable'],
    ['ENOMEM', 'Unavailable'],
    ['ESTALE', 'Unavailable'],
    ['ETIMEDOUT', 'Unavailable'],
  ])('takes %s for %s, in our own words', (code, expected) => {
    const classified = classify(errno(code));
    expect(classified?.code).toBe(expected);
    expect(classified?.message).not.toContain('canary');
  });

  it('knows nothing else', () => {
    for (const error of [
      errno('constructor'),
      new Error('canary'),
      'ENOENT',
      { code: 'ENOENT' },
      undefined,
    ]) {
      expect(classify(error)).toBeUndefined();
    }
  });
});
