import { starter } from '../../../test/servers/aws-starter.ts';
import { type AwsSsmOptions, awsSsm } from '../src/index.ts';

export { failureOf, locator, options, signal } from '../../../test/support/calls.ts';

export const startStore = starter((connection, options?: AwsSsmOptions) =>
  awsSsm({ ...connection, ...options }),
);
