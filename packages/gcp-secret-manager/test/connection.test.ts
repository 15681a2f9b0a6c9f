import '../../../test/servers/gcp-trust.ts'; // before gRPC is loaded

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { credentials } from '@grpc/grpc-js';
import { describe, expect, it, vi } from 'vitest';
import { makeCertificates } from '../../../test/servers/certificates.ts';
import { startConnectProxy } from '../../../test/servers/gcp-connect-proxy.ts';
import { always, fail, firstOf, type Script, startGcpServer } from '../../../test/servers/gcp-grpc.ts';
import { secretManager } from '../../../test/servers/gcp-secret-manager.ts';
import { gcpSecretManager } from '../src/index.ts';
import {
  afterTest,
  certificates,
  failureOf,
  locator,
  logIn,
  options,
  startStore,
  withoutGoogleSettings,
} from './harness.ts';

const REGIONAL = 'projects/app/locations/europe-west3/secrets/db';
const store = secretManager({
  'projects/app/secrets/db': { versions: [{ value: 'canary' }] },
  [REGIONAL]: { versions: [{ value: 'canary-regional' }] },
});

describe('our own client', () => {
  it('names us and the version that package.json has', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    const { provider, server } = await startStore(store);
    await provider.fetch([locator('db')], options);
    expect(server.calls[0]?.headers.get('user-agent')).toEqual([
      expect.stringMatching(`^keyturn/${version} grpc-node-js/`),
    ]);
  });

  it('dials nothing before the first read', async () => {
    const { provider, server, metadata } = await startStore(store);
    provider.check?.(locator('db'));
    await provider[Symbol.asyncDispose]?.();
    expect([server.connections(), metadata.logins()]).toEqual([0, 0]);
  });

  it('is one for all reads, with one login, and opened again after disposal', async () => {
    const { provider, server, metadata } = await startStore(store);
    const reads = Array.from({ length: 100 }, () => provider.fetch([locator('db')], options));
    expect(await Promise.all(reads)).toHaveLength(100);
    expect([server.count(), server.connections(), metadata.logins()]).toEqual([100, 1, 1]);
    expect(metadata.requests).toHaveLength(1);
    await provider[Symbol.asyncDispose]?.();
    await provider[Symbol.asyncDispose]?.();
    await expect.poll(server.connections).toBe(0);
    expect(await provider.fetch([locator('db')], options)).toMatchObject([{ ok: true }]);
    expect(server.connections()).toBe(1);
  });

  it('leaves retries to core', async () => {
    const { provider, server } = await startStore(always(fail('UNAVAILABLE')));
    expect(await failureOf(provider)).toMatchObject({ code: 'Unavailable' });
    expect(server.count()).toBe(1);
    expect(provider.retries).toBeUndefined();
  });

  it('reads again within moments when a server comes back', async () => {
    const { provider, server } = await startStore(store);
    await provider.fetch([locator('db')], options);
    await server.stop();
    await expect
      .poll(() => failureOf(provider))
      .toMatchObject({
        code: 'Unavailable',
        message: 'nothing accepts connections at the endpoint',
      });
    const { port } = server;
    const again = await startGcpServer(store, { tls: certificates.server, port });
    afterTest(again.stop);
    // Left alone, gRPC would not dial for at least a second.
    const read = () => provider.fetch([locator('db')], options).catch(() => []);
    await expect.poll(read, { timeout: 900, interval: 20 }).toMatchObject([{ ok: true }]);
  });
});

describe('endpoints', () => {
  it("are Google's own, global and regional, through the proxy that gRPC is told of", async () => {
    await logIn();
    const server = await startGcpServer(store, { tls: certificates.server });
    afterTest(server.stop);
    const proxy = await startConnectProxy(server.port);
    afterTest(proxy.stop);
    vi.stubEnv('grpc_proxy', proxy.url);
    const provider = gcpSecretManager({ project: 'app' });
    afterTest(async () => provider[Symbol.asyncDispose]?.());
    for (const path of ['db', REGIONAL, 'db', REGIONAL]) {
      expect(await provider.fetch([locator(path)], options)).toMatchObject([{ ok: true }]);
    }
    expect(proxy.targets).toEqual([
      'secretmanager.googleapis.com:443',
      'secretmanager.europe-west3.rep.googleapis.com:443',
    ]);
    await provider[Symbol.asyncDispose]?.();
    await expect.poll(server.connections).toBe(0);
  });

  it.each([
    ['localhost:1', 'nothing accepts connections at the endpoint'],
    ['name.invalid', 'DNS gives no address for the endpoint: check the option `endpoint`, or the location'],
  ])('%s cannot be reached', async (endpoint, message) => {
    const { provider } = await startStore(store, { endpoint });
    expect(await failureOf(provider)).toEqual({ code: 'Unavailable', message, status: 14 });
  });

  it.each([403, 404, 503])('that answer with HTTP %d and not by gRPC are none of Google', async (status) => {
    const page = createSecureServer(certificates.server, (_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>canary</html>');
    });
    await once(page.listen(0, '127.0.0.1'), 'listening');
    afterTest(async () => void page.close());
    const { port } = page.address() as AddressInfo;
    const { provider } = await startStore(store, { endpoint: `localhost:${port}` });
    expect(await failureOf(provider)).toMatchObject({
      code: 'Unavailable',
      message: 'what the endpoint sent is not an answer of Secret Manager',
    });
  });

  it('are not trusted without their CA', async () => {
    const { server: stranger } = await makeCertificates('localhost');
    const server = await startGcpServer(store, { tls: stranger });
    afterTest(server.stop);
    const { provider } = await startStore(store, { endpoint: `localhost:${server.port}` });
    expect(await failureOf(provider)).toEqual({
      code: 'Unavailable',
      message:
        'the TLS certificate of the endpoint is not trusted: name its CA in NODE_EXTRA_CA_CERTS (in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH where that is set)',
      status: 14,
    });
    expect(server.count()).toBe(0);
  });
});

describe('options that are wrong', () => {
  it.each([
    [
      { project: undefined },
      'project: no project is set: give the option `project`, set GOOGLE_CLOUD_PROJECT, or write full names (projects/P/secrets/S)',
    ],
    [{ project: 'a/b' }, 'project: is neither the ID of a project, such as "my-project", nor its number'],
    [{ location: 'a.b' }, 'location: is not a location, such as "europe-west1"'],
    [
      { endpoint: 'https://localhost' },
      'endpoint: is neither a host nor a host and a port, such as "secretmanager.example.com:443"',
    ],
  ])('%j', async (given, message) => {
    const { provider, metadata } = await startStore(store, given);
    expect(await failureOf(provider)).toEqual({ code: 'Misconfigured', message });
    expect(metadata.logins()).toBe(0);
  });

  it('do not matter to full names', async () => {
    const { provider } = await startStore(store, { project: undefined });
    const full = [locator('projects/app/secrets/db')];
    expect(await provider.fetch(full, options)).toMatchObject([{ ok: true }]);
  });
});

describe('a client that is handed in', () => {
  async function handedIn(script: Script) {
    withoutGoogleSettings();
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
    const server = await startGcpServer(script);
    afterTest(server.stop);
    const client = new SecretManagerServiceClient({
      apiEndpoint: '127.0.0.1',
      port: server.port,
      sslCreds: credentials.createInsecure(),
    });
    afterTest(() => client.close());
    return { server, client };
  }

  it('is used as it is and never closed', async () => {
    const { server, client } = await handedIn(store);
    const provider = gcpSecretManager({ client, project: 'app' });
    expect(provider.retries).toBe('own');
    expect(await provider.fetch([locator('db')], options)).toMatchObject([{ ok: true }]);
    await provider[Symbol.asyncDispose]?.();
    expect(await provider.fetch([locator('db')], options)).toMatchObject([{ ok: true }]);
    expect(server.calls[0]?.headers.get('user-agent')).toEqual([expect.not.stringContaining('keyturn')]);
  });

  it('keeps its own retries', async () => {
    let failures = 1;
    const once: Script = () => (failures-- > 0 ? fail('UNAVAILABLE') : undefined);
    const { server, client } = await handedIn(firstOf(once, store));
    const provider = gcpSecretManager({ client, project: 'app' });
    expect(await provider.fetch([locator('db')], options)).toMatchObject([{ ok: true }]);
    expect(server.count()).toBe(2);
  });

  it('may be no more than what is used of it', async () => {
    const provider = gcpSecretManager({
      project: 'app',
      client: {
        accessSecretVersion: async ({ name }) => [{ name, payload: { data: Buffer.from('canary') } }],
        getSecretVersion: async () => [{ name: 'projects/1/secrets/db/versions/7', state: 'ENABLED' }],
        getSecret: async () => [{}],
      },
    });
    expect(await provider.fetch([locator('db', { version: '7' })], options)).toEqual([
      { ok: true, value: { value: Buffer.from('canary'), metadata: { version: '7' } } },
    ]);
    expect(await provider.describe?.([locator('db')], options)).toEqual([
      { ok: true, value: { version: '7', tags: {} } },
    ]);
  });

  it('cannot stand beside options of the connection', async () => {
    const { client } = await handedIn(store);
    const provider = gcpSecretManager({ client, project: 'app', endpoint: 'localhost:1' });
    expect(await failureOf(provider)).toEqual({
      code: 'Misconfigured',
      message: 'endpoint: cannot stand beside `client`, which has its own',
    });
  });
});
