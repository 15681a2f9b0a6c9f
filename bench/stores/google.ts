import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { gcpSecretManager } from '@keyturn/gcp-secret-manager';
import { atMost } from './at-most.ts';
import { cost } from './cost.ts';
import { startDistance } from './distance.ts';
import { ALL, DISTANCE_MS, FIELDS, NAMES, PROJECT } from './names.ts';
import { race } from './race.ts';

/** Google Secret Manager, over a protocol server whose calls `count` gives; `cas` is a file with its CA. */
export async function benchGoogle(port: number, count: () => Promise<number>, cas: string): Promise<void> {
  const distance = await startDistance(port, DISTANCE_MS);
  const limit = gcpSecretManager().concurrency ?? 0;
  const read = async (client: SecretManagerServiceClient, name: string) => {
    const secret = `projects/${PROJECT}/secrets/${name}/versions/latest`;
    const [{ payload }] = await client.accessSecretVersion({ name: secret });
    return String(payload?.data);
  };
  await race({
    kind: 'gcp-secret-manager',
    provider: (endpoint) => gcpSecretManager({ endpoint, project: PROJECT }),
    client: (endpoint) =>
      new SecretManagerServiceClient({
        apiEndpoint: 'localhost',
        port: Number(endpoint.replace('localhost:', '')),
        projectId: PROJECT,
      }),
    endpoints: { here: `localhost:${port}`, [`${DISTANCE_MS} ms away`]: `localhost:${distance.port}` },
    counting: `localhost:${port}`,
    count,
    works: [
      {
        what: `100 secrets, ${limit} at once`,
        calls: 100,
        manifest: ALL,
        byHand: (client) => atMost(limit, NAMES, (name) => read(client, name)),
      },
      {
        what: '10 fields of one document',
        calls: 1,
        manifest: FIELDS,
        byHand: async (client) => Object.values(JSON.parse(await read(client, 'document'))),
      },
    ],
  });
  await distance.stop();
  cost({
    kind: 'gcp-secret-manager',
    sdk: '@google-cloud/secret-manager',
    factory: `gcpSecretManager({ endpoint: 'localhost:${port}', project: '${PROJECT}' })`,
    bySdk: `
      import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
      const client = new SecretManagerServiceClient({ apiEndpoint: 'localhost', port: ${port}, projectId: '${PROJECT}' });
      await client.accessSecretVersion({ name: 'projects/${PROJECT}/secrets/bench-0/versions/latest' });
      await client.close();`,
    env: { NODE_EXTRA_CA_CERTS: cas },
  });
}
