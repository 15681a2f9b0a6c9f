import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type AwsSecretsManagerOptions, awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { canary, runWith } from '@keyturn/conformance';
import { afterAll, beforeAll, inject, it } from 'vitest';
import { always, fault, type Reply, startAwsJsonServer } from '../servers/aws-json.ts';
import { boto3 } from '../stores/boto3.ts';
import { describeLive } from '../stores/live.ts';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION } from '../stores/localstack.ts';

const CONNECTION: AwsSecretsManagerOptions = {
  region: LOCALSTACK_REGION,
  credentials: LOCALSTACK_CREDENTIALS,
};

/** A provider before a protocol server that gives one answer: LocalStack refuses nobody. */
async function refusing(reply: Reply) {
  const server = await startAwsJsonServer(always(reply));
  return {
    provider: awsSecretsManager({ ...CONNECTION, endpoint: server.endpoint }),
    path: 'app/db',
    reached: server.reached,
    [Symbol.asyncDispose]: server.stop,
  };
}

await describeLive(
  'conformance of aws-secrets-manager, on LocalStack (refusals: protocol server)',
  'localstack',
  () => {
    const endpoint = inject('localstack');
    let writer: SecretsManagerClient;
    let stores = 0;

    beforeAll(async () => {
      writer = new SecretsManagerClient({
        region: LOCALSTACK_REGION,
        credentials: LOCALSTACK_CREDENTIALS,
        endpoint,
      });
    });
    afterAll(async () => {
      writer?.destroy();
    });

    runWith(it, {
      open() {
        stores += 1;
        const prefix = `kit/${stores}/`;
        return {
          provider: awsSecretsManager({ ...CONNECTION, endpoint, prefix }),
          path: (name) => name,
          async put(path, value) {
            const secret =
              value instanceof Uint8Array ? { SecretBinary: value } : { SecretString: String(value) };
            const id = prefix + path;
            await writer
              .send(new CreateSecretCommand({ Name: id, ...secret }))
              .catch(() => writer.send(new PutSecretValueCommand({ SecretId: id, ...secret })));
          },
        };
      },
      cannot: { empty: 'a secret has at least one character (API_PutSecretValue.html)' },
      faults: {
        AccessDenied: () => refusing(fault('AccessDeniedException', { message: canary })),
        Unauthenticated: () => refusing(fault('UnrecognizedClientException', { message: canary })),
        Throttled: () => refusing(fault('ThrottlingException', { message: canary })),
        Unavailable: () => refusing({ cut: JSON.stringify({ Name: 'app/db', SecretString: canary }) }),
        async Disabled() {
          stores += 1;
          const path = `kit/${stores}/deleted`;
          await boto3(endpoint, [
            ['secretsmanager', 'create_secret', { Name: path, SecretString: canary }],
            ['secretsmanager', 'delete_secret', { SecretId: path }],
          ]);
          return { provider: awsSecretsManager({ ...CONNECTION, endpoint }), path };
        },
        InvalidReference: () => refusing(fault('InvalidParameterException', { message: canary })),
        Misconfigured: () => ({
          provider: awsSecretsManager({ ...CONNECTION, region: 'no region' }),
          path: 'app/db',
        }),
      },
      hangs: () => refusing({ hang: true }),
    });
  },
);
