import { LocalstackContainer } from '@testcontainers/localstack';
import { imageOf, pause } from './live.ts';

/** What any client of LocalStack signs with: it checks nothing. */
export const LOCALSTACK_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
export const LOCALSTACK_REGION = 'eu-west-1';

export interface Localstack {
  /** Such as `http://localhost:32768`. */
  readonly endpoint: string;
  /** Holds it, so that it takes connections and answers nothing; gives what lets it go on. */
  pause(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** A fresh LocalStack with SSM and Secrets Manager. Whoever starts it stops it. */
export async function startLocalstack(): Promise<Localstack> {
  const container = await new LocalstackContainer(await imageOf('localstack'))
    .withEnvironment({ SERVICES: 'ssm,secretsmanager' })
    .start();
  return {
    endpoint: container.getConnectionUri(),
    pause: () => pause(container),
    async stop() {
      await container.stop();
    },
  };
}
