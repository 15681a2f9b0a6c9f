import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project, startKeyturn } from './support/cli.ts';
import { given, QUICK, runs, scene, starts, UP, until, watch } from './support/watch.ts';

describe('a change', () => {
  it('restarts the command with the new value, once for all changes within the settle time', async () => {
    const { folder, set } = scene({ 'then/canary-2': 'canary-3', 'then/canary-3': 'canary-4' });
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => starts(cli).length === 2);
    set('PORT', '1002');
    await until(() => starts(cli).length === 3);
    expect(given(cli)).toEqual(['canary-1 1001', 'canary-4 1001', 'canary-4 1002']);
    expect(starts(cli).map(({ id }) => runs(id))).toEqual([false, false, true]);
    cli.process.kill('SIGTERM');
    expect(await cli.ended).toMatchObject({
      code: 143,
      stderr: 'keyturn: KEY changed: restarting\nkeyturn: PORT changed: restarting\n',
    });
    expect(starts(cli).map(({ id }) => runs(id))).toEqual([false, false, false]);
  });

  it('that is taken back within the settle time is none', async () => {
    const { folder, set, reads } = scene({ 'then/canary-2': 'canary-1' });
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => reads().slice(reads().indexOf('canary-2 1001')).length > 5);
    expect({ given: given(cli), stderr: cli.stderr() }).toEqual({ given: ['canary-1 1001'], stderr: '' });
  });

  it('is found in .env files, and in which names there are', async () => {
    const folder = project({
      'keyturn.config.js': `
        import { dotenv } from 'keyturn';
        export default {
          environment: 'a',
          environments: { a: { providers: { app: dotenv() } } },
          secrets: { KEY: 'app://KEY', PORT: { ref: 'app://PORT', optional: true }, LAST: { ref: 'app://LAST', optional: true } },
        };`,
      '.env': 'KEY=canary-1\nPORT=1\n',
    });
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    writeFileSync(join(folder, 'new'), 'KEY=canary-2\nLAST=1\n');
    renameSync(join(folder, 'new'), join(folder, '.env'));
    await until(() => starts(cli).length === 2);
    expect(given(cli)).toEqual(['canary-1 1', 'canary-2 undefined']);
    expect(cli.stderr()).toBe('keyturn: KEY changed, PORT changed, LAST changed: restarting\n');
  });

  it('sends the signal of --reload-signal, and the command goes on', async () => {
    const { folder, set } = scene();
    const program = `process.on('SIGHUP', () => console.log('reload', process.env.KEY)); ${UP}`;
    const cli = watch(folder, program, [...QUICK, '--reload-signal', 'SIGHUP']);
    await until(() => starts(cli).length === 1);
    for (const count of [1, 2]) {
      set('KEY', `canary-${count + 1}`);
      await until(() => cli.stdout().match(/reload canary-1/g)?.length === count);
    }
    expect(starts(cli)).toHaveLength(1);
    expect(cli.stderr()).toBe('keyturn: KEY changed: sending SIGHUP\n'.repeat(2));
  });
});

describe('what cannot be handed over leaves the command as it is, told once', () => {
  const goesOn = '; the command goes on with the values it has\n';

  it('a secret that cannot be read, and its new value when it can', async () => {
    const { folder, set, reads } = scene();
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    rmSync(join(folder, 'secrets/KEY'));
    await until(() => reads().filter((line) => line === 'NotFound 1001').length > 5);
    expect(starts(cli)).toHaveLength(1);
    set('KEY', 'canary-2');
    await until(() => starts(cli).length === 2);
    expect(given(cli)).toEqual(['canary-1 1001', 'canary-2 1001']);
    const missing = `${join(folder, 'secrets/KEY')}: no such file`;
    expect(cli.stderr()).toBe(
      `keyturn: KEY: NotFound: ${missing}${goesOn}keyturn: KEY changed: restarting\n`,
    );
  });

  it('a value that does not fit, nor the others beside it', async () => {
    const { folder, set, reads } = scene();
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    set('PORT', 'canary-port');
    set('KEY', 'canary-2');
    await until(() => reads().filter((line) => line === 'canary-2 canary-port').length > 5);
    expect(starts(cli)).toHaveLength(1);
    set('PORT', '1002');
    await until(() => starts(cli).length === 2);
    expect(given(cli)).toEqual(['canary-1 1001', 'canary-2 1002']);
    const [first, second, ...rest] = cli.stderr().split('\n');
    expect(first).toMatch(/^keyturn: PORT: InvalidValue: .+; the command goes on with the values it has$/);
    expect([second, ...rest]).toEqual(['keyturn: KEY changed, PORT changed: restarting', '']);
    expect(cli.stderr()).not.toContain('canary');
  });

  it('a value that no process can be given', async () => {
    const { folder, set, reads } = scene();
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary\0value');
    await until(() => reads().filter((line) => line.includes('\0')).length > 5);
    expect(starts(cli)).toHaveLength(1);
    const nul =
      'KEY: the value holds a NUL byte, which no environment variable can carry: store it as base64';
    expect(cli.stderr()).toBe(`keyturn: ${nul}${goesOn}`);
  });

  it('a value too large for the system is found by a restart, which takes the old ones', async () => {
    const { folder, set, reads } = scene();
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    set('KEY', 'c'.repeat(140_000));
    await until(() => starts(cli).length === 2);
    const before = reads().length;
    await until(() => reads().length > before + 5);
    expect(given(cli)).toEqual(['canary-1 1001', 'canary-1 1001']);
    expect(cli.stderr().split('\n')).toEqual([
      'keyturn: KEY changed: restarting',
      'error: KEY: 140005 bytes, where Linux takes at most 131072: hand it over in a file',
      'keyturn: the command goes on with the values it had',
      '',
    ]);
  });

  it('what the config throws out of any call', async () => {
    const { folder, set } = scene();
    const cli = watch(folder, UP);
    await until(() => starts(cli).length === 1);
    writeFileSync(join(folder, 'throw'), '');
    await until(() => cli.stderr().includes('error: unexpected RangeError'));
    rmSync(join(folder, 'throw'));
    set('KEY', 'canary-2');
    await until(() => starts(cli).length === 2);
    expect(cli.stderr()).not.toContain('canary');
  });
});

describe('a command that ends by itself ends run', () => {
  it('with its code, and lets go of the stores', async () => {
    const { folder, reads } = scene();
    expect(await watch(folder, 'process.exit(7)').ended).toMatchObject({ code: 7, stderr: '' });
    expect(reads().at(-1)).toBe('closed');
  });

  it('while a change settles, and before the next check', async () => {
    const { folder, set, reads } = scene();
    const cli = watch(folder, UP, ['--interval', '20ms', '--settle', '1h']);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => reads().includes('canary-2 1001'));
    process.kill(Number(starts(cli)[0]?.id), 'SIGKILL');
    expect(await cli.ended).toMatchObject({ code: 137, stderr: '' });
  });

  it('with its code right after a restart', async () => {
    const { folder, set } = scene();
    const cli = watch(folder, `if (process.env.KEY !== 'canary-1') process.exit(3); ${UP}`);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    expect(await cli.ended).toMatchObject({ code: 3, stderr: 'keyturn: KEY changed: restarting\n' });
  });

  it('with 127 when it is no more there for a restart', async () => {
    const { folder, set } = scene();
    const command = join(folder, 'command');
    writeFileSync(command, '#!/bin/sh\necho up $$ -; exec sleep 600\n', { mode: 0o755 });
    const cli = startKeyturn(folder, ['run', '--watch', ...QUICK, '--', command]);
    await until(() => starts(cli).length === 1);
    rmSync(command);
    set('KEY', 'canary-2');
    expect(await cli.ended).toMatchObject({
      code: 127,
      stderr: `keyturn: KEY changed: restarting\nkeyturn: ${command}: command not found\n`,
    });
  });

  it('with 125 where it does not start at all', async () => {
    const { folder } = scene({ 'secrets/PORT': 'canary-port' });
    const ended = await watch(folder, UP).ended;
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain('PORT (app://PORT): InvalidValue');
  });
});
