import { ConfigError, type Lazy, lazy } from '@keyturn/core';
import { type Renewable, type Request, renewing } from './renewal.ts';

/** The version of this package, for the user agent: what package.json says, which a test checks. */
const VERSION = '0.1.0';

/** `Sender` is what is used of a client that is handed in; `Credentials` is what the SDK's own option takes. */
export interface ConnectionOptions<Sender, Credentials> {
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
  readonly credentials?: Credentials | undefined;
  /** A URL, for a VPC endpoint or an emulator. @default AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, then the region's own */
  readonly endpoint?: string | undefined;
}

export interface Connection<Sdk, Sender> {
  readonly sdk: Sdk;
  /** The region of our own client; a client that was handed in keeps its own to itself. */
  readonly region?: string;
  readonly request: Request<Sender>;
  /** The store's own time now, by the last answer, where the client keeps it. */
  storeTime(): Date | undefined;
  close(): void;
}

/** The SDK of one service. */
interface Service<Sdk, Sender, Credentials> {
  /** Imports it: an app that never reads this store never loads it. */
  load(): Promise<Sdk>;
  create(sdk: Sdk, config: ClientConfig<Credentials>): Sender & OwnClient;
}

interface ClientConfig<Credentials> {
  readonly region?: string;
  readonly profile?: string;
  readonly credentials?: Credentials;
  readonly endpoint?: string;
  readonly maxAttempts: number;
  readonly customUserAgent: string;
}

/** What is used of a client that is ours. */
interface OwnClient extends Renewable {
  readonly config: Renewable['config'] & { readonly region: () => Promise<string> };
  destroy(): void;
}

/** Gives the one connection of a provider. */
export interface Connector<Connection> {
  (): Promise<Connection>;
  /** Lets go of it; the next use opens another. */
  close(): Promise<void>;
}

/** Loads the SDK and makes the client at the first use. */
export function connector<Sdk, Sender, Credentials>(
  { client, ...own }: ConnectionOptions<Sender, Credentials>,
  service: Service<Sdk, Sender, Credentials>,
): Connector<Connection<Sdk, Sender>> {
  const connection: Lazy<Connection<Sdk, Sender>> = lazy(async () => {
    if (client === undefined) return connect(own, service);
    const message = 'cannot stand beside `client`, which has its own';
    const beside = Object.keys(given(own)).map((place) => ({ place, message }));
    if (beside.length > 0) throw new ConfigError(beside);
    return {
      sdk: await service.load(),
      request: (send) => send(client),
      storeTime: () => storeTimeOf(client),
      close() {},
    };
  });
  return Object.assign(() => connection(), {
    async close() {
      const opened = await connection.take()?.catch(() => undefined);
      opened?.close();
    },
  });
}

type OwnOptions<Credentials> = Omit<ConnectionOptions<never, Credentials>, 'client'>;

function given<Credentials>({ region, profile, credentials, endpoint }: OwnOptions<Credentials>) {
  return {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

async function connect<Sdk, Sender, Credentials>(
  options: OwnOptions<Credentials>,
  service: Service<Sdk, Sender, Credentials>,
): Promise<Connection<Sdk, Sender>> {
  const sdk = await service.load();
  const { endpoint } = options;
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new ConfigError([
      { place: 'endpoint', message: 'is not a URL that begins with "https://" or "http://"' },
    ]);
  }
  const client = service.create(sdk, {
    ...given(options),
    // Core retries, within its deadline.
    maxAttempts: 1,
    customUserAgent: `keyturn/${VERSION}`,
  });
  const region = await regionOf(client, options.region);
  return {
    sdk,
    region,
    request: renewing(client),
    storeTime: () => storeTimeOf(client),
    close: () => client.destroy(),
  };
}

/**
 * The SDK signs by the store's clock, and keeps what it learns of it from the header `Date` in `systemClockOffset`, in
 * milliseconds: AwsSdkSigV4AuthInputConfig of @aws-sdk/core. Undefined for what is no client of the SDK.
 */
function storeTimeOf(client: unknown): Date | undefined {
  if (!isRecord(client) || !isRecord(client.config)) return undefined;
  const { systemClockOffset: offset } = client.config;
  return typeof offset === 'number' ? new Date(Date.now() + offset) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The region in force. The SDK would say that there is none only at the first request. */
async function regionOf({ config }: OwnClient, option: string | undefined): Promise<string> {
  try {
    return await config.region();
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
