import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { directory, fetchFrom, inChild, read, write } from './folder.ts';

describe('a problem in one file fails every name', () => {
  it('for malformed lines, bounded, never quoting them', async () => {
    await write('.env.local', 'A=1\n\n\n\n\n\nB="canary');
    await write('.env', 'canary\nB=1\nC:\ncanary=2');
    expect(await read({}, 'A', 'B')).toEqual(
      Array(2).fill(
        'InvalidValue: .env.local:7: a quote is opened and not closed (only a comment may follow the closing quote); ' +
          '.env:1: expected NAME=value, with a name of A-Z, a-z, 0-9, "_", "." and "-"; ' +
          '.env:3: no value follows the ":" on its line',
      ),
    );
    await write('.env', 'canary\n'.repeat(20));
    const [message] = await read({}, 'A');
    expect(message).toMatch(/; \.env:4: [^;]*; and 16 more$/);
    expect(message).not.toContain('canary');
  });

  it('for a directory, a link to nothing, a looping link, a device, a folder that is a file', async () => {
    await mkdir(join(directory, '.env'));
    await write('.env.local', 'A=1');
    expect(await read({}, 'A')).toEqual(['Misconfigured: .env is a directory, not a file']);

    await rm(join(directory, '.env'), { recursive: true });
    await symlink('gone', join(directory, '.env'));
    expect(await read({}, 'A')).toEqual(['Unavailable: .env is a link to a file that does not exist']);

    await rm(join(directory, '.env'));
    await symlink('.env', join(directory, '.env'));
    expect(await read({}, 'A')).toEqual(['Misconfigured: .env is a link that leads back to itself']);

    await rm(join(directory, '.env'));
    await symlink('/dev/null', join(directory, '.env'));
    expect(await read({}, 'A')).toEqual(['Misconfigured: .env is neither a file nor a FIFO']);

    expect(await read({ directory: join(directory, '.env.local') }, 'A')).toEqual([
      'Misconfigured: .env.local/.env.local cannot be there: its directory is a file; ' +
        '.env.local/.env cannot be there: its directory is a file',
    ]);
  });

  it.each([
    ['UTF-16 little endian', Buffer.from('\uFEFFA=1', 'utf16le'), '.env is UTF-16; save it as UTF-8'],
    ['UTF-16 big endian', Buffer.from('\uFEFFA=1', 'utf16le').swap16(), '.env is UTF-16; save it as UTF-8'],
    [
      'Latin-1',
      Buffer.from('A=1\r\nB=2\rC=canary\xE9\n', 'latin1'),
      '.env:3: not valid UTF-8; save the file as UTF-8',
    ],
    ['more than 1 MiB', Buffer.alloc(1024 * 1024 + 1, 'A'), '.env is larger than 1 MiB'],
  ])('for %s', async (_, content, message) => {
    await write('.env', content);
    expect(await read({}, 'A')).toEqual([`InvalidValue: ${message}`]);
  });

  it('for a file too large to be read at all', async () => {
    await write('.env', '');
    await truncate(join(directory, '.env'), 8 * 1024 ** 3);
    expect(await read({}, 'A')).toEqual(['InvalidValue: .env is larger than 1 MiB']);
  });

  it('but a file of exactly 1 MiB, with a byte order mark, is read', async () => {
    await write('.env', `\uFEFFA=${'x'.repeat(1024 * 1024 - 5)}`);
    expect((await read({}, 'A'))[0]?.length).toBe(1024 * 1024 - 5);
  });

  it('for a file that this user may not read', async () => {
    await write('.env', 'A=canary');
    await chmod(join(directory, '.env'), 0o000);
    await chmod(directory, 0o755);
    // Root ignores modes, so the child gives up root before it reads.
    const script = `      if (process.getuid() === 0) {
        process.setgroups([]);
        process.setgid(65534);
        process.setuid(65534);
      }
      const locators = [{ path: 'A', params: {} }];
      const provider = dotenv({ directory: process.argv[1] });
      const [outcome] = await provider.fetch(locators, { signal: AbortSignal.timeout(10_000) });
      console.log(process.getuid() === 0, outcome.code, outcome.message);`;
    const stdout = await inChild(script);
    expect(stdout).toBe(`false AccessDenied ${directory}/.env may not be read by this user\n`);
  });
});

describe('a FIFO', () => {
  beforeEach(() => {
    execFileSync('mkfifo', [join(directory, '.env')]);
  });

  it('is read once a batch, waiting for its writer, and proves no time', async () => {
    const big = 'x'.repeat(200_000);
    await write('text', `A=1\nB=2\nBIG=${big}\n`);
    await write('.env.local', 'X="${A}"');
    const reading = fetchFrom({ directory, expand: true }, ['A', 'B', 'BIG', 'X']);
    await promisify(execFile)('sh', ['-c', 'cat text >.env'], { cwd: directory });
    expect(await reading).toEqual(['1', '2', big, '1'].map((value) => ({ ok: true, value: { value } })));
  });

  it('is let go on abort, at any time', async () => {
    // In a child, which ends by itself only when nothing is held.
    const script = `
      import { spawn } from 'node:child_process';
      import { once } from 'node:events';      const [, directory] = process.argv;
      async function abort(when) {
        const controller = new AbortController();
        const reading = dotenv({ directory }).fetch([{ path: 'A', params: {} }], controller);
        reading.catch(() => {});
        await when();
        controller.abort(new Error('enough'));
        await reading.catch((error) => console.log(error.message));
      }
      // A writer that says so once a reader has opened the FIFO, and writes nothing.
      const writer = spawn('sh', ['-c', 'exec 3>.env; echo opened; read line'], { cwd: directory });
      await abort(() => once(writer.stdout, 'data'));
      writer.stdin.end();
      await once(writer, 'exit');
      await abort(() => {});`;
    await write('.env.local', '');
    const stdout = await inChild(script);
    expect(stdout).toBe('enough\nenough\n');
  });

  it('is held to 1 MiB, and the rest is not waited for', async () => {
    const reading = read({}, 'A');
    const writing = promisify(execFile)('sh', ['-c', 'head -c 50000000 /dev/zero >.env; echo $?'], {
      cwd: directory,
    });
    expect(await reading).toEqual(['InvalidValue: .env is larger than 1 MiB']);
    expect((await writing).stdout).not.toBe('0\n');
  });
});

it('honours the signal before and during a read', async () => {
  await write('.env', 'A=1');
  const aborted = AbortSignal.abort(new Error('enough'));
  await expect(fetchFrom({ environment: '' }, ['A'], aborted)).rejects.toThrow('enough');

  const controller = new AbortController();
  const reading = fetchFrom({ directory }, ['A'], controller.signal);
  controller.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
});
