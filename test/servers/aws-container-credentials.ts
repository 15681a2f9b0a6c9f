import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where an app in a container of ECS or EKS asks for its role's credentials. */
export interface ContainerCredentials {
  /** What makes the SDK's default chain ask here: what it would take before is unset. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Access key ids, in the order in which they were given out. */
  readonly issued: readonly string[];
  stop(): Promise<void>;
}

/** Every secret part of what the endpoint gives out and takes. */
export const CONTAINER_SECRETS = {
  authorization: 'canary-container-token',
  secretAccessKey: 'canary-container-secret-key',
  sessionToken: 'canary-container-session-token',
};

/**
 * Starts the endpoint on loopback. It gives out `AKID1`, `AKID2` and so on, each for an hour.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function startContainerCredentials(): Promise<ContainerCredentials> {
  const issued: string[] = [];
  const { authorization, secretAccessKey, sessionToken } = CONTAINER_SECRETS;
  const server = createServer(({ headers }, response) => {
    if (headers.authorization !== authorization) {
      response.writeHead(401).end();
      return;
    }
    const accessKeyId = `AKID${issued.length + 1}`;
    issued.push(accessKeyId);
    const credentials = {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(credentials));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_PROFILE: undefined,
      AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: undefined,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization,
    },
    issued,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
