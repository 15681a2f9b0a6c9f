import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import {
  type AuditConfig,
  type AuditEvent,
  ConfigError,
  defineConfig,
  load,
  memory,
  openConfig,
  ResolveError,
} from '../src/index.ts';

const KEY = Buffer.alloc(32, 'a canary of a key');
const folder = mkdtempSync(join(tmpdir(), 'audit-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function sink() {
  const events: AuditEvent[] = [];
  const write = (more: readonly AuditEvent[]) => void events.push(...more);
  return { title: 'test', awaited: true, write, events };
}

/** A config with an audit of its own, and none in development; and with the one that an environment has. */
function configOf(audit: false | AuditConfig | undefined, own?: AuditConfig) {
  const warnings: string[] = [];
  const config = defineConfig({
    environment: 'production',
    environments: {
      production: { providers: { app: memory({ key: 'canary' }) }, ...(own && { audit: own }) },
      staging: { extends: 'production' },
      development: { extends: 'production', audit: false },
    },
    onWarning: ({ message }) => warnings.push(message),
    ...(audit !== undefined && { audit }),
    secrets: { KEY: 'app://key', GUARDED: { ref: 'app://key', requireReason: true } },
  });
  return { config, warnings };
}

const print = `hmac-sha256:${createHmac('sha256', KEY).update('canary').digest('hex')}`;
const CONTEXT = { actor: 'ann', reason: 'boot' };

describe('the audit of a config', () => {
  it('holds for all environments; an environment has its own, or none', async () => {
    const [shared, own] = [sink(), sink()];
    await load(configOf({ sinks: [shared] }).config, CONTEXT);
    expect(shared.events.splice(0)).toMatchObject([
      { name: 'KEY', environment: 'production', ...CONTEXT },
      { name: 'GUARDED', environment: 'production', ...CONTEXT },
    ]);
    const { config } = configOf({ sinks: [shared] }, { sinks: [own], actor: 'shop' });
    await load(config, { environment: 'staging', reason: 'boot' });
    await load(config, { environment: 'development', reason: 'boot' });
    expect(shared.events).toEqual([]);
    expect(own.events.map(({ environment, actor }) => [environment, actor])).toEqual([
      ['staging', 'shop'],
      ['staging', 'shop'],
    ]);
  });

  it('gives what requires a reason to who has one: load(), and load() of what is open', async () => {
    const { config } = configOf({ sinks: [sink()] });
    await expect(load(config)).rejects.toThrow(ResolveError);
    const app = openConfig(config);
    await expect(app.load()).rejects.toThrow('GUARDED (app://key): Refused: is only given for a reason');
    expect((await app.load({ reason: 'ticket 7' })).GUARDED.reveal()).toBe('canary');
    await app.close();
  });

  const file = join(folder, 'key');
  writeFileSync(file, KEY.toString('base64'));
  it.each([
    ['a variable', { env: 'AUDIT_KEY' }],
    ['a file', { file }],
    ['a function', () => KEY],
  ])('takes the key of its fingerprints from %s', async (_, fingerprintKey) => {
    vi.stubEnv('AUDIT_KEY', KEY.toString('hex'));
    const { events, ...rest } = sink();
    const { config, warnings } = configOf({ sinks: [rest], fingerprintKey });
    await load(config, CONTEXT);
    expect([warnings, events.map(({ fingerprint }) => fingerprint)]).toEqual([[], [print, print]]);
  });

  it('finds a key file from where the config was opened', async () => {
    const { events, ...rest } = sink();
    const { config } = configOf({ sinks: [rest], fingerprintKey: { file: 'key' } });
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
    const app = openConfig(config);
    cwd.mockRestore();
    await app.load(CONTEXT);
    expect(events.map(({ fingerprint }) => fingerprint)).toEqual([print, print]);
    await app.close();
  });

  it('says what is wrong with the key when it is read', async () => {
    vi.stubEnv('AUDIT_KEY', 'canary');
    const { events, ...rest } = sink();
    const { config, warnings } = configOf({ sinks: [rest], fingerprintKey: { env: 'AUDIT_KEY' } });
    await load(config, CONTEXT);
    expect(warnings).toEqual([
      'there is no key for fingerprints, so events are without: audit.fingerprintKey: the variable AUDIT_KEY holds no key: it has to hold 32 bytes as base64 or hex: `openssl rand -base64 32` makes one',
    ]);
    expect(events.map(({ fingerprint }) => fingerprint)).toEqual([undefined, undefined]);
  });

  it('is checked with all else, each mistake at its place', () => {
    const wrong = { sinks: [], fingerprintKey: 'canary' } as never;
    const form = 'write { env: "NAME" }, { file: "path" } or a function that gives 32 bytes';
    const sinks = 'audit.sinks: names no sink: write [auditFile(…)], or audit: false';
    expect(() => openConfig(configOf(wrong).config)).toThrow(
      new ConfigError([
        { place: 'audit.fingerprintKey', message: `is no source of a key: ${form}` },
        { place: 'audit.sinks', message: sinks.slice('audit.sinks: '.length) },
      ]),
    );
    const { config } = configOf(undefined, wrong);
    expect(() => openConfig(config, { environment: 'staging' })).toThrow(
      `environments.production.audit.fingerprintKey: is no source of a key: ${form}\nenvironments.production.${sinks}`,
    );
    const text = { sinks: [sink()], fingerprintKey: { env: 'A=B' } };
    expect(() => openConfig(configOf(text).config)).toThrow(
      'audit.fingerprintKey.env: is no name of a variable',
    );
    expect(() => openConfig(configOf('yes' as never).config)).toThrow(
      'audit: is no object: write { sinks: [auditFile(…)] }, or false',
    );
  });
});
