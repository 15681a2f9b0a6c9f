import '../../../test/servers/gcp-trust.ts'; // before gRPC is loaded

import { canary, runWith } from '@keyturn/conformance';
import { describe, it } from 'vitest';
import { always, fail, type Reply, type Script, startGcpServer } from '../../../test/servers/gcp-grpc.ts';
import { type GcpSecret, secretManager } from '../../../test/servers/gcp-secret-manager.ts';
import { gcpSecretManager } from '../src/index.ts';
import { certificates, logIn } from './harness.ts';

/** A provider before a protocol server. */
async function before(script: Script) {
  const metadata = await logIn();
  const server = await startGcpServer(script, { tls: certificates.server });
  return {
    provider: gcpSecretManager({ project: 'app', endpoint: `localhost:${server.port}` }),
    reached: server.reached,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await metadata.stop();
    },
  };
}

/** One that gives the same answer to every call. */
async function answering(reply: Reply) {
  return { ...(await before(always(reply))), path: 'db' };
}

describe('conformance of gcp-secret-manager, on the protocol server', () => {
  runWith(it, {
    async open() {
      const store: Record<string, GcpSecret> = {};
      return {
        ...(await before(secretManager(store))),
        path: (name) => name,
        async put(path, value) {
          const secret = `projects/app/secrets/${path}`;
          const versions = store[secret]?.versions ?? [];
          const data = value instanceof Uint8Array ? value : String(value);
          store[secret] = { versions: [...versions, { value: data, createTime: new Date() }] };
        },
      };
    },
    cannot: {
      empty: 'Secret Manager refuses an empty payload',
    },
    faults: {
      AccessDenied: () => answering(fail('PERMISSION_DENIED', canary)),
      Unauthenticated: () => answering(fail('UNAUTHENTICATED', canary)),
      Throttled: () => answering(fail('RESOURCE_EXHAUSTED', canary, { retryAfterMs: 10 })),
      Unavailable: () => answering('cut'),
      Disabled: () => answering(fail('FAILED_PRECONDITION', canary)),
      InvalidReference: () => answering(fail('INVALID_ARGUMENT', canary)),
      Misconfigured: () => ({ provider: gcpSecretManager({ project: 'no project' }), path: 'db' }),
    },
    hangs: () => answering('hang'),
  });
});
