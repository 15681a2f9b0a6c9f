import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { always, fault, startAwsJsonServer } from '../servers/aws-json.ts';
import {
  LOCALSTACK_CREDENTIALS,
  LOCALSTACK_REGION,
  type Localstack,
  startLocalstack,
} from '../stores/localstack.ts';
import type { AtEnd, Store } from './store.ts';

/** Secrets Manager on LocalStack. It neither throttles nor denies, so a server that does stands in for that. */
export async function openSecretsManager(atEnd: AtEnd): Promise<Store> {
  let live: Localstack = await startLocalstack();
  atEnd(() => live.stop());

  /** Where every call ends with an error of AWS's. */
  async function failing(name: string): Promise<string> {
    const server = await startAwsJsonServer(always(fault(name)));
    atEnd(server.stop);
    return server.endpoint;
  }

  return {
    get address() {
      return live.endpoint;
    },
    env: (address) => ({
      APP_ENV: 'aws-secrets-manager',
      AWS_ENDPOINT_URL: address,
      AWS_REGION: LOCALSTACK_REGION,
      AWS_ACCESS_KEY_ID: LOCALSTACK_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCALSTACK_CREDENTIALS.secretAccessKey,
    }),
    async write(shop, document, fields) {
      const client = new SecretsManagerClient({
        endpoint: live.endpoint,
        region: LOCALSTACK_REGION,
        credentials: LOCALSTACK_CREDENTIALS,
        maxAttempts: 1,
      });
      const name = `${shop}/${document}`;
      const SecretString = JSON.stringify(fields);
      try {
        await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await client.send(new CreateSecretCommand({ Name: name, SecretString }));
      } finally {
        client.destroy();
      }
    },
    pause: () => live.pause(),
    kill: () => live.stop(),
    async start() {
      live = await startLocalstack();
    },
    async throttle(gate) {
      gate.pass(await failing('ThrottlingException'));
      return async () => gate.pass(live.endpoint);
    },
    async grant() {
      const names = { AccessDenied: 'AccessDeniedException', Unauthenticated: 'UnrecognizedClientException' };
      return { env: {}, deny: (code) => failing(names[code]) };
    },
  };
}
