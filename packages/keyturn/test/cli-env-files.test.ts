import { chmodSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyturn, project } from './support/cli.ts';

describe('.env files that cannot be read', () => {
  const withEnv = (files: Record<string, string | Uint8Array> = {}) =>
    project({
      ...files,
      'keyturn.config.js': `
        import { dotenv } from 'keyturn';
        export default {
          environments: { a: { providers: { app: dotenv() } } },
          secrets: { KEY: 'app://KEY', OPTIONAL: { ref: 'app://OPTIONAL', optional: true } },
        };`,
    });

  async function told(folder: string): Promise<unknown> {
    const { code, stdout } = await keyturn(folder, ['check', '--env', 'a', '--json'], { unprivileged: true });
    const { secrets } = JSON.parse(stdout);
    return [code, ...secrets.map((secret: Record<string, unknown>) => `${secret.code}: ${secret.message}`)];
  }
  const both = (message: string) => [1, message, message];

  it('unreadable', async () => {
    const folder = withEnv({ '.env': 'KEY=canary\n' });
    chmodSync(join(folder, '.env'), 0);
    expect(await told(folder)).toEqual(both('AccessDenied: .env may not be read by this user'));
  });

  it('a directory', async () => {
    const folder = withEnv();
    mkdirSync(join(folder, '.env'));
    expect(await told(folder)).toEqual(both('Misconfigured: .env is a directory, not a file'));
  });

  it('UTF-16', async () => {
    const folder = withEnv({ '.env': Buffer.from('\ufeffKEY=canary\n', 'utf16le') });
    expect(await told(folder)).toEqual(both('InvalidValue: .env is UTF-16; save it as UTF-8'));
  });

  it('a malformed line', async () => {
    const folder = withEnv({ '.env': 'KEY=canary\ncanary without a name\n' });
    expect(await told(folder)).toEqual(
      both('InvalidValue: .env:2: expected NAME=value, with a name of A-Z, a-z, 0-9, "_", "." and "-"'),
    );
  });

  it('none is an absence, and so is a name in none', async () => {
    expect(await told(withEnv())).toEqual([
      1,
      'NotFound: there is no .env.local or .env in <folder>',
      'undefined: undefined',
    ]);
    const folder = withEnv({ '.env': 'KEY=canary\n' });
    const written = new Date('2026-03-04T05:06:07Z');
    utimesSync(join(folder, '.env'), written, written);
    const { stdout } = await keyturn(folder, ['check', '--env', 'a', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      environment: 'a',
      ok: true,
      secrets: [
        {
          name: 'KEY',
          ok: true,
          source: 'store',
          reference: 'app://KEY',
          provider: 'app',
          kind: 'dotenv',
          createdBefore: '2026-03-04T05:06:07.000Z',
        },
        {
          name: 'OPTIONAL',
          ok: true,
          source: 'absent',
          reference: 'app://OPTIONAL',
          provider: 'app',
          kind: 'dotenv',
        },
      ],
    });
  });
});
