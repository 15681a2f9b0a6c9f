import '../../../test/servers/gcp-trust.ts'; // before gRPC is loaded

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { describe, expect, it } from 'vitest';
import { fail, firstOf, type Script } from '../../../test/servers/gcp-grpc.ts';
import { secretManager } from '../../../test/servers/gcp-secret-manager.ts';
import { afterTest, failureOf, locator, logIn, options, startStore } from './harness.ts';

const store = secretManager({ 'projects/app/secrets/db': { versions: [{ value: 'canary' }] } });

describe('a process without credentials', () => {
  const none = {
    code: 'Unauthenticated',
    message:
      'no usable Google credentials were found: set GOOGLE_APPLICATION_CREDENTIALS, run `gcloud auth application-default login`, or run on Google Cloud',
  };

  /** Ends the test when the process ends otherwise than by itself, with code 0. */
  async function read(env: Record<string, string>, milliseconds: number, client = 'our own') {
    const child = fileURLToPath(new URL('child.ts', import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [child, String(milliseconds), client],
      { env: { HOME: '/nonexistent', ...env }, timeout: 120_000 },
    );
    return { ...JSON.parse(stdout), stderr };
  }

  async function fileWith(text: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-gcp-'));
    afterTest(() => rm(folder, { recursive: true }));
    const file = join(folder, 'key.json');
    await writeFile(file, text);
    return file;
  }

  it.each(['our own', 'a handed-in'])('is told so, and lives on, with %s client', async (client) => {
    const env = { METADATA_SERVER_DETECTION: 'none' };
    expect(await read(env, 10_000, client)).toMatchObject({ classified: none, stderr: '' });
  });

  it('is told so when its key file is not there', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/key.json' };
    expect(await read(env, 10_000)).toMatchObject({ classified: none, stderr: '' });
  });

  it('is told so when its key file cannot be read, without a word of it', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: await fileWith('{"private_key": canary-key') };
    expect(await read(env, 10_000)).toMatchObject({ classified: none, stderr: '' });
  });

  it('waits no longer than it may for a metadata server that is silent', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    afterTest(async () => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const { aborted, elapsed } = await read({ GCE_METADATA_HOST: `127.0.0.1:${port}` }, 600);
    expect(aborted).toBe(true);
    expect(elapsed).toBeLessThan(2000);
  });
});

describe('access tokens', () => {
  /** Takes one token only. */
  const only = (token: string): Script =>
    firstOf(
      ({ headers }) =>
        headers.get('authorization')[0] === `Bearer ${token}` ? undefined : fail('UNAUTHENTICATED'),
      store,
    );

  it('that Google takes for expired are renewed, once for all reads that run', async () => {
    const { provider, server, metadata } = await startStore(only('canary-token-2'));
    const reads = Array.from({ length: 5 }, () => provider.fetch([locator('db')], options));
    expect(await Promise.all(reads)).toEqual(Array(5).fill([{ ok: true, value: expect.anything() }]));
    expect(metadata.logins()).toBe(2);
    expect(server.count()).toBe(10);
    await provider.fetch([locator('db')], options);
    expect([metadata.logins(), server.count()]).toEqual([2, 11]);
    await expect.poll(server.connections).toBe(1);
  });

  it('are not renewed again when the new one is no better', async () => {
    const { provider, server, metadata } = await startStore(only('canary-token-9'));
    expect(await failureOf(provider)).toEqual({
      code: 'Unauthenticated',
      message: 'Google refuses the credentials',
      status: 16,
    });
    expect([metadata.logins(), server.count()]).toEqual([2, 2]);
  });

  it('of credentials that were handed in are not renewed', async () => {
    await logIn();
    const authClient = await new SecretManagerServiceClient().auth.getClient();
    const { provider, server } = await startStore(only('canary-token-9'), { authClient });
    expect(await failureOf(provider)).toMatchObject({ code: 'Unauthenticated' });
    expect(server.count()).toBe(1);
  });

  it('are renewed by the SDK when their time is over', async () => {
    const { provider, metadata } = await startStore(store, {}, [{ expiresIn: 1 }, {}]);
    for (const _ of [1, 2, 3]) {
      expect(await provider.fetch([locator('db')], options)).toMatchObject([{ ok: true }]);
    }
    expect(metadata.logins()).toBe(2);
  });

  it('that are refused are Unauthenticated, without a word of the answer', async () => {
    const { provider, server } = await startStore(store, {}, [{ status: 403 }]);
    expect(await failureOf(provider)).toEqual({
      code: 'Unauthenticated',
      message: 'Google gives no access token for the credentials',
      status: 403,
    });
    expect(server.count()).toBe(0);
  });

  it('that cannot be had are Unavailable', async () => {
    const { provider, metadata } = await startStore(store);
    await metadata.stop();
    expect(await failureOf(provider)).toEqual({
      code: 'Unavailable',
      message: 'the server that gives access tokens does not answer',
      status: 2,
    });
  });

  it('that a failing server gives are Unavailable', async () => {
    const { provider } = await startStore(store, {}, [{ status: 503 }]);
    expect(await failureOf(provider)).toEqual({
      code: 'Unavailable',
      message: 'the server that gives access tokens does not answer',
      status: 503,
    });
  });
});
