import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild } from '../src/cli/child.ts';
import { run, script, shell } from './fixtures/runner.ts';

const MASKS = [undefined, ['canary-value']];
const options = (mask: string[] | undefined) => (mask ? { mask } : {});

describe.each(MASKS)('exit codes, mask %j', (mask) => {
  it.each([
    ["the child's own", shell('exit 42'), 42],
    ['0', shell('exit 0'), 0],
    ['128+9 by SIGKILL', shell('kill -9 $$'), 137],
    ['128+15 by SIGTERM', shell('kill $$'), 143],
  ])('%s', async (_, child, code) => {
    expect(await run({ ...child, ...options(mask) })).toEqual({ code, stdout: Buffer.from(''), stderr: '' });
  });

  it('127 when there is no such command', async () => {
    const missing = await run({ command: 'keyturn-canary-none', ...options(mask) });
    expect(missing.code).toBe(127);
    expect(missing.stderr).toBe('keyturn: keyturn-canary-none: command not found\n');
  });

  it('126 when it is there and no program', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'child-test-')), 'no-program');
    writeFileSync(file, 'echo no', { mode: 0o644 });
    const refused = await run({ command: file, ...options(mask) });
    expect(refused.code).toBe(126);
    expect(refused.stderr).toBe(`keyturn: ${file}: can't be executed (EACCES)\n`);
  });
});

describe('the environment', () => {
  it('is exactly the one given', async () => {
    const env = { ONLY: 'canary value', EMPTY: '' };
    const { stdout } = await run({ command: '/usr/bin/env', env });
    expect(stdout.toString().split('\n').filter(Boolean).sort()).toEqual(['EMPTY=', 'ONLY=canary value']);
  });

  it('its PATH finds the command', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'child-test-'));
    const program = join(folder, 'keyturn-canary-program');
    writeFileSync(program, '#!/bin/sh\necho found\n', { mode: 0o755 });
    const found = await run({ command: 'keyturn-canary-program', env: { PATH: folder } });
    expect(found.stdout.toString()).toBe('found\n');
  });

  it('arguments are no shell text', async () => {
    const args = ['$HOME; echo no', '`id`', '', 'a b', '*'];
    const { stdout } = await run({ command: '/usr/bin/printf', args: ['<%s>', ...args] });
    expect(stdout.toString()).toBe(args.map((arg) => `<${arg}>`).join(''));
  });

  it('every name and value that no process can have is refused, without its value', async () => {
    const env = { '': 'canary', 'A=B': 'canary', 'N\0L': 'canary', FINE: 'canary', BINARY: 'canary\0canary' };
    await expect(runChild({ command: 'true', args: [], env, mask: undefined })).rejects.toMatchObject({
      name: 'ConfigError',
      message: [
        'an environment variable without a name: give it one',
        'A=B: not the name of an environment variable: it must not hold "=" or NUL',
        'N\\0L: not the name of an environment variable: it must not hold "=" or NUL',
        'BINARY: the value holds a NUL byte, which no environment variable can carry: store it as base64',
      ].join('\n'),
    });
  });

  it('one value too large for Linux is named with its size', async () => {
    const env = { SMALL: 'canary', BIG: 'c'.repeat(131_072) };
    await expect(runChild({ command: 'true', args: [], env, mask: undefined })).rejects.toMatchObject({
      name: 'ConfigError',
      message: 'BIG: 131077 bytes, where Linux takes at most 131072: hand it over in a file',
    });
    // With `BIG=` and NUL, the largest there is.
    expect(
      (await run({ command: 'true', env: { PATH: '/usr/bin:/bin', HUGE_OK: 'c'.repeat(100_000) } })).code,
    ).toBe(0);
    const most = { PATH: '/usr/bin:/bin', BIG: 'c'.repeat(131_072 - 5) };
    expect(await runChild({ command: 'true', args: [], env: most, mask: undefined })).toBe(0);
  });

  it('a sum too large is told with the largest', async () => {
    const env = Object.fromEntries(
      Array.from({ length: 80 }, (_, at) => [`NAME_${at}`, 'c'.repeat(100_000 + at)]),
    );
    const args = ['small', 'c'.repeat(120_000)];
    await expect(runChild({ command: 'true', args, env, mask: undefined })).rejects.toMatchObject({
      name: 'ConfigError',
      message:
        'environment and arguments take 8123877 bytes, more than this system hands over to a child; the largest: argument 2 (120001), NAME_79 (100088), NAME_78 (100087)',
    });
  });

  it('a refused child leaves no signal handler behind', async () => {
    const before = process.listenerCount('SIGTERM');
    await runChild({ command: 'keyturn-canary-none', args: [], env: {}, mask: undefined });
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

describe('output', () => {
  it('is untouched without a mask, each byte of it', async () => {
    const { stdout } = await run(
      script('process.stdout.write(Buffer.from(Array.from({ length: 256 }, (_, b) => b)))'),
    );
    expect([...stdout]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  });

  it('bytes that are no text pass a mask as they are', async () => {
    const child = script('process.stdout.write(Buffer.from(Array.from({ length: 256 }, (_, b) => b)))');
    const { stdout } = await run({ ...child, mask: ['canary-value'] });
    expect([...stdout]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  });

  it('a value is masked on stdout and stderr, each for itself, though written in two pieces', async () => {
    const child = script(`
      const { writeSync } = require('node:fs');
      const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      writeSync(1, 'out can'); writeSync(2, 'err canary-'); wait();
      writeSync(1, 'ary-value.'); writeSync(2, 'value.'); wait();
      writeSync(1, ' canary'); writeSync(2, '-value');`);
    const { stdout, stderr } = await run({ ...child, mask: ['canary-value'] });
    expect(stdout.toString()).toBe('out [secret]. canary');
    expect(stderr).toBe('err [secret].-value');
  });

  it('a script can open /dev/stdout and /dev/stderr', async () => {
    const child = shell('echo canary-value > /dev/stdout; echo canary-value > /dev/stderr');
    const { code, stdout, stderr } = await run({ ...child, mask: ['canary-value'] });
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: '[secret]\n',
      stderr: '[secret]\n',
    });
  });

  it('sockets do where there is no folder for pipes', async () => {
    const folder = process.env.TMPDIR;
    process.env.TMPDIR = '/nonexistent';
    try {
      const { code, stdout } = await run({ ...shell('echo canary-value; exit 3'), mask: ['canary-value'] });
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 3, stdout: '[secret]\n' });
    } finally {
      if (folder === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = folder;
    }
  });
});
