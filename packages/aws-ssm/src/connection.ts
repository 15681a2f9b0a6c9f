import type { SSMClient, SSMClientConfig } from '@aws-sdk/client-ssm';
import * as aws from '@keyturn/aws';

/** What is used of a client that is handed in. */
type Sender = Pick<SSMClient, 'send'>;
/** Keys, or a function that gives them. */
type Credentials = NonNullable<SSMClientConfig['credentials']>;

export interface ConnectionOptions extends aws.ConnectionOptions<Sender, Credentials> {
  /** A URL, for a VPC endpoint or an emulator. @default AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL, then the region's own */
  readonly endpoint?: string | undefined;
}

export type Connection = aws.Connection<typeof import('@aws-sdk/client-ssm'), Sender>;

/** The provider's one connection: it loads the SDK at its first use. */
export function connector(options: ConnectionOptions): aws.Connector<Connection> {
  return aws.connector(options, {
    load: () => import('@aws-sdk/client-ssm'),
    create: (sdk, config) => new sdk.SSMClient(config),
  });
}
