import { rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { file } from '../src/index.ts';
import { folderOf, swap, temporaryFolder } from './support/mount.ts';
import { at, options, read, texts } from './support/read.ts';

const pair = (version: number) => ({ user: `user-${version}`, password: `password-${version}` });
const folder = (version: number) => `..2026_11_21_10_00_00.${version}`;

describe('a Kubernetes mount', () => {
  it('is read through its links, with the version that ..data names, in fetch and describe', async () => {
    const root = temporaryFolder();
    swap(root, folder(1), { ...pair(1), 'tls/key': 'canary' });
    const outcomes = await read(root, 'user', 'tls/key');
    expect(outcomes).toMatchObject([
      { ok: true, value: { metadata: { version: folder(1) } } },
      { ok: true, value: { metadata: { version: folder(1) } } },
    ]);
    const described = await file({ root }).describe?.([at('user'), at('tls/key')], options());
    expect(described).toEqual(
      outcomes.map((outcome) => ({ ok: true, value: outcome.ok && outcome.value.metadata })),
    );
    swap(root, folder(2), pair(2))();
    expect(await texts(root, 'user', 'password', 'tls/key')).toEqual([
      'user-2',
      'password-2',
      `NotFound: ${root}/tls/key: no such file`,
    ]);
  });

  it('may be one of several under the root, each with its own version', async () => {
    const root = folderOf({ plain: 'canary' });
    swap(join(root, 'db'), folder(1), pair(1));
    swap(join(root, 'api'), folder(7), pair(7));
    const outcomes = await read(root, 'db/user', 'api/user', 'plain');
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.metadata?.version)).toEqual([
      folder(1),
      folder(7),
      undefined,
    ]);
  });

  it('gives user and password of one version, whenever it is swapped and the old one deleted', async () => {
    const root = temporaryFolder();
    const provider = file({ root });
    let version = 1;
    swap(root, folder(version), pair(version));
    const seen = { old: 0, new: 0 };
    for (let round = 0; round < 300; round += 1) {
      const answer = provider.fetch([at('user'), at('password')], options());
      // The swap comes after 0 to 24 turns of the event loop, the deletion 0 to 2 turns after it.
      for (let turn = 0; turn < round % 25; turn += 1) await setImmediate();
      const removeOld = swap(root, folder(version + 1), pair(version + 1));
      for (let turn = 0; turn < round % 3; turn += 1) await setImmediate();
      removeOld();
      const values = (await answer).map((outcome) =>
        outcome.ok ? new TextDecoder().decode(outcome.value.value as Uint8Array) : outcome,
      );
      const read = values[0] === `user-${version}` ? version : version + 1;
      expect(values, `round ${round}`).toEqual([`user-${read}`, `password-${read}`]);
      seen[read === version ? 'old' : 'new'] += 1;
      version += 1;
    }
    expect(seen.old).toBeGreaterThan(0);
    expect(seen.new).toBeGreaterThan(0);
  });

  it('is Unavailable as a whole where it is swapped faster than it can be read', async () => {
    const root = temporaryFolder();
    let version = 1;
    swap(root, folder(version), pair(version));
    const answer = texts(root, 'user', 'nope');
    let answered = false;
    const ended = answer.then(() => {
      answered = true;
    });
    while (!answered) {
      version += 1;
      swap(root, folder(version), pair(version))();
      await setImmediate();
    }
    await ended;
    const message = `Unavailable: the files under ${root} were replaced 5 times while they were read`;
    expect(await answer).toEqual([message, message]);
  });

  it('is Unavailable, never NotFound, while ..data or its folder is not there', async () => {
    const root = temporaryFolder();
    swap(root, folder(1), pair(1));
    rmSync(join(root, folder(1)), { recursive: true });
    expect(await texts(root, 'user')).toEqual([
      `Unavailable: ${root}/user: Kubernetes' folder ${root}/${folder(1)} is not there`,
    ]);
    unlinkSync(join(root, '..data'));
    expect(await texts(root, 'user')).toEqual([
      `Unavailable: ${root}/user: Kubernetes' folder ${root}/..data is not there`,
    ]);
  });

  it('makes the files beside an Unavailable one Unavailable, so that a retry reads all of them again', async () => {
    const root = folderOf({ plain: 'canary' });
    symlinkSync('..data/user', join(root, 'user'));
    const message = `Unavailable: ${root}/user: Kubernetes' folder ${root}/..data is not there`;
    expect(await texts(root, 'plain', 'user', 'nope')).toEqual([
      message,
      message,
      `NotFound: ${root}/nope: no such file`,
    ]);
  });
});

describe('a root that is itself a link', () => {
  it('is followed once a batch', async () => {
    const parent = temporaryFolder();
    const root = join(parent, 'current');
    swap(parent, folder(1), pair(1));
    symlinkSync('..data', root);
    for (let round = 0; round < 50; round += 1) {
      const answer = texts(root, 'user', 'password');
      for (let turn = 0; turn < round % 25; turn += 1) await setImmediate();
      swap(parent, folder(round + 2), pair(round + 2))();
      const [user, password] = await answer;
      expect(password).toBe(user?.replace('user', 'password'));
      expect(user).toMatch(/^user-\d+$/);
    }
  });
});
