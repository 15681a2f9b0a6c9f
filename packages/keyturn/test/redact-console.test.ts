import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createRedactor } from '@keyturn/core';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('fixtures/console-process.ts', import.meta.url));
const value = "canary 'one'\n\\two";
/** What the console itself has indented in a group too. */
const { redact } = createRedactor(['', '  ', '    '].map((indent) => value.replace('\n', `\n${indent}`)));
/** A trace names the methods of the console, which are others; and no two runs take the same time. */
const comparable = (text: string) => text.replace(/^ +at .*\r?\n/gm, '').replace(/[\d.]+ms/g, '1ms');
const END = /after it.*$/s;

describe('a redacted console writes what the console writes, masked,', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

  it('to each stream, by each method', () => {
    const [plain, redacted] = [run(), run('redacted')];
    expect(plain.stdout.match(/canary/g)?.length).toBeGreaterThan(15);
    expect(comparable(redacted.stdout).replace(END, '')).toBe(
      redact(comparable(plain.stdout).replace(END, '')),
    );
    expect(comparable(redacted.stderr)).toBe(redact(comparable(plain.stderr)));
    expect(redacted.stderr).toContain('Trace: [secret]\n    at ');
    expect(redacted.stdout.replace(END, '') + redacted.stderr).not.toContain('canary');
  });

  it('until it is undone', () => {
    expect(END.exec(run('redacted').stdout)?.[0]).toBe(END.exec(run().stdout)?.[0]);
  });

  it('in the colours of the terminal', () => {
    const terminal = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]))';
    const onTerminal = (...args: string[]) =>
      spawnSync('python3', ['-c', terminal, process.execPath, script, ...args], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, TERM: 'xterm-256color' },
      }).stdout.replaceAll('\r\n', '\n');
    const [plain, redacted] = [onTerminal(), onTerminal('redacted')];
    expect(redacted).toContain('\x1b[33m1\x1b[39m');
    expect(comparable(redacted).replace(END, '')).toBe(redact(comparable(plain).replace(END, '')));
  });
});
