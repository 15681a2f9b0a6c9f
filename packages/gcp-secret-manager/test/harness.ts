import type { FetchOptions, Locator, Provider } from '@keyturn/core';
import { afterEach, vi } from 'vitest';
import { makeCertificates } from '../../../test/servers/certificates.ts';
import { type GcpServer, type Script, startGcpServer } from '../../../test/servers/gcp-grpc.ts';
import { type Login, type MetadataServer, startMetadataServer } from '../../../test/servers/gcp-metadata.ts';
import { trust } from '../../../test/servers/gcp-trust.ts';
import { type GcpSecretManagerOptions, gcpSecretManager } from '../src/index.ts';

const stops: (() => PromiseLike<void>)[] = [];

/** Runs after the test, in the reverse order. */
export function afterTest(stop: () => PromiseLike<void>): void {
  stops.push(stop);
}

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  vi.unstubAllEnvs();
});

/** For what the tests are asked for, by way of a proxy too. */
const HOSTS = ['localhost', 'secretmanager.googleapis.com', 'secretmanager.europe-west3.rep.googleapis.com'];
export const certificates = await makeCertificates(HOSTS.join(',DNS:'));
trust(certificates.ca);

/** The machine that runs the tests may have settings and credentials of its own. */
export function withoutGoogleSettings(): void {
  for (const name of [
    'GOOGLE_APPLICATION_CREDENTIALS',
    'GOOGLE_CLOUD_PROJECT',
    'GCLOUD_PROJECT',
    'GOOGLE_SDK_NODE_LOGGING',
    'CLOUDSDK_CONFIG',
    'grpc_proxy',
    'https_proxy',
    'http_proxy',
    'HTTPS_PROXY',
    'HTTP_PROXY',
  ]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('HOME', '/nonexistent');
}

/** A metadata server that gives credentials to whatever asks in this process; both end with the test. */
export async function logIn(logins: readonly Login[] = []): Promise<MetadataServer> {
  withoutGoogleSettings();
  const metadata = await startMetadataServer(logins);
  afterTest(metadata.stop);
  for (const [name, value] of Object.entries(metadata.env)) vi.stubEnv(name, value);
  return metadata;
}

/** The provider over the real SDK, and a server that does what the script says; all end with the test. */
export async function startStore(
  script: Script,
  options: GcpSecretManagerOptions = {},
  logins?: readonly Login[],
): Promise<{ provider: Provider; server: GcpServer; metadata: MetadataServer }> {
  const metadata = await logIn(logins);
  const server = await startGcpServer(script, { tls: certificates.server });
  afterTest(server.stop);
  const provider = gcpSecretManager({ project: 'app', endpoint: `localhost:${server.port}`, ...options });
  afterTest(async () => provider[Symbol.asyncDispose]?.());
  return { provider, server, metadata };
}

export function locator(path: string, params: Locator['params'] = {}): Locator {
  return { path, params };
}

export const { signal }: { signal: AbortSignal } = new AbortController();
export const options: FetchOptions = { signal, warn() {} };

/** The failure that `fetch` answers, or rejects with as `classify` names it; undefined where there is none. */
export async function failureOf(provider: Provider, path = 'db', params: Locator['params'] = {}) {
  try {
    const [outcome] = await provider.fetch([locator(path, params)], options);
    if (outcome === undefined || outcome.ok) return undefined;
    const { ok: _, ...failure } = outcome;
    return failure;
  } catch (error) {
    return provider.classify(error);
  }
}

export function text(outcome: { ok: boolean; value?: { value: unknown } } | undefined): string | undefined {
  const value = outcome?.value?.value;
  return value instanceof Uint8Array
    ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(value)
    : undefined;
}
