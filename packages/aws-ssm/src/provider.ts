import { withinRegion } from '@keyturn/aws';
import type { Provider } from '@keyturn/core';
import { classify } from './classify.ts';
import { type ConnectionOptions, connector } from './connection.ts';
import { describeTargets } from './describe.ts';
import { checkName } from './names.ts';
import { readTargets } from './read.ts';
import { targetOf } from './targets.ts';

export interface AwsSsmOptions extends ConnectionOptions {
  /** Put before every name, such as `/myapp/prod/`; never before an ARN. @default '' */
  readonly prefix?: string | undefined;
}

/**
 * A provider over AWS Systems Manager Parameter Store: ten parameters a call. `path` is a name or an ARN, as a
 * parameter shared by another account needs; `?version=` and `?label=` choose a version. A `StringList` comes as
 * its text with commas, for `as.list()`.
 *
 * `NotFound`: no such parameter, version or label. `AccessDenied`: a permission is missing, on the parameter or on
 * its KMS key. `Disabled`: the KMS key is disabled or deleted. `Unauthenticated`: no credentials, or AWS refuses
 * them. `Throttled`, `Unavailable`: as core says. `Misconfigured`: no region. `InvalidReference`: not a name that
 * Parameter Store allows, or an ARN of another region.
 *
 * Metadata: `version` and `createdAt` of the version that was read; by `describe` also `expiresAt` (policy
 * Expiration) and `rotatesAt` (policy NoChangeNotification).
 *
 * @example
 * awsSsm({ region: 'eu-west-1', prefix: '/myapp/prod/' }) // ssm://database/url reads /myapp/prod/database/url
 */
export function awsSsm(options: AwsSsmOptions = {}): Provider {
  const { prefix = '' } = options;
  const connect = connector(options);
  const ask = withinRegion(connect, (locator) => targetOf(locator, prefix));

  return {
    contract: 1,
    kind: 'aws-ssm',
    // The most that GetParameters takes.
    batchSize: 10,
    // A hundred and more parameters travel at once, within the SDK's 50 sockets.
    concurrency: 16,
    params: ['version', 'label'],
    ...(options.client && { retries: 'own' }),
    check: (locator) => checkName(locator, prefix),
    fetch: (locators, options) =>
      ask(locators, options, (connection, targets) => readTargets(connection, targets, options.signal)),
    describe: (locators, options) =>
      ask(locators, options, (connection, targets) => describeTargets(connection, targets, options.signal)),
    classify,
    [Symbol.asyncDispose]: connect.close,
  };
}
