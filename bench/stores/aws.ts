import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { awsSsm } from '@keyturn/aws-ssm';
import { startCountingProxy } from '../../test/servers/aws-proxy.ts';
import { type Boto3Call, boto3 } from '../../test/stores/boto3.ts';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION, startLocalstack } from '../../test/stores/localstack.ts';
import { cost } from './cost.ts';
import { startDistance } from './distance.ts';
import { ALL, DISTANCE_MS, DOCUMENT, FIELDS, NAMES, seedOf } from './names.ts';
import { type Course, race } from './race.ts';

const SEEDS: readonly Boto3Call[] = [
  ...NAMES.flatMap((Name): Boto3Call[] => [
    ['ssm', 'put_parameter', { Name, Value: seedOf(Name), Type: 'SecureString' }],
    ['secretsmanager', 'create_secret', { Name, SecretString: seedOf(Name) }],
  ]),
  ['secretsmanager', 'create_secret', { Name: 'document', SecretString: JSON.stringify(DOCUMENT) }],
];

/** Parameter Store and Secrets Manager, on LocalStack. */
export async function benchAws(): Promise<void> {
  const localstack = await startLocalstack();
  const { endpoint } = localstack;
  const proxy = await startCountingProxy(endpoint);
  const distance = await startDistance(Number(new URL(endpoint).port), DISTANCE_MS);
  try {
    await boto3(endpoint, SEEDS);
    const ways = {
      endpoints: { here: endpoint, [`${DISTANCE_MS} ms away`]: `http://127.0.0.1:${distance.port}` },
      counting: proxy.endpoint,
      count: () => proxy.actions.length,
    };
    await race({ ...PARAMETER_STORE, ...ways });
    await race({ ...SECRETS_MANAGER, ...ways });
    costs(endpoint);
  } finally {
    await distance.stop();
    await proxy.stop();
    await localstack.stop();
  }
}

type AwsCourse<Client> = Pick<Course<Client>, 'kind' | 'works' | 'provider' | 'client'>;

const PARAMETER_STORE: AwsCourse<SSMClient> = {
  kind: 'aws-ssm',
  provider: (endpoint) => awsSsm(connection(endpoint)),
  client: (endpoint) => new SSMClient({ ...connection(endpoint), maxAttempts: 1 }),
  works: [
    {
      what: '100 parameters',
      calls: 10,
      manifest: ALL,
      async byHand(client) {
        const answers = await Promise.all(
          chunks(10).map((Names) => client.send(new GetParametersCommand({ Names, WithDecryption: true }))),
        );
        const found = answers.flatMap(({ Parameters = [] }) => Parameters);
        const values = new Map(found.map(({ Name, Value }) => [Name, Value]));
        return NAMES.map((name) => values.get(name));
      },
    },
  ],
};

const SECRETS_MANAGER: AwsCourse<SecretsManagerClient> = {
  kind: 'aws-secrets-manager',
  provider: (endpoint) => awsSecretsManager(connection(endpoint)),
  client: (endpoint) => new SecretsManagerClient({ ...connection(endpoint), maxAttempts: 1 }),
  works: [
    {
      what: '100 secrets',
      calls: 5,
      manifest: ALL,
      async byHand(client) {
        const answers = await Promise.all(
          chunks(20).map((SecretIdList) => client.send(new BatchGetSecretValueCommand({ SecretIdList }))),
        );
        const found = answers.flatMap(({ SecretValues = [] }) => SecretValues);
        const values = new Map(found.map(({ Name, SecretString }) => [Name, SecretString]));
        return NAMES.map((name) => values.get(name));
      },
    },
    {
      what: '10 fields of one document',
      calls: 1,
      manifest: FIELDS,
      async byHand(client) {
        const command = new GetSecretValueCommand({ SecretId: 'document' });
        const { SecretString = '' } = await client.send(command);
        return Object.values(JSON.parse(SecretString));
      },
    },
  ],
};

function connection(endpoint: string) {
  return { endpoint, region: LOCALSTACK_REGION, credentials: LOCALSTACK_CREDENTIALS };
}

function chunks(size: number): string[][] {
  return Array.from({ length: NAMES.length / size }, (_, index) =>
    NAMES.slice(index * size, (index + 1) * size),
  );
}

function costs(endpoint: string): void {
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: LOCALSTACK_REGION,
    AWS_ACCESS_KEY_ID: LOCALSTACK_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCALSTACK_CREDENTIALS.secretAccessKey,
  };
  cost({
    kind: 'aws-ssm',
    sdk: '@aws-sdk/client-ssm',
    factory: 'awsSsm()',
    bySdk: `
      import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
      const client = new SSMClient();
      await client.send(new GetParametersCommand({ Names: ['bench-0'], WithDecryption: true }));
      client.destroy();`,
    env,
  });
  cost({
    kind: 'aws-secrets-manager',
    sdk: '@aws-sdk/client-secrets-manager',
    factory: 'awsSecretsManager()',
    bySdk: `
      import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
      const client = new SecretsManagerClient();
      await client.send(new GetSecretValueCommand({ SecretId: 'bench-0' }));
      client.destroy();`,
    env,
  });
}
