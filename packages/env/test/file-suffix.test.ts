import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FetchOptions, Outcome } from '@keyturn/core';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { env } from '../src/index.ts';

const MiB = 1024 * 1024;
const options = (signal = new AbortController().signal): FetchOptions => ({ signal, warn: () => {} });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-env-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function fileOf(content: string | Uint8Array): string {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
}

/** What PASSWORD gave: `[value]`, or `code: message`. */
async function password(source: Readonly<Record<string, string>>, prefix = ''): Promise<string> {
  const provider = env({ source, prefix, fileSuffix: true });
  const [outcome] = await provider.fetch([{ path: 'PASSWORD', params: {} }], options());
  return shown(outcome);
}

function shown(outcome: Outcome<{ value: unknown }> | undefined): string {
  if (outcome === undefined) return 'nothing';
  return outcome.ok ? `[${outcome.value.value}]` : `${outcome.code}: ${outcome.message}`;
}

/** Runs as a user whom file modes bind: root is not. */
async function asUnprivileged<T>(run: () => Promise<T>): Promise<T> {
  const { seteuid, geteuid } = process;
  if (seteuid === undefined || geteuid?.() !== 0) return run();
  seteuid(65_534);
  try {
    return await run();
  } finally {
    seteuid(0);
  }
}

describe('fileSuffix', () => {
  it.each([
    ['canary-ä', 'canary-ä'],
    ['canary\n', 'canary'],
    ['canary\r\n', 'canary'],
    ['canary\n\n', 'canary\n'],
    ['line\nline', 'line\nline'],
    ['\ufeffcanary', '\ufeffcanary'],
    ['', ''],
  ])('reads the file that NAME_FILE names: %j is %j', async (content, value) => {
    expect(await password({ PASSWORD_FILE: fileOf(content) })).toBe(`[${value}]`);
  });

  it('puts the prefix before both names', async () => {
    expect(await password({ APP_PASSWORD_FILE: fileOf('canary') }, 'APP_')).toBe('[canary]');
    expect(await password({ PASSWORD_FILE: fileOf('canary') }, 'APP_')).toBe(
      'NotFound: neither APP_PASSWORD nor APP_PASSWORD_FILE is set',
    );
  });

  it('answers item by item, in order', async () => {
    const provider = env({
      source: { A: 'canary-a', B_FILE: fileOf('canary-b'), C_FILE: folder },
      fileSuffix: true,
    });
    const locators = ['B', 'C', 'A'].map((path) => ({ path, params: {} }));
    expect((await provider.fetch(locators, options())).map(shown)).toEqual([
      '[canary-b]',
      `Misconfigured: C_FILE names ${folder}, which is not a regular file`,
      '[canary-a]',
    ]);
  });

  it('refuses NAME and NAME_FILE together, even where NAME is empty', async () => {
    const path = fileOf('canary');
    for (const PASSWORD of ['canary', '']) {
      expect(await password({ PASSWORD, PASSWORD_FILE: path })).toBe(
        'Misconfigured: PASSWORD and PASSWORD_FILE are both set: unset one',
      );
    }
  });

  it('takes an empty NAME_FILE for not set', async () => {
    expect(await password({ PASSWORD: 'canary', PASSWORD_FILE: '' })).toBe('[canary]');
    expect(await password({ PASSWORD_FILE: '' })).toBe('NotFound: neither PASSWORD nor PASSWORD_FILE is set');
  });

  it.each([
    '/nowhere/canary',
    'canary-put-into-the-wrong-variable',
    `canary-${'x'.repeat(300)}`,
    'canary\0canary',
    '/dev/null/canary',
  ])('does not repeat what leads to no file: %j', async (path) => {
    expect(await password({ PASSWORD_FILE: path })).toBe(
      'Misconfigured: PASSWORD_FILE must be the path of a file: what it holds leads to none',
    );
  });

  it('names a file that this user may not read', async () => {
    const path = fileOf('canary');
    chmodSync(path, process.geteuid?.() === 0 ? 0o600 : 0);
    expect(await asUnprivileged(() => password({ PASSWORD_FILE: path }))).toBe(
      `Misconfigured: PASSWORD_FILE names ${path}, which this user may not read`,
    );
  });

  it('takes a pipe without a writer and a device for no file, and waits for none', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    for (const path of [pipe, '/dev/zero']) {
      expect(await password({ PASSWORD_FILE: path })).toBe(
        `Misconfigured: PASSWORD_FILE names ${path}, which is not a regular file`,
      );
    }
  });

  it('reads at most 1 MiB', async () => {
    expect(await password({ PASSWORD_FILE: fileOf('x'.repeat(MiB)) })).toBe(`[${'x'.repeat(MiB)}]`);
    const path = fileOf('x'.repeat(MiB + 1));
    expect(await password({ PASSWORD_FILE: path })).toBe(
      `InvalidValue: PASSWORD_FILE names ${path}, which holds more than 1 MiB`,
    );
  });

  it('refuses what is not UTF-8', async () => {
    const path = fileOf(Uint8Array.of(0x63, 0xff));
    expect(await password({ PASSWORD_FILE: path })).toBe(
      `InvalidValue: PASSWORD_FILE names ${path}, which is not UTF-8 text`,
    );
  });

  it('reads all variables before the first file', async () => {
    const source: Record<string, string> = { A_FILE: fileOf('canary'), B: 'before' };
    const provider = env({ source, fileSuffix: true });
    const locators = ['A', 'B'].map((path) => ({ path, params: {} }));
    const answer = provider.fetch(locators, options());
    source.B = 'after';
    expect((await answer).map(shown)).toEqual(['[canary]', '[before]']);
  });

  it('stops between files at an abort', async () => {
    const path = fileOf('canary');
    const provider = env({ source: { A_FILE: path, B_FILE: path }, fileSuffix: true });
    const controller = new AbortController();
    const locators = ['A', 'B'].map((name) => ({ path: name, params: {} }));
    const answer = provider.fetch(locators, options(controller.signal));
    const reason = new Error('stop');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });
});
