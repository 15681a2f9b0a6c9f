import { Console } from 'node:console';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  type AuditSink,
  as,
  auditFile,
  auditLogger,
  auditStdout,
  createResolver,
  memory,
  type Resolver,
} from 'keyturn';
import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import { auditFolder, headsFile, KEY } from '../../packages/keyturn/test/support/audit.ts';
import { FINGERPRINT_KEY, kinds, leaking, textOf } from './audit.ts';

afterEach(() => vi.restoreAllMocks());

/** What was written, chunk by chunk. */
function collector() {
  const written: string[] = [];
  const write = (chunk: unknown, _encoding: unknown, done: () => void) => {
    written.push(String(chunk));
    done();
  };
  return { stream: new Writable({ write }), text: () => written.join('') };
}

/** Every place that an audit goes to, with what is there once `use` has used the resolver. */
async function recorded(
  value: string | Uint8Array,
  use: (resolver: Resolver) => Promise<unknown>,
): Promise<Record<string, string>> {
  const [forPino, forWinston, forConsole] = [collector(), collector(), collector()];
  const given: unknown[] = [];
  const stdout: string[] = [];
  const print = vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown, ...rest: unknown[]) => {
    stdout.push(String(text));
    for (const done of rest) if (typeof done === 'function') done();
    return true;
  });
  const transports = [new winston.transports.Stream({ stream: forWinston.stream })];
  const resolver = resolverOf(value, [
    auditFile({ path: auditFolder(), fsync: 'never', signingKey: () => KEY.seed, heads: headsFile() }),
    auditLogger(pino({}, forPino.stream)),
    auditLogger(winston.createLogger({ format: winston.format.json(), transports })),
    auditLogger(new Console(forConsole.stream)),
    auditStdout(),
    { title: 'function', awaited: false, write: (events, dropped) => void given.push(events, dropped) },
  ]);
  await use(resolver);
  await resolver.close();
  print.mockRestore();
  const segments = readdirSync(auditFolder()).map((name) =>
    readFileSync(join(auditFolder(), name), 'latin1'),
  );
  return {
    'the file': segments.join(''),
    'its heads': readFileSync(headsFile(), 'latin1'),
    pino: forPino.text(),
    winston: forWinston.text(),
    console: forConsole.text(),
    stdout: stdout.join(''),
    'a function': JSON.stringify(given),
  };
}

function resolverOf(value: string | Uint8Array, sinks: readonly AuditSink[]): Resolver {
  const store = memory();
  store.set('key', value, { version: 'v1' });
  store.set('denied', value);
  store.fail('denied', { code: 'AccessDenied', message: textOf(value) });
  return createResolver({
    providers: { app: store },
    retry: false,
    allowDefaults: true,
    environment: 'production',
    audit: { sinks, reveals: true, fingerprintKey: () => FINGERPRINT_KEY, app: { name: 'shop' } },
    onWarning: () => {},
  });
}

/** Each way to a value, and each way to miss it. */
async function useAll(resolver: Resolver, value: string | Uint8Array): Promise<void> {
  const text = textOf(value);
  const { signal } = new AbortController();
  const manifest = {
    KEY: { ref: 'app://key', as: as.bytes() },
    OPEN: { ref: 'app://key', as: as.bytes(), sensitive: false },
    DEFAULT: { ref: 'app://none', default: text },
    ABSENT: { ref: 'app://none', optional: true },
  } as const;
  const given = await resolver.resolve(manifest, { signal });
  for (const secret of [given.KEY, given.DEFAULT]) secret.reveal();
  await resolver.resolveWithMetadata(manifest);
  const failing = {
    NUMBER: { ref: 'app://key', as: as.port() },
    FIELD: 'app://key#field',
    DENIED: 'app://denied',
  };
  await expect(resolver.resolve({ GUARDED: { ref: 'app://key', requireReason: true } })).rejects.toThrow(
    'Refused',
  );
  const { failures } = await resolver.resolveSettled(failing);
  expect(failures.map(({ name }) => name)).toEqual(['NUMBER', 'FIELD', 'DENIED']);
  for (const wrong of [text, `postgres://u:${text}@host/db`]) {
    await expect(resolver.resolve(wrong)).rejects.toThrow('InvalidReference');
  }
  const options = { as: as.bytes(), isRejected: () => false };
  await resolver.withSecret('app://key', (secret) => secret.reveal(), options);
}

describe.each(kinds)('a value that is %s', (_, value) => {
  it('is found in each place of an audit where it is planted', async () => {
    const places = await recorded(value, async (resolver) => {
      await resolver.resolve({ KEY: { ref: 'app://key', as: as.bytes() } }, { reason: textOf(value) });
      await resolver.close();
      appendFileSync(headsFile(), `${textOf(value)}\n`, 'latin1');
    });
    expect(leaking(places)).toEqual(Object.keys(places));
  });

  it('is in none of them, whatever happens to it', async () => {
    const places = await recorded(value, (resolver) => useAll(resolver, value));
    for (const text of Object.values(places)) expect(text.length).toBeGreaterThan(100);
    expect(places['a function']?.match(/"action":"reveal"/g)?.length).toBeGreaterThan(1);
    expect(places['a function']).toContain('"fingerprint":"hmac-sha256:');
    expect(leaking(places)).toEqual([]);
  });
});
