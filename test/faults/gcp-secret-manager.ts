import { canary } from '@keyturn/conformance';
import { gcpSecretManager } from '@keyturn/gcp-secret-manager';
import { vi } from 'vitest';
import { type Certificates, makeCertificates } from '../servers/certificates.ts';
import {
  always,
  fail,
  firstOf,
  type GcpCall,
  type Reply,
  type Script,
  startGcpServer,
} from '../servers/gcp-grpc.ts';
import { startMetadataServer } from '../servers/gcp-metadata.ts';
import { secretManager } from '../servers/gcp-secret-manager.ts';
import { trust } from '../servers/gcp-trust.ts'; // before gRPC is loaded
import type { Provoked, Row } from './matrix.ts';

const store = secretManager({
  'projects/app/secrets/app': { versions: [{ value: canary }] },
  'projects/app/secrets/gone': { versions: [{ value: canary, state: 'DISABLED' }] },
});

/** What the machine may have of its own: other credentials, and proxies. */
const SETTINGS = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'CLOUDSDK_CONFIG',
  'GOOGLE_SDK_NODE_LOGGING',
  'grpc_proxy',
  'https_proxy',
  'http_proxy',
  'HTTPS_PROXY',
  'HTTP_PROXY',
];

let certificates: Certificates;

/** The provider, which logs in at a metadata server. */
async function reading(endpoint: string) {
  for (const name of SETTINGS) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', '/nonexistent');
  const metadata = await startMetadataServer();
  for (const [name, value] of Object.entries(metadata.env)) vi.stubEnv(name, value);
  return {
    provider: gcpSecretManager({ project: 'app', endpoint }),
    path: 'app',
    hidden: ['canary-token-1', 'canary-token-2'],
    logins: metadata.logins,
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await metadata.stop();
    },
  };
}

/** The provider before a server that does what the script says. */
async function serving(script: Script, tls = certificates.server) {
  const server = await startGcpServer(script, { tls });
  const read = await reading(`localhost:${server.port}`);
  return {
    ...read,
    by: 'protocol server' as const,
    server,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await read[Symbol.asyncDispose]();
    },
  };
}

/** The same answer to every call. */
async function answering(reply: Reply, failure: Pick<Provoked, 'code' | 'message'>) {
  return { ...(await serving(always(reply))), ...failure };
}

/** https://docs.cloud.google.com/secret-manager/quotas */
function throttled(retryAfterMs?: number) {
  return answering(fail('RESOURCE_EXHAUSTED', canary, retryAfterMs === undefined ? {} : { retryAfterMs }), {
    code: 'Throttled',
    message: 'a quota of Secret Manager is used up',
  });
}

export const gcpSecretManagerRow: Row = {
  kind: 'gcp-secret-manager',
  store: 'a protocol server, over gRPC and TLS',
  async start() {
    certificates = await makeCertificates('localhost');
    trust(certificates.ca);
  },
  cells: {
    async missing() {
      const message = 'Secret Manager has no such secret, or no such version of it';
      return { ...(await serving(store)), path: 'none', code: 'NotFound', message };
    },
    denied: () =>
      answering(fail('PERMISSION_DENIED', canary), {
        code: 'AccessDenied',
        message:
          'a permission is missing; or there is no such secret or project, which Google does not tell apart',
      }),
    badCredentials: () =>
      answering(fail('UNAUTHENTICATED', canary), {
        code: 'Unauthenticated',
        message: 'Google refuses the credentials',
      }),
    throttledWithRetryAfter: () => throttled(60_000),
    throttled: () => throttled(),
    // 503 over HTTP: https://docs.cloud.google.com/apis/design/errors
    serverError: () =>
      answering(fail('UNAVAILABLE', canary), {
        code: 'Unavailable',
        message: 'Secret Manager failed to answer',
      }),
    async refused() {
      const { server, ...read } = await serving(store);
      await server.stop();
      return { ...read, code: 'Unavailable', message: 'nothing accepts connections at the endpoint' };
    },
    async unknownHost() {
      return {
        ...(await reading('name.invalid')),
        code: 'Unavailable',
        message: 'DNS gives no address for the endpoint: check the option `endpoint`, or the location',
      };
    },
    async untrusted() {
      const stranger = await makeCertificates('localhost');
      return {
        ...(await serving(store, stranger.server)),
        code: 'Unavailable',
        message:
          'the TLS certificate of the endpoint is not trusted: name its CA in NODE_EXTRA_CA_CERTS (in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH where that is set)',
      };
    },
    hangs: () => answering('hang', { code: 'Unavailable', message: 'no answer within 500 ms' }),
    cut: () =>
      answering('cut', {
        code: 'Unavailable',
        message: 'the connection was cut before the answer was complete',
      }),
    wrongBody: () =>
      answering(
        { raw: Buffer.from(`<html>${canary}</html>`) },
        { code: 'Unavailable', message: 'what the endpoint sent is not an answer of Secret Manager' },
      ),
    async gone() {
      return {
        ...(await serving(store)),
        path: 'gone',
        code: 'Disabled',
        message:
          'the version is disabled or destroyed, or its KMS key is: without `?version=` it is the newest one, enabled or not',
      };
    },
    async expires() {
      const ended = new Set<unknown>();
      const tokenOf = ({ headers }: GcpCall) => headers.get('authorization')[0];
      const refusing: Script = (call) =>
        ended.has(tokenOf(call)) ? fail('UNAUTHENTICATED', canary) : undefined;
      const read = await serving(firstOf(refusing, store));
      return {
        ...read,
        async expire() {
          for (const call of read.server.calls) ended.add(tokenOf(call));
        },
      };
    },
  },
};
