import { setTimeout as delay } from 'node:timers/promises';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import type { Provider } from '@keyturn/core';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION, startLocalstack } from '../stores/localstack.ts';
import { type Postgres, startPostgres } from '../stores/postgres.ts';
import type { Load } from './load.ts';
import type { RotatedSecret } from './rotated-secret.ts';

/** A database, and the store that holds the credentials for it. */
export interface World {
  readonly postgres: Postgres;
  /** The rotation's own client of the store. */
  readonly secretsManager: SecretsManagerClient;
  /** A provider on the store, for a resolver of its own. */
  provider(): Provider;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((stopOne) => stopOne()));
  };
  try {
    const postgres = await startPostgres();
    stops.push(postgres.stop);
    const localstack = await startLocalstack();
    stops.push(localstack.stop);
    const access = {
      region: LOCALSTACK_REGION,
      credentials: LOCALSTACK_CREDENTIALS,
      endpoint: localstack.endpoint,
    };
    const secretsManager = new SecretsManagerClient(access);
    stops.push(async () => secretsManager.destroy());
    // LocalStack loads a service at its first call, which takes seconds.
    await secretsManager.send(new ListSecretsCommand({}));
    return { postgres, secretsManager, provider: () => awsSecretsManager(access), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const ROTATIONS = 10;
/** What a rotation function takes between its steps, at least. */
const GAP_MS = 150;

/**
 * Rotates ten times under load, and stops no load. In each gap between two steps every load ends three pieces of
 * work that began in it; and none lasts from before one rotation into the next, which in life are days apart.
 * @param pickedUp resolves when the rotation, from 1 to 10, has reached the clients.
 */
export async function rotateTenTimes(
  secret: RotatedSecret,
  loads: readonly Load[],
  pickedUp: (rotation: number) => Promise<unknown>,
): Promise<void> {
  const pause = async () => {
    await Promise.all([delay(GAP_MS), ...loads.map((load) => load.more(3))]);
  };
  for (let rotation = 1; rotation <= ROTATIONS; rotation += 1) {
    await Promise.all(loads.map((load) => load.settled()));
    await secret.rotate(pause);
    await pickedUp(rotation);
  }
}
