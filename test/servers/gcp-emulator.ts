import './gcp-trust.ts';

import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { credentials, status } from '@grpc/grpc-js';
import { GenericContainer, Wait } from 'testcontainers';
import { imageOf } from '../stores/live.ts';
import type { GcpStore } from './gcp-secret-manager.ts';

/** The emulator that docker-compose.test.yml names, in a container of its own. */
export interface GcpEmulator {
  /** Speaks to it without TLS and without credentials. Closed by `stop`. */
  readonly client: SecretManagerServiceClient;
  /** Puts all the versions of a store. It knows neither aliases nor dates. */
  seed(store: GcpStore): Promise<void>;
  /** Adds a version to a secret, which it makes where there is none. */
  put(name: string, value: string | Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

const PORT = 9090;

export async function startGcpEmulator(): Promise<GcpEmulator> {
  const container = await new GenericContainer(await imageOf('gcp-secret-manager'))
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  const client = clientFor(container.getHost(), container.getMappedPort(PORT));
  const put = async (name: string, value: string | Uint8Array) => {
    const [parent = '', secretId = ''] = name.split('/secrets/');
    const secret = { replication: { automatic: {} } };
    await client.createSecret({ parent, secretId, secret }).catch(unlessPresent);
    const [version] = await client.addSecretVersion({ parent: name, payload: { data: Buffer.from(value) } });
    return version.name ?? '';
  };
  return {
    client,
    async seed(store) {
      for (const [secret, { versions }] of Object.entries(store)) {
        for (const { value, state } of versions) {
          const name = await put(secret, value);
          if (state === 'DISABLED') await client.disableSecretVersion({ name });
          if (state === 'DESTROYED') await client.destroySecretVersion({ name });
        }
      }
    },
    async put(name, value) {
      await put(name, value);
    },
    async stop() {
      await client.close();
      await container.stop();
    },
  };
}

function unlessPresent(error: { code?: number }): void {
  if (error.code !== status.ALREADY_EXISTS) throw error;
}

/** The official client, for a server that speaks gRPC in the clear. */
export function clientFor(host: string, port: number): SecretManagerServiceClient {
  // Else the SDK looks for credentials on a metadata server, which it does not need here.
  process.env.METADATA_SERVER_DETECTION ??= 'none';
  return new SecretManagerServiceClient({
    apiEndpoint: host,
    port,
    sslCreds: credentials.createInsecure(),
    projectId: 'app',
  });
}
