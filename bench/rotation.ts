// How many calls `rotation()` makes for the ages of 500 secrets, counted at the protocol servers of the tests; none of
// them reads a value.
import '../test/servers/gcp-trust.ts'; // before gRPC is loaded

import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { awsSsm } from '@keyturn/aws-ssm';
import { azureKeyVault } from '@keyturn/azure-key-vault';
import { createResolver, type Provider } from '@keyturn/core';
import { gcpSecretManager } from '@keyturn/gcp-secret-manager';
import { vault } from '@keyturn/vault';
import { fault, ok, type Script, startAwsJsonServer } from '../test/servers/aws-json.ts';
import { createCredential } from '../test/servers/azure-credential.ts';
import { startKeyVault } from '../test/servers/azure-key-vault.ts';
import { reachable } from '../test/servers/azure-network.ts';
import { makeCertificates } from '../test/servers/certificates.ts';
import { startGcpServer } from '../test/servers/gcp-grpc.ts';
import { startMetadataServer } from '../test/servers/gcp-metadata.ts';
import { secretManager } from '../test/servers/gcp-secret-manager.ts';
import { trust } from '../test/servers/gcp-trust.ts';
import { startVaultServer } from '../test/servers/vault-server.ts';
import { figure } from './measure.ts';

const NAMES = Array.from({ length: 500 }, (_, index) => `bench-${index}`);
const MANIFEST = Object.fromEntries(NAMES.map((name) => [name, `app://${name}`]));
const CREATED = new Date('2026-01-01T00:00:00Z');
const SECONDS = CREATED.getTime() / 1000;
const AWS = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'bench' } };

/** A store with all names, and the calls that reached it, each by what it does. */
interface Bench {
  readonly provider: Provider;
  readonly calls: () => readonly string[];
  /** What a call that reads a value does. */
  readonly reads: RegExp;
  readonly stop: () => unknown;
}

/** Every name is filtered for by DescribeParameters; Secrets Manager describes one secret a call. */
const awsScript: Script = ({ action, input }) => {
  if (action === 'DescribeParameters') {
    const names = input.ParameterFilters?.flatMap(({ Values }) => Values) ?? [];
    return ok({ Parameters: names.map((Name) => ({ Name, Version: 1, LastModifiedDate: SECONDS })) });
  }
  if (action === 'DescribeSecret') return ok({ VersionIdsToStages: { one: ['AWSCURRENT'] } });
  if (action === 'ListSecretVersionIds')
    return ok({ Versions: [{ VersionId: 'one', CreatedDate: SECONDS }] });
  return fault('UnknownOperationException');
};

async function aws(open: (endpoint: string) => Provider): Promise<Bench> {
  const server = await startAwsJsonServer(awsScript);
  const calls = () => server.requests.map(({ action }) => action);
  return { provider: open(server.endpoint), calls, reads: /^(Batch)?Get/, stop: server.stop };
}

async function vaultBench(): Promise<Bench> {
  const mount = { path: 'secret/', type: 'kv', options: { version: '2' } };
  const metadata = { created_time: CREATED.toISOString(), deletion_time: '', destroyed: false };
  const secret = { current_version: 1, versions: { '1': metadata }, custom_metadata: null };
  const server = await startVaultServer(({ path }) => ({
    status: 200,
    body: { data: path.includes('/mounts/') ? mount : secret },
  }));
  const provider = vault({ address: server.address, auth: { token: 'bench' }, prefix: 'secret/' });
  return { provider, calls: server.calls, reads: /\/secret\/data\//, stop: server.stop };
}

async function azureBench(): Promise<Bench> {
  const server = await startKeyVault();
  const unreach = reachable(server);
  for (const name of NAMES) server.set(name, 'bench', { created: CREATED });
  const calls = () =>
    server.requests.flatMap(({ token, path }) =>
      token === undefined ? [] : [path.replace(/bench-\d+/, '*')],
    );
  const stop = async () => {
    unreach();
    await server.stop();
  };
  const provider = azureKeyVault({ vaultUrl: server.url, credential: createCredential() });
  return { provider, calls, reads: /^\/secrets\/\*\/$/, stop };
}

async function googleBench(): Promise<Bench> {
  const certificates = await makeCertificates('localhost');
  trust(certificates.ca);
  const metadata = await startMetadataServer();
  Object.assign(process.env, metadata.env);
  const store = NAMES.map((name) => [
    `projects/bench/secrets/${name}`,
    { versions: [{ value: 'bench', createTime: CREATED }] },
  ]);
  const server = await startGcpServer(secretManager(Object.fromEntries(store)), { tls: certificates.server });
  const stop = async () => {
    await server.stop();
    await metadata.stop();
  };
  const provider = gcpSecretManager({ project: 'bench', endpoint: `localhost:${server.port}` });
  const calls = () => server.calls.map(({ method }) => method);
  return { provider, calls, reads: /^AccessSecretVersion$/, stop };
}

const benches: readonly (() => Promise<Bench>)[] = [
  () => aws((endpoint) => awsSsm({ ...AWS, endpoint })),
  () => aws((endpoint) => awsSecretsManager({ ...AWS, endpoint })),
  vaultBench,
  azureBench,
  googleBench,
];

for (const start of benches) {
  const { provider, calls, reads, stop } = await start();
  const resolver = createResolver({
    providers: { app: provider },
    rotation: { maxAge: '90d' },
    deadline: '5m',
  });
  const statuses = await resolver.rotation(MANIFEST);
  const dated = statuses.filter(({ dated }) => dated === 'store').length;
  const made = calls();
  const values = made.filter((call) => reads.test(call)).length;
  figure(`${provider.kind}: calls for ${NAMES.length} ages`, String(made.length), {
    text: `${dated} dated, ${values} values read`,
    met: dated === NAMES.length && values === 0,
  });
  await resolver.close();
  await stop();
}
