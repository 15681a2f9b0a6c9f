import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AuditFileOptions,
  auditFile,
  createResolver,
  defineConfig,
  load,
  memory,
  ResolveError,
} from '../src/index.ts';
import { auditFolder, folder, headsFile, KEY, publicKeyFile, records, signed } from './support/audit.ts';
import { keyturn, project } from './support/cli.ts';

/** A config with an audit file that signs, and the sink itself. */
function audited(options: Partial<AuditFileOptions> = {}) {
  const sink = auditFile({ path: auditFolder(), fsync: 'never', heads: headsFile(), ...signed, ...options });
  const config = defineConfig({
    environment: 'production',
    environments: { production: { providers: { app: memory({ db: 'canary-db', api: 'canary-api' }) } } },
    audit: { sinks: [sink], reveals: true },
    secrets: { DB: 'app://db', API: 'app://api' },
  });
  return { sink, config };
}

/** The events on the record, in the order of the segments. */
function recorded(from = auditFolder()): string[] {
  return records(from).flatMap(({ event }) => {
    const { action, name, outcome, source } = Object(event);
    return event ? [[action, name, outcome, source].filter(Boolean).join(' ')] : [];
  });
}

/** What an auditor sees who has the folder, the heads and the public key. */
async function verdict(path = auditFolder()) {
  const given = ['--public-key', publicKeyFile(KEY), '--head', headsFile()];
  const { code, stdout } = await keyturn(folder, ['audit', 'verify', path, '--json', ...given]);
  const { ok, problems, segments } = JSON.parse(stdout);
  return { code, ok, problems, closed: segments.map(({ closed }: { closed: boolean }) => closed) };
}

const WARNING = (path: string) =>
  `audit file ${path} failed (the audit in ${path} could not be written: it does not exist: create it, or correct the path): events are missing from it until it works again`;
const LOADED = ['resolve DB ok store', 'resolve API ok store'];

describe('load(config) with an audit file', () => {
  it('puts two loads after each other on one sink, and both at once', async () => {
    const { config } = audited();
    await load(config);
    expect(recorded()).toEqual(LOADED);
    await load(config);
    expect(recorded()).toEqual([...LOADED, ...LOADED]);
    expect(await verdict()).toEqual({ code: 0, ok: true, problems: [], closed: [true, true] });
    await Promise.all([load(config), load(config)]);
    expect(recorded()).toEqual([...LOADED, ...LOADED, ...LOADED, ...LOADED]);
    expect(await verdict()).toMatchObject({ code: 0, ok: true, problems: [] });
  });

  it('records what is revealed after it has closed its resolver', async () => {
    const { sink, config } = audited();
    const secrets = await load(config);
    expect(await verdict()).toMatchObject({ ok: true, closed: [true] });
    expect(secrets.DB.reveal()).toBe('canary-db');
    const all = [...LOADED, 'reveal DB ok store'];
    await expect.poll(() => recorded()).toEqual(all);
    await sink.close?.();
    expect(recorded()).toEqual(all);
    expect(await verdict()).toEqual({ code: 0, ok: true, problems: [], closed: [true, true] });
  });

  it('refuses every secret while there is no folder for it, and none once there is', async () => {
    const path = join(folder, 'disk', 'audit');
    const warnings: string[] = [];
    const { config } = audited({ path, onFailure: 'refuse' });
    const warned = { ...config, onWarning: ({ message }: { message: string }) => warnings.push(message) };
    const refused = await load(warned).catch((error: unknown) => error);
    if (!(refused instanceof ResolveError)) throw refused;
    const message = `audit file ${path} has not recorded the access, and nothing is handed out without`;
    expect(refused.failures).toMatchObject([
      { name: 'DB', code: 'Refused', message },
      { name: 'API', code: 'Refused', message },
    ]);
    expect(existsSync(path)).toBe(false);
    expect(warnings).toEqual([WARNING(path)]);
    mkdirSync(join(folder, 'disk'));
    const secrets = await load(config);
    expect([secrets.DB.reveal(), recorded(path)]).toEqual(['canary-db', LOADED]);
    expect(await verdict(path)).toMatchObject({ code: 0, ok: true, problems: [] });
  });
});

describe('a resolver with an audit file', () => {
  it('records hits of the cache as it records reads, and refuses both', async () => {
    const path = join(folder, 'disk', 'audit');
    mkdirSync(join(folder, 'disk'));
    const sink = auditFile({ path, fsync: 'never', heads: headsFile(), ...signed, onFailure: 'refuse' });
    const store = memory({ db: 'canary-db' });
    const warnings: string[] = [];
    const resolver = createResolver({
      providers: { app: store },
      audit: { sinks: [sink] },
      onWarning: ({ message }) => warnings.push(message),
    });
    const secret = () => resolver.resolve('app://db').then((given) => given.reveal());
    expect([await secret(), await secret()]).toEqual(['canary-db', 'canary-db']);
    expect(recorded(path)).toEqual(['resolve app://db ok store', 'resolve app://db ok cache']);
    rmSync(join(folder, 'disk'), { recursive: true });
    await expect(secret()).rejects.toThrow('app://db: Refused: audit file');
    await expect(secret()).rejects.toThrow('app://db: Refused: audit file');
    mkdirSync(join(folder, 'disk'));
    expect(await secret()).toBe('canary-db');
    await resolver.close();
    expect(store.calls.length).toBe(1);
    expect(warnings).toEqual([WARNING(path)]);
    expect(recorded(path)).toEqual(['resolve app://db ok cache']);
    // Of what was refused, the number is on the record.
    expect(records(path).flatMap(({ kind, count }) => (kind === 'dropped' ? [count] : []))).toEqual([2]);
    const removed = { what: 'missing', message: expect.stringContaining('goes on from its record 3') };
    expect(await verdict(path)).toMatchObject({ code: 1, problems: [removed], closed: [true] });
  });
});

describe('a config with an audit file, under the command', () => {
  const CONFIG = `
import { auditFile, defineConfig, memory } from 'keyturn';
const sink = auditFile({ path: 'disk/audit', signingKey: { file: 'audit.pem' }, heads: 'heads', onFailure: 'refuse' });
export default defineConfig({
  environment: 'production',
  environments: { production: { providers: { app: memory({ db: 'canary-db' }) } } },
  audit: { sinks: [sink], reveals: true },
  secrets: { DB: 'app://db', NONE: { ref: 'app://none', optional: true } },
});`;
  const VERIFY = ['audit', 'verify', 'disk/audit', '--public-key', 'public.pem', '--head', 'heads'];

  it('records each command, by what the auditor can verify and show', async () => {
    const there = project({ 'keyturn.config.ts': CONFIG, 'audit.pem': KEY.privatePem });
    writeFileSync(join(there, 'public.pem'), KEY.publicPem);
    const get = ['get', 'DB', '--reveal', '--actor', 'ann', '--reason', 'OPS-1'];
    const refused = await keyturn(there, get);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toContain(
      'DB (app://db): Refused: audit file <folder>/disk/audit has not recorded the access',
    );
    mkdirSync(join(there, 'disk'));
    expect(await keyturn(there, get)).toEqual({ code: 0, stdout: 'canary-db', stderr: '' });
    const child = ['run', '--', process.execPath, '-p', 'process.env.DB.length'];
    expect(await keyturn(there, child)).toEqual({ code: 0, stdout: '9\n', stderr: '' });

    const { code, stdout, stderr } = await keyturn(there, VERIFY);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/intact.*/g)).toEqual(['intact, and closed', 'intact, and closed', 'intact']);
    const shown = await keyturn(there, ['audit', 'show', 'disk/audit', '--json']);
    const events = shown.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ action, name, source, actor }) => [action, name, source, actor])).toEqual([
      ['resolve', 'DB', 'store', 'ann'],
      ['reveal', 'DB', 'store', 'ann'],
      ['resolve', 'DB', 'store', undefined],
      ['resolve', 'NONE', 'absent', undefined],
      ['reveal', 'DB', 'store', undefined],
    ]);
  });
});
