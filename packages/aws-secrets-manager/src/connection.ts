import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { ConfigError, lazy } from '@keyturn/core';
import { type Request, renewing, type Sender } from './renewal.ts';

/** The version of this package, for the user agent: what package.json says, which a test checks. */
const VERSION = '0.1.0';

export interface ConnectionOptions {
  /**
   * A client of your own, used as it is and never destroyed: its retries, its region and its proxy stand. The
   * other options of the connection cannot stand beside it.
   */
  readonly client?: Sender | undefined;
  /** Such as `eu-west-1`. @default AWS_REGION, then the profile's region */
  readonly region?: string | undefined;
  /** A profile of the shared config and credentials files. @default AWS_PROFILE, then `default` */
  readonly profile?: string | undefined;
  /** Credentials, or a function that gives them: asked again before they expire, and once when AWS refuses them. @default the SDK's chain */
  readonly credentials?: SecretsManagerClientConfig['credentials'] | undefined;
  /** A URL, for a VPC endpoint or an emulator. @default AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL, then the region's own */
  readonly endpoint?: string | undefined;
}

type Sdk = typeof import('@aws-sdk/client-secrets-manager');

export interface Connection {
  readonly sdk: Sdk;
  /** The region of our own client; a client that was handed in keeps its own to itself. */
  readonly region?: string;
  readonly request: Request;
  close(): void;
}

/** Loads the SDK and makes the client at the first use. */
export function connector({ client, ...own }: ConnectionOptions) {
  return lazy(async (): Promise<Connection> => {
    if (client === undefined) return connect(await import('@aws-sdk/client-secrets-manager'), own);
    const beside = ownOptions(own);
    if (beside.length > 0) {
      const message = 'cannot stand beside `client`, which has its own';
      throw new ConfigError(beside.map(([place]) => ({ place, message })));
    }
    return {
      sdk: await import('@aws-sdk/client-secrets-manager'),
      request: (send) => send(client),
      close() {},
    };
  });
}

function ownOptions({ region, profile, credentials, endpoint }: ConnectionOptions) {
  return Object.entries({ region, profile, credentials, endpoint }).filter(
    ([, given]) => given !== undefined,
  );
}

async function connect(sdk: Sdk, options: ConnectionOptions): Promise<Connection> {
  const { endpoint } = options;
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new ConfigError([
      { place: 'endpoint', message: 'is not a URL that begins with "https://" or "http://"' },
    ]);
  }
  const client = new sdk.SecretsManagerClient({
    ...Object.fromEntries(ownOptions(options)),
    // Core retries, within its deadline.
    maxAttempts: 1,
    customUserAgent: `keyturn/${VERSION}`,
  });
  const region = await regionOf(client, options.region);
  return { sdk, region, request: renewing(client), close: () => client.destroy() };
}

/** The region in force. The SDK would say that there is none only at the first request. */
async function regionOf(client: SecretsManagerClient, option: string | undefined): Promise<string> {
  try {
    return await client.config.region();
  } catch {
    const message =
      option === undefined
        ? `no region is set: give the option \`region\`, or set AWS_REGION${defaultRegionHint()}`
        : 'is not the name of a region, such as "eu-west-1"';
    throw new ConfigError([{ place: 'region', message }]);
  }
}

function defaultRegionHint(): string {
  const { AWS_DEFAULT_REGION, AWS_REGION } = process.env;
  if (!AWS_DEFAULT_REGION || AWS_REGION) return '';
  return ' (AWS_DEFAULT_REGION is set, but the AWS SDK for JavaScript does not read it)';
}
