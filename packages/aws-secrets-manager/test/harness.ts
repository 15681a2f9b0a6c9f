import { starter } from '../../../test/servers/aws-starter.ts';
import { type AwsSecretsManagerOptions, awsSecretsManager } from '../src/index.ts';

export { failureOf, locator, options, signal } from '../../../test/support/calls.ts';

export const startStore = starter((connection, options?: AwsSecretsManagerOptions) =>
  awsSecretsManager({ ...connection, ...options }),
);
