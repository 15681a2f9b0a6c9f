import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AuditFileOptions, auditFile, ConfigError, type KeySource } from '../src/index.ts';
import {
  auditFolder,
  event,
  files,
  folder,
  KEY,
  opened,
  publicKeyFile,
  verified,
  written,
} from './support/audit.ts';

/** What is wrong, a line each; a config comes from a file that nothing has type-checked. */
function refusal(options: unknown): readonly string[] {
  try {
    auditFile(options as AuditFileOptions);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ place, message }) => `${place}: ${message}`);
    throw error;
  }
  return [];
}

describe('options', () => {
  it('are all told at once, without a quote of a key', () => {
    expect(
      refusal({
        path: '',
        signingKey: 'canary-key',
        heads: 3,
        headEvery: 'soon',
        fsync: 'sometimes',
        maxBytes: 0.5,
        maxAge: 0,
        keep: 'canary',
        onFailure: 'panic',
        keeps: 1,
      }),
    ).toEqual([
      'auditFile.keeps: unknown key (did you mean "keep"?)',
      'auditFile.path: is no path: name the folder',
      'auditFile.signingKey: is no source of a key: write { env: "NAME" }, { file: "path" } or a function that gives the key',
      'auditFile.heads: is no path and no function: name a file, or give a function',
      'auditFile.headEvery: is no duration: a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"',
      'auditFile.maxAge: has to be more than 0',
      'auditFile.fsync: is one of always, interval, never',
      'auditFile.onFailure: is one of warn, refuse',
      'auditFile.maxBytes: is a whole number of bytes from 1 on',
      'auditFile.keep: is a whole number of segments from 1 on, or text such as "365d"',
    ]);
    expect(refusal(undefined)).toEqual(['auditFile: options are missing: write { path: "folder" }']);
  });

  const path = '/var/audit';
  const inside =
    'lies in the folder of the audit, so whoever can change the one can change the other: keep it elsewhere';
  it.each([
    [{ heads: '/heads' }, 'heads: needs a signingKey: heads are what it signs'],
    [{ signingKey: { file: '/var/audit/key' } }, `signingKey.file: ${inside}`],
    [{ signingKey: { env: 'KEY' }, heads: '/var/audit/heads' }, `heads: ${inside}`],
    [{ signingKey: { env: 'A=B' } }, 'signingKey.env: is no name of a variable'],
    [{ signingKey: { file: '' } }, 'signingKey.file: is no path: name the file'],
    [
      { signingKey: { env: 'KEY', file: '/key' } },
      'signingKey: has to have one of env and file, and nothing else: write { env: "NAME" }, { file: "path" } or a function that gives the key',
    ],
    [{ keep: 0 }, 'keep: is a whole number of segments from 1 on, or text such as "365d"'],
  ])('%o', (options, expected) => {
    expect(refusal({ path, ...options })).toEqual([`auditFile.${expected}`]);
  });

  it('that are right', () => {
    const all = { headEvery: '1s', fsync: 'always', maxBytes: 1, maxAge: '1d', keep: 5, onFailure: 'warn' };
    expect(refusal({ path, signingKey: { env: 'KEY' }, heads: '/heads', ...all })).toEqual([]);
    expect(refusal({ path, keep: '365d' })).toEqual([]);
  });
});

describe('a signing key', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['PEM', KEY.privatePem],
    ['base64', KEY.seed.toString('base64')],
    ['hex', `${KEY.seed.toString('hex')}\n`],
  ])('is the same from a variable, a file and a function as %s', async (_, text) => {
    vi.stubEnv('AUDIT_KEY', text);
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys', 'key'), text);
    await written(['a'], { signingKey: { env: 'AUDIT_KEY' } });
    await written(['b'], { signingKey: { file: join(folder, 'keys', 'key') } });
    await written(['c'], { signingKey: async () => Buffer.from(text) });
    const { ok, segments } = await verified({ publicKey: publicKeyFile(KEY) });
    expect([ok, segments.map(({ provenTo }) => provenTo)]).toEqual([true, [3, 3, 3]]);
  });

  const form = 'an Ed25519 private key in PEM: `openssl genpkey -algorithm ed25519` makes one';
  it.each<[string, KeySource, string]>([
    [
      'a variable that is not set',
      { env: 'AUDIT_KEY_UNSET' },
      `the signing key's variable AUDIT_KEY_UNSET is not set: it holds ${form}`,
    ],
    [
      'a file that is not there',
      { file: '/nowhere/key' },
      'the signing key /nowhere/key could not be read: it does not exist: create it, or correct the path',
    ],
    [
      'bytes that are no key',
      () => Buffer.from('canary'),
      `the signing key's function holds no signing key: it has to hold ${form}`,
    ],
    [
      'a function that fails',
      () => Promise.reject(new Error('canary')),
      `the signing key's function failed: it has to give ${form}`,
    ],
    [
      'a public key',
      () => Buffer.from(KEY.publicPem),
      `the signing key's function holds no signing key: it has to hold ${form}`,
    ],
  ])('%s is refused without a quote, and nothing is written', async (_, signingKey, message) => {
    const sink = opened({ signingKey });
    await expect(sink.write([event('a')], 0)).rejects.toThrow(new ConfigError([{ place: '', message }]));
    await sink.close?.();
    expect(files(folder)).toEqual([]);
  });

  it('is not one that a link leads to beside the data', async () => {
    mkdirSync(auditFolder());
    writeFileSync(join(auditFolder(), 'key'), KEY.privatePem);
    const { symlinkSync } = await import('node:fs');
    symlinkSync(join(auditFolder(), 'key'), join(folder, 'link'));
    await expect(
      opened({ signingKey: { file: join(folder, 'link') } }).write([event('a')], 0),
    ).rejects.toThrow(
      `the signing key ${join(folder, 'link')} lies in the folder of the audit, so whoever can write the one can sign with the other: keep it elsewhere`,
    );
  });
});
