import '../servers/gcp-trust.ts'; // before gRPC is loaded

import { canary, runWith } from '@keyturn/conformance';
import { gcpSecretManager } from '@keyturn/gcp-secret-manager';
import { afterAll, beforeAll, it } from 'vitest';
import { clientFor, type GcpEmulator, startGcpEmulator } from '../servers/gcp-emulator.ts';
import { always, fail, type Reply, startGcpServer } from '../servers/gcp-grpc.ts';
import { describeLive } from '../stores/live.ts';

/** A provider before a protocol server that gives one answer: the emulator refuses nobody. */
async function refusing(reply: Reply) {
  const server = await startGcpServer(always(reply));
  const client = clientFor('127.0.0.1', server.port);
  return {
    provider: gcpSecretManager({ project: 'app', client }),
    path: 'db',
    reached: server.reached,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.stop();
    },
  };
}

// On the protocol server the same suite runs in packages/gcp-secret-manager.
await describeLive(
  'conformance of gcp-secret-manager, on the emulator (refusals: protocol server)',
  'gcp-secret-manager',
  () => {
    let emulator: GcpEmulator;
    let stores = 0;

    beforeAll(async () => {
      emulator = await startGcpEmulator();
    });
    afterAll(async () => {
      await emulator?.stop();
    });

    runWith(it, {
      open() {
        stores += 1;
        const prefix = `kit-${stores}-`;
        return {
          provider: gcpSecretManager({ project: 'app', client: emulator.client, prefix }),
          path: (name) => name,
          async put(path, value) {
            const data = value instanceof Uint8Array ? value : String(value);
            await emulator.put(`projects/app/secrets/${prefix}${path}`, data);
          },
        };
      },
      cannot: { empty: 'Secret Manager refuses an empty payload' },
      faults: {
        AccessDenied: () => refusing(fail('PERMISSION_DENIED', canary)),
        Unauthenticated: () => refusing(fail('UNAUTHENTICATED', canary)),
        Throttled: 'the client that is handed in waits and tries again by itself, for ten minutes',
        Unavailable: () => refusing(fail('INTERNAL', canary)),
        Disabled: () => refusing(fail('FAILED_PRECONDITION', canary)),
        InvalidReference: () => refusing(fail('INVALID_ARGUMENT', canary)),
        Misconfigured: () => ({ provider: gcpSecretManager({ project: 'no project' }), path: 'db' }),
      },
      hangs: () => refusing('hang'),
    });
  },
);
