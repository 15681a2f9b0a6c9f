import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { terminal } from './fixtures/runner.ts';
import { type CliOptions, shell, startKeyturn } from './support/cli.ts';
import { given, QUICK, runs, scene, starts, UP, until, watch } from './support/watch.ts';

describe('a signal', () => {
  it('during the settle time reaches the command, which decides how it ends', async () => {
    const { folder, set, reads } = scene();
    const program = `process.on('SIGINT', () => process.exit(5)); ${UP}`;
    const cli = watch(folder, program, ['--interval', '20ms', '--settle', '1h']);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => reads().includes('canary-2 1001'));
    cli.process.kill('SIGINT');
    expect(await cli.ended).toMatchObject({ code: 5, stderr: '' });
  });

  it('Ctrl-C during the settle time reaches it once, from the terminal', async () => {
    const { folder, set, reads } = scene();
    // Says "ready", at which the key is pressed, once the change has been read.
    const program = `
      const { existsSync, readFileSync, renameSync } = require('node:fs');
      let count = 0;
      process.on('SIGINT', () => { count++; setTimeout(() => { console.log('SIGINT', count); process.exit(5); }, 500); });
      renameSync('next', 'secrets/KEY');
      setInterval(() => {
        if (readFileSync('reads', 'utf8').includes('canary-2 1001')) console.log('ready ' + process.ppid + ' -');
      }, 20);`;
    writeFileSync(join(folder, 'next'), 'canary-2');
    writeFileSync(join(folder, 'program.cjs'), program);
    const line = `run --watch --interval 20ms --settle 1h -- ${process.execPath} program.cjs`;
    const { stdout } = await shell(folder, `python3 ${terminal} key foreground $KEYTURN ${line}`);
    expect(stdout).toMatch(/ready.*\^C(ready.*\n)*SIGINT 1\nexit 5\n$/s);
    set('KEY', 'canary-3');
    expect(reads().filter((text) => text === 'canary-2 1001')).toHaveLength(1);
  });

  it('that ends the command is not followed by a restart, however long it takes to end', async () => {
    const { folder } = scene();
    const program = `
      process.on('SIGTERM', () => {
        require('node:fs').writeFileSync('secrets/KEY', 'canary-2');
        setTimeout(() => process.exit(4), 1000);
      }); ${UP}`;
    const cli = watch(folder, program);
    await until(() => starts(cli).length === 1);
    cli.process.kill('SIGTERM');
    expect(await cli.ended).toMatchObject({ code: 4, stderr: '' });
    expect(starts(cli)).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGQUIT'] as const)('%s during a restart ends it', async (signal) => {
    const { folder, set } = scene();
    const program = `
      let count = 0;
      process.on('SIGTERM', () => console.log('told', ++count));
      if ('${signal}' === 'SIGTERM') process.on('SIGTERM', () => count === 2 && process.exit(6));
      else process.on('${signal}', () => process.exit(6));
      ${UP}`;
    const cli = watch(folder, program);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => cli.stdout().includes('told 1'));
    cli.process.kill(signal);
    expect(await cli.ended).toMatchObject({ code: 6, stderr: 'keyturn: KEY changed: restarting\n' });
    expect(starts(cli)).toHaveLength(1);
  });

  it('SIGHUP during a restart reaches the command, and the restart goes on', async () => {
    const { folder, set } = scene();
    const program = `
      process.on('SIGTERM', () => console.log('told'));
      process.on('SIGHUP', () => process.exit(6)); ${UP}`;
    const cli = watch(folder, program);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => cli.stdout().includes('told'));
    cli.process.kill('SIGHUP');
    await until(() => starts(cli).length === 2);
    expect(given(cli)).toEqual(['canary-1 1001', 'canary-2 1001']);
  });
});

describe('a restart leaves nothing of the old command behind', () => {
  const started = (folder: string, script: string, options: CliOptions = {}) =>
    startKeyturn(folder, ['run', '--watch', ...QUICK, '--', 'sh', '-c', script], options);

  it.each([{}, { first: true }])(
    'what shells started gets SIGTERM too, and the time to end: %j',
    async (options) => {
      const { folder, set } = scene();
      // The shells end at once, and what they started when it is told; its end shows before the next start.
      const program = `process.on('SIGTERM', () => setTimeout(() => { console.log('ended', process.env.KEY); process.exit(); }, 300)); ${UP}`;
      writeFileSync(join(folder, 'program.cjs'), program);
      const inner = (depth: number): string =>
        depth === 0 ? `${process.execPath} program.cjs` : `(${inner(depth - 1)}; true)`;
      const cli = started(folder, inner(4), options);
      await until(() => starts(cli).length === 1);
      set('KEY', 'canary-2');
      await until(() => starts(cli).length === 2);
      expect(cli.stdout()).toMatch(/^up \d+ canary-1 1001\nended canary-1\nup \d+ canary-2 1001\n$/);
      expect(starts(cli).map(({ id }) => runs(id))).toEqual([false, true]);
    },
  );

  it('a command that ends its own is let do so: its processes are not told before it has ended', async () => {
    const { folder, set } = scene();
    const script = `trap 'echo asked; kill -INT $id; wait $id; echo "inner $?"; exit' TERM
      ${process.execPath} program.cjs & id=$!
      wait`;
    writeFileSync(join(folder, 'program.cjs'), `process.on('SIGINT', () => process.exit(8)); ${UP}`);
    const cli = started(folder, script);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => starts(cli).length === 2);
    expect(cli.stdout()).toMatch(/^up \d+ canary-1 1001\nasked\ninner 8\nup \d+ canary-2 1001\n$/);
  });

  it('what does not end within 10 s is killed, and that is told', async () => {
    const { folder, set } = scene();
    writeFileSync(join(folder, 'program.cjs'), `process.on('SIGTERM', () => console.log('no')); ${UP}`);
    const cli = started(
      folder,
      `trap 'echo no' TERM; ${process.execPath} program.cjs & while :; do wait; done`,
    );
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => starts(cli).length === 2);
    expect(starts(cli).map(({ id }) => runs(id))).toEqual([false, true]);
    expect(cli.stderr()).toBe(
      'keyturn: KEY changed: restarting\nkeyturn: the command did not end within 10 s of SIGTERM: killed\n',
    );
  });
});

describe('--mask', () => {
  // Each start writes the values that there were, in two pieces.
  const echo = `
    const { writeSync } = require('node:fs');
    const say = () => { writeSync(1, 'old canary-1 new cana'); setTimeout(() => writeSync(1, 'ry-2.\\n'), 50); };`;

  it('masks the old and the new values after a restart', async () => {
    const { folder, set } = scene();
    const cli = watch(folder, `${UP} ${echo} say();`, [...QUICK, '--mask']);
    await until(() => cli.stdout().includes('old [secret] new canary-2.'));
    set('KEY', 'canary-2');
    await until(() => cli.stdout().includes('old [secret] new [secret].'));
    expect(cli.stdout()).not.toContain('canary-1');
  });

  it('passes on all that the old command wrote before the new one is started', async () => {
    const { folder, set } = scene();
    // More than a reader's pipe holds, less than ours hold beside: see child-output.test.ts.
    const program = `
      const { appendFileSync } = require('node:fs');
      process.on('SIGTERM', () => process.stdout.write('x'.repeat(150_000) + '\\n', () => process.exit()));
      console.log('up', process.env.KEY);
      appendFileSync('ids', process.pid + ' ' + process.ppid + '\\n');
      setInterval(() => {}, 1000);`;
    writeFileSync(join(folder, 'program.cjs'), program);
    writeFileSync(join(folder, 'ids'), '');
    const ids = () => readFileSync(join(folder, 'ids'), 'utf8').split('\n').slice(0, -1);
    const line = `run --watch ${QUICK.join(' ')} --mask -- ${process.execPath} program.cjs`;
    const ended = shell(folder, `$KEYTURN ${line} | { until [ -e go ]; do sleep 0.05; done; cat; }`);
    await until(() => ids().length === 1);
    const [id, keyturn] = `${ids()[0]}`.split(' ').map(Number);
    set('KEY', 'canary-2');
    await until(() => !runs(Number(id)));
    // Time for a new one to come too early: no more than the finding of a fault depends on it.
    await delay(500);
    writeFileSync(join(folder, 'go'), '');
    await until(() => ids().length === 2);
    process.kill(Number(keyturn));
    const { stdout } = await ended;
    expect(stdout.replaceAll('x'.repeat(150_000), 'all')).toBe('up [secret]\nall\nup [secret]\nall\n');
  });

  it('masks the new values in the output of a command that was signalled', async () => {
    const { folder, set } = scene();
    const options = [...QUICK, '--mask', '--reload-signal', 'SIGHUP'];
    const cli = watch(folder, `${echo} process.on('SIGHUP', say); ${UP}`, options);
    await until(() => starts(cli).length === 1);
    set('KEY', 'canary-2');
    await until(() => cli.stdout().includes('.\n'));
    expect(cli.stdout()).toMatch(/^up \d+ \[secret\] 1001\nold \[secret\] new \[secret\]\.\n$/);
  });
});
