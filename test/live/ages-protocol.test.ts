import '../servers/gcp-trust.ts'; // before gRPC is loaded

import { azureKeyVault } from '@keyturn/azure-key-vault';
import { createResolver, type Provider, type Resolver, type RotationOptions } from '@keyturn/core';
import { gcpSecretManager } from '@keyturn/gcp-secret-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { createCredential } from '../servers/azure-credential.ts';
import { fault, type KeyVaultServer, type Script, startKeyVault } from '../servers/azure-key-vault.ts';
import { reachable } from '../servers/azure-network.ts';
import { makeCertificates } from '../servers/certificates.ts';
import { type GcpServer, startGcpServer } from '../servers/gcp-grpc.ts';
import { startMetadataServer } from '../servers/gcp-metadata.ts';
import { type GcpStore, secretManager } from '../servers/gcp-secret-manager.ts';
import { trust } from '../servers/gcp-trust.ts';
import { agesOver, laterBy } from './ages.ts';

const OLD = new Date('2026-01-01T00:00:00Z');
const NEW = new Date('2026-07-01T00:00:00Z');
const EDITED = new Date('2026-07-31T00:00:00Z');
const NOW = new Date('2026-08-01T00:00:00Z');
const POLICY: RotationOptions = { maxAge: '90d', warnAt: '80d' };

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function open(app: Provider, rotation = POLICY): Resolver {
  const resolver = createResolver({ providers: { app }, rotation, retry: false });
  stops.push(() => resolver.close());
  return resolver;
}

/** Each name with verdict and reason. */
async function verdicts(resolver: Resolver, ...names: string[]): Promise<(string | undefined)[][]> {
  const manifest = Object.fromEntries(names.map((name) => [name, `app://${name}`]));
  const statuses = await resolver.rotation(manifest, { now: NOW });
  return statuses.map(({ name, verdict, reason }) => [name, verdict, reason]);
}

const OVERDUE = 'created 2026-01-01; its maxAge ended on 2026-04-01';

describe('Azure Key Vault', () => {
  async function start(script?: Script): Promise<{ server: KeyVaultServer; app: Provider }> {
    const server = await startKeyVault(script && { script });
    stops.push(server.stop, reachable(server));
    return { server, app: azureKeyVault({ vaultUrl: server.url, credential: createCredential() }) };
  }

  it('a version is as old as its creation, however late it was edited, and no value is read', async () => {
    const { server, app } = await start();
    server.set('old', 'canary', { created: OLD, updated: EDITED });
    server.set('rotated', 'canary-1', { created: OLD });
    server.set('rotated', 'canary-2', { created: NEW });
    server.set('ends', 'canary', { created: NEW, expires: laterBy(NOW, 14) });
    server.set('ended', 'canary', { created: NEW, expires: NOW });
    const resolver = open(app);
    expect(await verdicts(resolver, 'old', 'rotated', 'ends', 'ended')).toEqual([
      ['old', 'overdue', OVERDUE],
      ['rotated', 'fresh', undefined],
      ['ends', 'due', 'expires on 2026-08-15'],
      ['ended', 'overdue', 'expired on 2026-08-01'],
    ]);
    expect(await agesOver(resolver, 'app://rotated', NEW)).toEqual(['fresh', 'due', 'due', 'overdue']);
    const paths = new Set(server.requests.map(({ path }) => path));
    expect([...paths].filter((path) => !/^\/secrets\/\w+\/versions$/.test(path))).toEqual([]);
  });

  it('without the permission `list` is unknown', async () => {
    const denied = fault(403, 'Forbidden', { inner: 'AccessDenied' });
    const { server, app } = await start(({ token, path }) =>
      token !== undefined && path.endsWith('/versions') ? denied : undefined,
    );
    server.set('old', 'canary', { created: OLD });
    const resolver = open(app, { ...POLICY, onOverdue: 'refuse' });
    expect(await verdicts(resolver, 'old')).toEqual([
      ['old', 'unknown', expect.stringMatching(/^AccessDenied: /)],
    ]);
    // What a read brings along needs no such permission.
    await expect(resolver.resolve('app://old')).rejects.toThrow('Refused: is overdue for rotation');
  });
});

describe('Google Secret Manager', () => {
  const store: GcpStore = {
    'projects/app/secrets/old': { versions: [{ value: 'canary', createTime: OLD }] },
    'projects/app/secrets/rotated': {
      versions: [
        { value: 'canary-1', createTime: OLD },
        { value: 'canary-2', createTime: NEW },
      ],
    },
    'projects/app/secrets/planned': {
      versions: [{ value: 'canary', createTime: NEW }],
      nextRotationTime: laterBy(NOW, 14),
    },
    'projects/app/secrets/ended': { versions: [{ value: 'canary', createTime: NEW }], expireTime: NOW },
  };

  async function start(): Promise<{ server: GcpServer; app: Provider }> {
    const certificates = await makeCertificates('localhost');
    trust(certificates.ca);
    const metadata = await startMetadataServer([]);
    stops.push(metadata.stop);
    const before = { ...process.env };
    Object.assign(process.env, metadata.env, { HOME: '/nonexistent' });
    stops.push(() => {
      for (const name of [...Object.keys(metadata.env), 'HOME']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    });
    const server = await startGcpServer(secretManager(store), { tls: certificates.server });
    stops.push(server.stop);
    return { server, app: gcpSecretManager({ project: 'app', endpoint: `localhost:${server.port}` }) };
  }

  it('a version is as old as its creation, and no value is read', async () => {
    const { server, app } = await start();
    const resolver = open(app);
    expect(await verdicts(resolver, 'old', 'rotated', 'planned', 'ended')).toEqual([
      ['old', 'overdue', OVERDUE],
      ['rotated', 'fresh', undefined],
      ['planned', 'due', 'its store asks for a rotation by 2026-08-15'],
      ['ended', 'overdue', 'expired on 2026-08-01'],
    ]);
    expect(await agesOver(resolver, 'app://rotated', NEW)).toEqual(['fresh', 'due', 'due', 'overdue']);
    expect(server.count('AccessSecretVersion')).toBe(0);
  });

  it('a resolve asks for the date once, since a read does not bring it along', async () => {
    const { server, app } = await start();
    const resolver = open(app, { maxAge: '1d', onOverdue: 'refuse' });
    for (let round = 0; round < 3; round += 1) {
      await expect(resolver.resolve('app://old', {})).rejects.toThrow('Refused: is overdue for rotation');
    }
    expect([server.count('AccessSecretVersion'), server.count('GetSecretVersion')]).toEqual([1, 1]);
  });
});
