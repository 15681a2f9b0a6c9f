import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningCli, startKeyturn } from '../../packages/keyturn/test/support/cli.ts';
import { forwardTo, startVaultServer, type VaultServer } from '../servers/vault-server.ts';
import { describeLive } from '../stores/live.ts';
import { type LiveVault, startVault } from '../stores/vault.ts';

const CONFIG = `
import { vault } from '@keyturn/vault';
import { defineConfig } from 'keyturn';

export default defineConfig({
  environment: 'live',
  environments: { live: { providers: { app: vault({ prefix: 'secret/' }) } } },
  deadline: '2s',
  timeout: '1s',
  secrets: { DB_USER: 'app://db#user', DB_PASSWORD: 'app://db#password', API_KEY: 'app://api#key' },
});
`;
const UP = `
  const { DB_USER, DB_PASSWORD, API_KEY } = process.env;
  console.log('up', process.pid, DB_USER, DB_PASSWORD, API_KEY);
  setInterval(() => {}, 1000);`;

await describeLive('keyturn run --watch on HashiCorp Vault', 'vault', () => {
  let live: LiveVault;
  let front: VaultServer;
  let folder: string;
  let token: string;

  beforeAll(async () => {
    live = await startVault();
    front = await startVaultServer(forwardTo(live.address));
    folder = mkdtempSync(join(tmpdir(), 'run-watch-'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'keyturn.config.js'), CONFIG);
    symlinkSync(new URL('../../node_modules', import.meta.url), join(folder, 'node_modules'));
    token = (await live.vault('token', 'create', '-policy=app', '-field=token')).trim();
  });
  afterAll(async () => {
    await front?.stop();
    await live?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  const allow = (path: string) => live.policy('app', { [path]: ['read'] });
  const until = (look: () => unknown) => expect.poll(look, { timeout: 120_000 }).toBeTruthy();
  const starts = (cli: RunningCli) =>
    [...cli.stdout().matchAll(/^up (\d+) (.*)$/gm)].map(([, , given]) => given);
  const isUp = (cli: RunningCli) => {
    const id = [...cli.stdout().matchAll(/^up (\d+)/gm)].at(-1)?.[1];
    return process.kill(Number(id), 0);
  };

  it('takes a new version over, lives through an outage and a denial, and ends with the command', async () => {
    await allow('secret/*');
    await live.put('secret/db', { user: 'canary-user', password: 'canary-1' });
    await live.put('secret/api', { key: 'canary-key' });
    const args = [
      'run',
      '--watch',
      '--interval',
      '100ms',
      '--settle',
      '50ms',
      '--',
      process.execPath,
      '-e',
      UP,
    ];
    const env = { VAULT_ADDR: front.address, VAULT_TOKEN: token };
    const cli = startKeyturn(folder, args, { env });

    await until(() => starts(cli).length === 1);
    await live.put('secret/db', { user: 'canary-user', password: 'canary-2' });
    await until(() => starts(cli).length === 2);
    expect(cli.stderr()).toBe('keyturn: DB_PASSWORD changed (version 2): restarting\n');

    const unpause = await live.pause();
    await until(() => cli.stderr().includes('Unavailable'));
    const seen = front.seen.length;
    await until(() => front.seen.length > seen + 4);
    expect({ starts: starts(cli).length, isUp: isUp(cli) }).toEqual({ starts: 2, isUp: true });
    await unpause();
    await live.put('secret/db', { user: 'canary-user-3', password: 'canary-3' });
    await until(() => starts(cli).length === 3);

    await allow('secret/data/db');
    await until(() => cli.stderr().includes('AccessDenied'));
    await live.put('secret/db', { user: 'canary-user-4', password: 'canary-4' });
    const before = front.seen.length;
    await until(() => front.seen.length > before + 8);
    expect({ starts: starts(cli).length, isUp: isUp(cli) }).toEqual({ starts: 3, isUp: true });
    await allow('secret/*');
    await until(() => starts(cli).length === 4);

    cli.process.kill('SIGTERM');
    const { code, stderr } = await cli.ended;
    expect(code).toBe(143);
    expect(starts(cli)).toEqual([
      'canary-user canary-1 canary-key',
      'canary-user canary-2 canary-key',
      'canary-user-3 canary-3 canary-key',
      'canary-user-4 canary-4 canary-key',
    ]);
    const goesOn = 'the command goes on with the values it has';
    expect(stderr.split('\n')).toEqual([
      'keyturn: DB_PASSWORD changed (version 2): restarting',
      expect.stringMatching(`^keyturn: DB_USER: Unavailable: .*; ${goesOn}$`),
      'keyturn: DB_USER changed (version 3), DB_PASSWORD changed (version 3): restarting',
      expect.stringMatching(`^keyturn: API_KEY: AccessDenied: .*; ${goesOn}$`),
      'keyturn: DB_USER changed (version 4), DB_PASSWORD changed (version 4): restarting',
      '',
    ]);
    expect(stderr).not.toContain('canary');
  });
});
