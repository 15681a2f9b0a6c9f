import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '@keyturn/core';
import { afterEach, beforeEach } from 'vitest';
import { type AuditFileOptions, auditFile, type VerifyAuditOptions, verifyAudit } from '../../src/index.ts';

/** A folder for each test of the file that imports this: the audit is in `audit`, heads and keys are beside it. */
export let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

export const auditFolder = () => join(folder, 'audit');
export const headsFile = () => join(folder, 'heads');

/** A key pair of Ed25519 that is made of a byte. */
export function keyPair(byte: number) {
  const seed = Buffer.alloc(32, byte);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    seed,
    privatePem: String(key.export({ type: 'pkcs8', format: 'pem' })),
    publicPem: String(createPublicKey(key).export({ type: 'spki', format: 'pem' })),
  };
}

export const KEY = keyPair(7);

export function publicKeyFile(...keys: readonly { readonly publicPem: string }[]): string {
  const file = join(folder, 'public.pem');
  writeFileSync(file, keys.map(({ publicPem }) => publicPem).join(''));
  return file;
}

let events = 0;

export function event(name: string, more: Partial<AuditEvent> = {}): AuditEvent {
  events += 1;
  return {
    schema: 1,
    id: `00000000-0000-4000-8000-${String(events).padStart(12, '0')}`,
    time: new Date().toISOString(),
    action: 'resolve',
    name,
    reference: `app://${name}`,
    provider: 'app',
    kind: 'memory',
    outcome: 'ok',
    durationMs: 1,
    environment: 'production',
    process: { pid: process.pid, host: 'canary-host', command: 'node app.js' },
    ...more,
  };
}

export const signed = { signingKey: () => KEY.seed } as const satisfies Partial<AuditFileOptions>;

export const opened = (options: Partial<AuditFileOptions> = {}) =>
  auditFile({ path: auditFolder(), fsync: 'never', ...options });

/** Writes events of these names, one after the other, and closes. */
export async function written(
  names: readonly string[],
  options: Partial<AuditFileOptions> = {},
): Promise<void> {
  const sink = opened(options);
  for (const name of names) await sink.write([event(name)], 0);
  await sink.close?.();
}

export const files = (from = auditFolder()) => readdirSync(from).sort();
export const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1);

/** The records of all segments, in the order of the segments. */
export function records(from = auditFolder()): Record<string, unknown>[] {
  return files(from).flatMap((file) => linesOf(join(from, file)).map((line) => JSON.parse(line)));
}

export const kinds = (from = auditFolder()) => records(from).map(({ kind }) => kind);

export const names = (from = auditFolder()) => namesOf(records(from));

/** The names of the events among these records. */
export function namesOf(from: readonly Record<string, unknown>[]): string[] {
  return from.flatMap(({ event: each }) =>
    typeof each === 'object' && each !== null && 'name' in each ? [String(each.name)] : [],
  );
}

export const verified = (more: Partial<VerifyAuditOptions> = {}) =>
  verifyAudit({ paths: [auditFolder()], ...more });
