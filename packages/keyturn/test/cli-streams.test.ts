import { describe, expect, it } from 'vitest';
import { keyturn, onTerminal, project, shell } from './support/cli.ts';

const config = (values: string) => `
  import { memory } from 'keyturn';
  export default {
    environment: 'a',
    environments: { a: { providers: { app: memory(${values}) } } },
    secrets: { KEY: 'app://KEY', OTHER: 'app://OTHER' },
  };`;
const good = project({ 'keyturn.config.js': config("{ KEY: 'canary-key', OTHER: 'canary-other' }") });
const bad = project({ 'keyturn.config.js': config("{ KEY: 'canary-key' }") });
const big = project({ 'keyturn.config.js': config("{ KEY: 'c'.repeat(1_000_000), OTHER: 'canary' }") });

const ESCAPE = '\u001b[';

describe('colour', () => {
  const args = ['check'];

  it('is on a terminal', async () => {
    const seen = await onTerminal(bad, args);
    expect(seen).toContain(`${ESCAPE}32mok${ESCAPE}39m`);
    expect(seen).toContain(`${ESCAPE}31mNotFound: not found in app (memory)${ESCAPE}39m`);
    expect(await onTerminal(bad, ['get', 'OTHER'])).toMatch(`${ESCAPE}31merror${ESCAPE}39m: 1 secret`);
  });

  it('is not under a pipe, and not where nobody wants it', async () => {
    const { stdout } = await keyturn(bad, args);
    expect(stdout).not.toContain(ESCAPE);
    expect((await keyturn(bad, ['get', 'OTHER'])).stderr).not.toContain(ESCAPE);
    expect(await onTerminal(bad, args, { env: { NO_COLOR: '1' } })).toBe(stdout);
    expect(await onTerminal(bad, args, { env: { TERM: 'dumb' } })).toBe(stdout);
  });

  it('is never in data', async () => {
    expect(await onTerminal(bad, ['check', '--json'])).toBe((await keyturn(bad, ['check', '--json'])).stdout);
    expect(await onTerminal(good, ['export'])).toBe((await keyturn(good, ['export'])).stdout);
  });
});

describe('a reader that goes away', () => {
  it.each([
    ['check, when all is right', good, 'check', 0],
    ['check, and its finding still is the code', bad, 'check', 1],
    ['export, longer than a pipe holds', big, 'export --format json', 0],
    ['help', good, '--help', 0],
  ])('%s', async (_, folder, command, code) => {
    const { stdout, stderr } = await shell(folder, `$KEYTURN ${command} | true; echo "\${PIPESTATUS[0]}"`);
    expect({ stdout, stderr }).toEqual({ stdout: `${code}\n`, stderr: '' });
  });

  it('head has its line', async () => {
    const { stdout, stderr } = await shell(big, '$KEYTURN export --format json | head -1');
    expect({ stdout, stderr }).toEqual({ stdout: '{\n', stderr: '' });
  });

  it('of stderr', async () => {
    const { stdout } = await shell(bad, '$KEYTURN get OTHER 2>&1 >&- | true; echo "${PIPESTATUS[0]}"');
    expect(stdout).toBe('3\n');
  });
});

it.each(['export', 'check --json'])('a full disk is told, with 2: %s', async (command) => {
  expect(await shell(good, `$KEYTURN ${command} > /dev/full`)).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: ENOSPC: no space left on device, write\n',
  });
});
