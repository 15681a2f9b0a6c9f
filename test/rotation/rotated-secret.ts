import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { as } from '@keyturn/core';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { z } from 'zod';
import type { Postgres } from '../stores/postgres.ts';

/** What the secret's JSON holds. */
const CREDENTIAL = z.object({ username: z.string(), password: z.string() });
export type Credential = z.infer<typeof CREDENTIAL>;

/** How clients of Keyturn read it. */
export const asCredential = as.json(CREDENTIAL);

export interface RotatedSecret {
  /** Rotates once. @param pause what lies between two of the four steps. */
  rotate(pause: () => Promise<void>): Promise<void>;
}

export interface RotatedSecretOptions {
  readonly secretsManager: SecretsManagerClient;
  readonly postgres: Postgres;
  readonly name: string;
  /**
   * The roles that take turns. One: "single user", whose password is wrong in the store from `setSecret` until
   * `finishSecret`. Two: "alternating users", of which the one in use stays valid until the rotation after.
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html
   */
  readonly users: readonly [string, ...string[]];
}

/** Makes the roles, and the secret with the first one's credential. */
export async function createRotatedSecret(options: RotatedSecretOptions): Promise<RotatedSecret> {
  const { secretsManager, postgres, name, users } = options;
  const [first] = users;
  for (const user of users) {
    await postgres.run(`CREATE ROLE ${escapeIdentifier(user)} LOGIN PASSWORD ${escapeLiteral(password())}`);
  }
  await postgres.run(alterRole({ username: first, password: 'canary-first' }));
  await secretsManager.send(
    new CreateSecretCommand({
      Name: name,
      SecretString: JSON.stringify({ username: first, password: 'canary-first' }),
    }),
  );

  /** The credential with a stage, as the API has it now, and the version that it is of. */
  async function read(VersionStage: string): Promise<{ credential: Credential; version: string }> {
    const { SecretString = '', VersionId: version = '' } = await secretsManager.send(
      new GetSecretValueCommand({ SecretId: name, VersionStage }),
    );
    return { credential: CREDENTIAL.parse(JSON.parse(SecretString)), version };
  }

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
  async function createSecret(token: string): Promise<void> {
    const { credential } = await read('AWSCURRENT');
    const next = users[(users.indexOf(credential.username) + 1) % users.length] ?? first;
    await secretsManager.send(
      new PutSecretValueCommand({
        SecretId: name,
        ClientRequestToken: token,
        SecretString: JSON.stringify({ username: next, password: password() }),
        VersionStages: ['AWSPENDING'],
      }),
    );
  }

  async function setSecret(): Promise<void> {
    const { credential } = await read('AWSPENDING');
    await postgres.run(alterRole(credential));
  }

  async function testSecret(): Promise<void> {
    const { credential } = await read('AWSPENDING');
    await connectOnce(postgres, credential);
  }

  async function finishSecret(token: string): Promise<void> {
    const { version } = await read('AWSCURRENT');
    await secretsManager.send(
      new UpdateSecretVersionStageCommand({
        SecretId: name,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: token,
        RemoveFromVersionId: version,
      }),
    );
  }

  return {
    async rotate(pause) {
      const token = randomUUID();
      await createSecret(token);
      await pause();
      await setSecret();
      await pause();
      await testSecret();
      await pause();
      await finishSecret(token);
    },
  };
}

/** Opens a connection, runs one query, closes it. */
export async function connectOnce(postgres: Postgres, { username, password }: Credential): Promise<void> {
  const client = new Client(postgres.login(username, password));
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

function alterRole({ username, password }: Credential): string {
  return `ALTER ROLE ${escapeIdentifier(username)} PASSWORD ${escapeLiteral(password)}`;
}

function password(): string {
  return `canary-${randomBytes(16).toString('hex')}`;
}
