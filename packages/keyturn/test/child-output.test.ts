import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ended, run, runnerCommand, script, shell, start } from './fixtures/runner.ts';

const MEBIBYTE = 2 ** 20;
const mask = ['canary-value'];
const scratch = (name: string) => join(mkdtempSync(join(tmpdir(), 'child-test-')), name);

it('nothing stays open once a masked child has ended', async () => {
  const report = scratch('report');
  expect((await run({ ...shell('echo canary-value'), mask, report })).stdout.toString()).toBe('[secret]\n');
  const { before, after } = JSON.parse(readFileSync(report, 'utf8'));
  expect(after).toEqual(before);
});

it('nothing stays open when a masked child could not start', async () => {
  const report = scratch('report');
  expect((await run({ command: 'keyturn-canary-none', mask, report })).code).toBe(127);
  const { before, after } = JSON.parse(readFileSync(report, 'utf8'));
  expect(after.files).toBe(before.files);
});

it('a slow reader slows the child; 200 MiB pass with a flat memory', async () => {
  const total = 200;
  const progress = scratch('progress');
  const report = scratch('report');
  writeFileSync(progress, '');
  const child = script(`
    const { appendFileSync, writeSync } = require('node:fs');
    const block = Buffer.alloc(${MEBIBYTE}, 'abcdefg\\n');
    for (let count = 0; count < ${total}; count++) {
      for (let at = 0; at < block.length; ) at += writeSync(1, block, at);
      appendFileSync(${JSON.stringify(progress)}, '.');
    }`);
  const runner = start({ ...child, mask, report });
  await unchanged(() => statSync(progress).size);
  // One block at most can stand in the pipes and buffers on the way.
  expect(statSync(progress).size).toBeLessThan(2);

  let received = 0;
  runner.stdout?.on('data', (chunk) => {
    received += chunk.length;
  });
  expect(await once(runner, 'close')).toEqual([0, null]);
  expect(received).toBe(total * MEBIBYTE);
  expect(JSON.parse(readFileSync(report, 'utf8')).peak).toBeLessThan(160 * 1024);
});

/** Resolves once `look` gives the same for a second, long after the children are up. */
async function unchanged(look: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 10; ) {
    await delay(100);
    const now = look();
    same = now === last ? same + 1 : 0;
    last = now;
  }
}

it('a signal is handed on while the reader is stuck', async () => {
  const progress = scratch('progress');
  writeFileSync(progress, '');
  const program = `
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(9))
os.write(2, str(os.getpid()).encode())
while True:
    os.write(1, b"x" * 16384)
    open(sys.argv[1], "a").write(".")`;
  const env = { PATH: process.env.PATH ?? '' };
  const runner = start({ command: 'python3', args: ['-c', program, progress], env, mask });
  const closed = once(runner, 'close');
  const [id] = await once(runner.stderr ?? runner, 'data');
  await unchanged(() => statSync(progress).size);
  runner.kill('SIGTERM');
  await expect.poll(() => existsSync(`/proc/${id}`), { timeout: 60_000 }).toBe(false);
  runner.stdout?.resume();
  expect(await closed).toEqual([9, null]);
});

it('a reader that goes away ends the child as a closed pipe does, without a trace', async () => {
  const runner = start({ ...shell('while :; do echo line; done'), mask });
  runner.stdout?.once('data', () => runner.stdout?.destroy());
  const { code, stderr } = await ended(runner);
  expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
});

it('what a dead child wrote arrives whole, however late it is read', async () => {
  // More than a reader's pipe holds and no more than ours hold beside, so that the child ends long before the reader reads.
  const child = script(`require('node:fs').writeSync(1, 'x'.repeat(150000))`);
  const late = ['-c', '"$@" | { sleep 2.5; wc -c; }', 'sh', ...runnerCommand({ ...child, mask })];
  expect((await ended(spawn('/bin/sh', late))).stdout.toString().trim()).toBe('150000');
});

it('a process left behind that holds the output open does not keep us', async () => {
  const runner = start({ ...shell('sleep 600 & echo $!; echo canary-value; printf cana'), mask });
  const [id, ...rest] = (await ended(runner)).stdout.toString().split('\n');
  process.kill(Number(id));
  expect(rest).toEqual(['[secret]', 'cana']);
});

it('a process left behind that writes for ever does not keep us, and loses its pipe', async () => {
  const id = scratch('id');
  const runner = start({ ...shell(`yes & echo $! > ${id}`), mask });
  runner.stdout?.resume();
  expect(await once(runner, 'close')).toEqual([0, null]);
  const yes = Number(readFileSync(id, 'utf8'));
  await expect.poll(() => existsSync(`/proc/${yes}/exe`), { timeout: 60_000 }).toBe(false);
});

it('what a process left behind writes soon after is passed on', async () => {
  const runner = start({ ...shell('(sleep 0.2; echo canary-value) & echo first'), mask });
  expect((await ended(runner)).stdout.toString()).toBe('first\n[secret]\n');
});

it('output that can not be written is an error, not a silent loss', async () => {
  const [node, ...args] = runnerCommand({ ...shell('echo canary-value; exit 0'), mask });
  const runner = spawn('/bin/sh', ['-c', 'exec "$@" > /dev/full', 'sh', node, ...args]);
  const { code, stderr } = await ended(runner);
  expect(code).toBe(125);
  expect(stderr).toContain('output could not be written: ENOSPC');
});

it('output that is not ready to be written is waited for', async () => {
  // python3 makes its end of the pipe non-blocking, which holds for everyone who has it, and reads late.
  const program = `
import os, subprocess, sys, time
out, into = os.pipe()
os.set_blocking(into, False)
runner = subprocess.Popen(sys.argv[1:], stdout=into)
os.close(into)
time.sleep(1)
count = 0
while part := os.read(out, 65536): count += len(part)
print(count, runner.wait())`;
  const child = script(
    "require('node:fs').writeSync(1, 'x'.repeat(300000)); process.stdout.write('y'.repeat(300000))",
  );
  const python = spawn('python3', ['-c', program, ...runnerCommand({ ...child, mask })]);
  expect((await ended(python)).stdout.toString()).toBe('600000 0\n');
});
