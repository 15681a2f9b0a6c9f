import '../servers/gcp-trust.ts'; // before gRPC is loaded

import { createResolver, type Locator, type Provider } from '@keyturn/core';
import { gcpSecretManager } from '@keyturn/gcp-secret-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../servers/certificates.ts';
import { type GcpEmulator, startGcpEmulator } from '../servers/gcp-emulator.ts';
import { type GcpServer, startGcpServer } from '../servers/gcp-grpc.ts';
import { type MetadataServer, startMetadataServer } from '../servers/gcp-metadata.ts';
import { type GcpStore, secretManager } from '../servers/gcp-secret-manager.ts';
import { trust } from '../servers/gcp-trust.ts';
import { describeLive } from '../stores/live.ts';

const UNICODE = 'canary: ä€😀\u0000\t"\\\n';
const BYTES = Buffer.from([0, 255, 254]);
const BIG = Buffer.alloc(64 * 1024, 'canary-');
const MANY = Array.from({ length: 100 }, (_, index) => `many-${index}`);

const STORE: GcpStore = {
  'projects/app/secrets/db': { versions: [{ value: 'canary-1' }, { value: 'canary-2' }] },
  'projects/app/secrets/unicode': { versions: [{ value: UNICODE }] },
  'projects/app/secrets/bytes': { versions: [{ value: BYTES }] },
  'projects/app/secrets/big': { versions: [{ value: BIG }] },
  'projects/app/secrets/middle': {
    versions: [{ value: 'canary-1' }, { value: 'canary-2', state: 'DISABLED' }, { value: 'canary-3' }],
  },
  'projects/app/secrets/newest': {
    versions: [{ value: 'canary-1' }, { value: 'canary-2', state: 'DISABLED' }],
  },
  'projects/app/secrets/destroyed': { versions: [{ value: 'x', state: 'DESTROYED' }] },
  'projects/other/secrets/db': { versions: [{ value: 'canary-other' }] },
  ...Object.fromEntries(
    MANY.map((name) => [`projects/app/secrets/${name}`, { versions: [{ value: `canary-${name}` }] }]),
  ),
};

const signal = AbortSignal.timeout(300_000);
const locator = (path: string, version?: string): Locator => ({
  path,
  params: version === undefined ? {} : { version },
});

/** What both answer alike. */
function reads(provider: () => Provider): void {
  const fetch = async (path: string, version?: string) =>
    (await provider().fetch([locator(path, version)], { signal, warn() {} }))[0];
  const found = (value: string | Buffer, version: string) => ({
    ok: true,
    value: { value: Buffer.from(value), metadata: { version } },
  });

  it('reads values as they were put', async () => {
    expect(await fetch('unicode')).toEqual(found(UNICODE, '1'));
    expect(await fetch('bytes')).toEqual(found(BYTES, '1'));
    expect(await fetch('big')).toEqual(found(BIG, '1'));
  });

  it('reads the newest version, or the one that is asked for, of any project', async () => {
    expect(await fetch('db')).toEqual(found('canary-2', '2'));
    expect(await fetch('db', '1')).toEqual(found('canary-1', '1'));
    expect(await fetch('projects/other/secrets/db')).toEqual(found('canary-other', '1'));
  });

  it('tells what is missing from what is disabled or destroyed', async () => {
    expect(await fetch('none')).toMatchObject({ ok: false, code: 'NotFound' });
    expect(await fetch('db', '3')).toMatchObject({ ok: false, code: 'NotFound' });
    expect(await fetch('middle', '2')).toMatchObject({ ok: false, code: 'Disabled' });
    expect(await fetch('destroyed', '1')).toMatchObject({ ok: false, code: 'Disabled' });
  });

  it('describes what it reads', async () => {
    expect(await provider().describe?.([locator('db', '1')], { signal })).toEqual([
      { ok: true, value: { version: '1', createdAt: expect.any(Date), tags: {} } },
    ]);
    expect(await provider().describe?.([locator('none')], { signal })).toMatchObject([
      { ok: false, code: 'NotFound' },
    ]);
  });

  it('reads 100 secrets by one resolve()', async () => {
    const resolver = createResolver({ providers: { gcp: provider() } });
    const secrets = await resolver.resolve(Object.fromEntries(MANY.map((name) => [name, `gcp://${name}`])));
    expect(MANY.map((name) => secrets[name]?.reveal())).toEqual(MANY.map((name) => `canary-${name}`));
    await resolver.close();
  });
}

describe('Google Secret Manager: protocol server', () => {
  let server: GcpServer;
  let metadata: MetadataServer;
  let provider: Provider;

  beforeAll(async () => {
    const { ca, server: tls } = await makeCertificates('localhost');
    trust(ca);
    metadata = await startMetadataServer();
    Object.assign(process.env, metadata.env);
    server = await startGcpServer(secretManager(STORE), { tls });
    provider = gcpSecretManager({ project: 'app', endpoint: `localhost:${server.port}` });
  });
  afterAll(async () => {
    for (const name of Object.keys(metadata?.env ?? {})) delete process.env[name];
    await provider?.[Symbol.asyncDispose]?.();
    await server?.stop();
    await metadata?.stop();
  });

  reads(() => provider);

  it('is asked 100 times for 100 secrets, over one connection', async () => {
    const before = server.count();
    const resolver = createResolver({ providers: { gcp: provider } });
    await resolver.resolve(Object.fromEntries(MANY.map((name) => [name, `gcp://${name}`])));
    expect(server.count() - before).toBe(100);
    await expect.poll(server.connections).toBe(1);
    await resolver.close();
  });

  it('takes `latest` for the newest version, which may be disabled', async () => {
    const [outcome] = await provider.fetch([locator('newest')], { signal, warn() {} });
    expect(outcome).toMatchObject({ ok: false, code: 'Disabled' });
  });
});

await describeLive('Google Secret Manager: emulator', 'gcp-secret-manager', () => {
  let emulator: GcpEmulator;
  let provider: Provider;

  beforeAll(async () => {
    emulator = await startGcpEmulator();
    await emulator.seed(STORE);
    provider = gcpSecretManager({ project: 'app', client: emulator.client });
  });
  afterAll(async () => {
    await emulator?.stop();
  });

  reads(() => provider);

  // A difference of the emulator's: Google answers FAILED_PRECONDITION.
  it('takes `latest` for the newest version that is enabled', async () => {
    expect(await provider.fetch([locator('newest')], { signal, warn() {} })).toMatchObject([
      { ok: true, value: { value: Buffer.from('canary-1') } },
    ]);
  });
});
