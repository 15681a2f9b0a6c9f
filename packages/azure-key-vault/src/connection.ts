import { Agent } from 'node:https';
import type { SecretClient, SecretClientOptions } from '@azure/keyvault-secrets';
import { ConfigError, lazy } from '@keyturn/core';
import { type Credential, createTokens, type Tokens } from './tokens.ts';
import { readVaultUrl } from './vault-url.ts';

/** The version of this package, for the user agent: what package.json says, which a test checks. */
const VERSION = '0.1.0';

/** What is used of a client that was handed in. */
export type SecretReader = Pick<
  SecretClient,
  'getSecret' | 'getDeletedSecret' | 'listPropertiesOfSecretVersions'
>;

export interface ConnectionOptions {
  /**
   * A client of your own, used as it is and never closed: its vault, its credential, its retries and its proxy stand.
   * The other options of the connection cannot stand beside it.
   */
  readonly client?: SecretReader | undefined;
  /** Such as `https://myvault.vault.azure.net`. @default AZURE_KEYVAULT_RESOURCEENDPOINT */
  readonly vaultUrl?: string | undefined;
  /** Anything of `@azure/identity`. @default a DefaultAzureCredential, for which `@azure/identity` must be installed */
  readonly credential?: Credential | undefined;
}

export interface Connection {
  readonly client: SecretReader;
  close(): void;
}

/** Loads the SDK and makes the client at the first use. */
export function connector({ client, vaultUrl, credential }: ConnectionOptions) {
  return lazy(async (): Promise<Connection> => {
    if (client === undefined) return await connect(vaultUrl, credential);
    const beside = Object.entries({ vaultUrl, credential }).filter(([, given]) => given !== undefined);
    if (beside.length > 0) {
      const message = 'cannot stand beside `client`, which has its own';
      throw new ConfigError(beside.map(([place]) => ({ place, message })));
    }
    return { client, close() {} };
  });
}

async function connect(vaultUrl: string | undefined, given: Credential | undefined): Promise<Connection> {
  const url = readVaultUrl(vaultUrl);
  const [sdk, credential] = await Promise.all([
    import('@azure/keyvault-secrets'),
    given ?? defaultCredential(),
  ]);
  const tokens = createTokens(credential);
  const agent = new Agent({ keepAlive: true });
  const client = new sdk.SecretClient(url, tokens.credential, {
    // Core retries, within its deadline.
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: `keyturn/${VERSION}` },
    additionalPolicies: [{ policy: ownPolicy(agent, tokens), position: 'perRetry' }],
  });
  return {
    client,
    close() {
      tokens.close();
      agent.destroy();
    },
  };
}

async function defaultCredential(): Promise<Credential> {
  const { DefaultAzureCredential } = await import('@azure/identity').catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw noCredential('@azure/identity, which finds one, is not installed: npm install @azure/identity');
  });
  try {
    return new DefaultAzureCredential();
  } catch {
    throw noCredential('a DefaultAzureCredential cannot be made: check AZURE_TOKEN_CREDENTIALS');
  }
}

function noCredential(reason: string): ConfigError {
  return new ConfigError([{ place: 'credential', message: `is not given, and ${reason}` }]);
}

type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy'];

/** Sees each request after the SDK has made it ready, and each answer first. */
function ownPolicy(agent: Agent, tokens: Tokens): Policy {
  return {
    name: 'keyturn',
    async sendRequest(request, next) {
      // The SDK's agent is one for the whole process, and keeps connections that nobody can close. A proxy's stands.
      request.agent ??= agent;
      const response = await next(request);
      // The SDK answers a 401 by asking for a token once more: then it must not be the one that was refused.
      const token = request.headers.get('authorization')?.replace(/^Bearer /, '');
      if (response.status === 401 && token !== undefined) tokens.refuse(token);
      return response;
    },
  };
}
