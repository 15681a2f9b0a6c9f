import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { startCountingProxy } from '../../servers/aws-proxy.ts';
import { startKeyVault } from '../../servers/azure-key-vault.ts';
import { makeCertificates } from '../../servers/certificates.ts';
import { startGcpServer } from '../../servers/gcp-grpc.ts';
import { startMetadataServer } from '../../servers/gcp-metadata.ts';
import { secretManager } from '../../servers/gcp-secret-manager.ts';
import { startManagedIdentity } from '../../servers/managed-identity.ts';
import { forwardTo, startVaultServer } from '../../servers/vault-server.ts';
import { type Boto3Call, boto3 } from '../../stores/boto3.ts';
import { hvacPut } from '../../stores/hvac.ts';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION } from '../../stores/localstack.ts';
import { startVault } from '../../stores/vault.ts';

/** What each store is seeded with, by another client than the one under test. */
export const SEEDS = {
  DATABASE_URL: 'postgres://shop:canary-password@db.internal:5432/shop',
  payments: JSON.stringify({ stripe: 'canary-stripe', webhook: 'canary-webhook' }),
  SESSION_KEY: Buffer.from('canary-session').toString('base64'),
  POOL_SIZE: '20',
};

/** A seeded store. */
export interface Store {
  /** Where the child processes find it. */
  readonly env: Readonly<Record<string, string>>;
  /** The calls that reached it. */
  readonly calls: () => readonly string[];
}

/** Starts a store, and says along the way what is to be stopped. */
export type Open = (atEnd: AtEnd) => Promise<Store>;
type AtEnd = (stop: () => Promise<void>) => void;

/** Parameter Store on LocalStack, seeded by boto3. */
export const openSsm: Open = openLocalstack(([name, Value]) => [
  'ssm',
  'put_parameter',
  { Name: `/quickstart/${name}`, Value, Type: 'SecureString' },
]);

/** Secrets Manager on LocalStack, seeded by boto3. */
export const openSecretsManager: Open = openLocalstack(([name, SecretString]) => [
  'secretsmanager',
  'create_secret',
  { Name: `quickstart/${name}`, SecretString },
]);

/** Vault, seeded by two clients: the vault command and hvac. */
export const openVault: Open = async (atEnd) => {
  const { payments, ...app } = SEEDS;
  const live = await startVault();
  atEnd(live.stop);
  const front = await startVaultServer(forwardTo(live.address));
  atEnd(front.stop);
  await live.put('secret/quickstart/app', app);
  await hvacPut(live, { 'quickstart/payments': JSON.parse(payments) });
  return {
    env: { VAULT_ADDR: front.address, VAULT_TOKEN: live.token },
    calls: front.calls,
  };
};

/** Azure's protocol server, and the endpoint that gives a managed identity its token. */
export const openKeyVault: Open = async (atEnd) => {
  const vault = await startKeyVault();
  atEnd(vault.stop);
  const identity = await startManagedIdentity();
  atEnd(identity.stop);
  for (const [name, value] of Object.entries(SEEDS)) vault.set(`quickstart-${name.replace('_', '-')}`, value);
  return {
    env: {
      ...identity.env,
      AZURE_KEYVAULT_RESOURCEENDPOINT: vault.url,
      NODE_EXTRA_CA_CERTS: await fileOf(vault.ca, atEnd),
      NODE_OPTIONS: `--import=${new URL('../../servers/loopback-dns.ts', import.meta.url)}`,
    },
    calls: () => vault.requests.filter(({ token }) => token !== undefined).map(({ path }) => path),
  };
};

/** Google's protocol server, and the metadata server of its machines. */
export const openGoogle: Open = async (atEnd) => {
  const seeds = Object.entries(SEEDS).map(([name, value]) => [
    `projects/shop/secrets/quickstart-${name}`,
    { versions: [{ value }] },
  ]);
  const { ca, server: tls } = await makeCertificates('localhost');
  const server = await startGcpServer(secretManager(Object.fromEntries(seeds)), { tls });
  atEnd(server.stop);
  const metadata = await startMetadataServer();
  atEnd(metadata.stop);
  return {
    env: {
      ...metadata.env,
      GOOGLE_CLOUD_PROJECT: 'shop',
      GCP_ENDPOINT: `localhost:${server.port}`,
      NODE_EXTRA_CA_CERTS: await fileOf(ca, atEnd),
    },
    calls: () => server.calls.map(({ name }) => name),
  };
};

function openLocalstack(put: (seed: [name: string, value: string]) => Boto3Call): Open {
  return async (atEnd) => {
    const endpoint = inject('localstack');
    const proxy = await startCountingProxy(endpoint);
    atEnd(proxy.stop);
    await boto3(endpoint, Object.entries(SEEDS).map(put));
    return {
      env: {
        AWS_ENDPOINT_URL: proxy.endpoint,
        AWS_REGION: LOCALSTACK_REGION,
        AWS_ACCESS_KEY_ID: LOCALSTACK_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: LOCALSTACK_CREDENTIALS.secretAccessKey,
      },
      calls: () => proxy.actions,
    };
  };
}

/** A file that holds a CA, for a new process to trust. */
async function fileOf(pem: string, atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-quickstart-ca-'));
  atEnd(() => rm(folder, { recursive: true }));
  const file = join(folder, 'ca.pem');
  await writeFile(file, pem);
  return file;
}
