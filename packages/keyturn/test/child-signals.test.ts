import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { countSignals, ended, type Run, runnerCommand, script, start, terminal } from './fixtures/runner.ts';

const counting = { command: process.execPath, args: [countSignals] };

describe.each([undefined, ['canary-value']])('mask %j', (mask) => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s is handed on once, and the child decides how it ends',
    async (signal) => {
      // A group of its own, so that no terminal of whoever runs the tests is in play.
      const runner = start({ ...counting, ...(mask && { mask }) }, { detached: true });
      runner.stdout?.once('data', () => runner.kill(signal));
      const { code, stdout } = await ended(runner);
      expect(stdout.toString()).toContain(`\n{"${signal}":1}\n`);
      expect(code).toBe(5);
    },
  );

  it('a child that dies of a signal handed on gives 128+n', async () => {
    const runner = start({
      ...script("console.log('ready'); setInterval(() => {}, 1000)"),
      ...(mask && { mask }),
    });
    runner.stdout?.once('data', () => runner.kill('SIGTERM'));
    expect((await ended(runner)).code).toBe(143);
  });
});

describe('on a terminal', () => {
  async function onTerminal(action: string, place: string, child: Partial<Run> = {}): Promise<string> {
    const command = runnerCommand({ ...counting, ...child });
    const { stdout, stderr } = await ended(spawn('python3', [terminal, action, place, ...command]));
    expect(stderr).toBe('');
    return stdout.toString();
  }

  it('Ctrl-C reaches the child once, and it still has the terminal', async () => {
    const seen = await onTerminal('key', 'foreground');
    expect(seen).toMatch(/^ready \d+ true\n\^C\{"SIGINT":1\}\nexit 5\n$/);
  });

  it('Ctrl-C reaches a masked child once', async () => {
    const seen = await onTerminal('key', 'foreground', { mask: ['canary-value'] });
    expect(seen).toMatch(/^ready \d+ false\n\^C\{"SIGINT":1\}\nexit 5\n$/);
  });

  it('Ctrl-C is left to the terminal: a child that left the foreground does not get it from us', async () => {
    const leave = 'import os, sys; os.setpgid(0, 0); os.execvp(sys.argv[1], sys.argv[1:])';
    const args = ['-c', leave, process.execPath, countSignals];
    const seen = await onTerminal('key-term', 'foreground', {
      command: 'python3',
      args,
      env: { PATH: process.env.PATH ?? '' },
    });
    expect(seen).toMatch(/\{"SIGTERM":1\}\nexit 5\n$/);
  });

  it('SIGINT by kill is handed on to a child in the background', async () => {
    const seen = await onTerminal('kill', 'background');
    expect(seen).toMatch(/^ready \d+ true\n\{"SIGINT":1\}\nexit 5\n$/);
  });
});
