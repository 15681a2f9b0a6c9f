import { withinRegion } from '@keyturn/aws';
import type { Provider } from '@keyturn/core';
import { classify } from './classify.ts';
import { type ConnectionOptions, connector } from './connection.ts';
import { describeTargets } from './describe.ts';
import { checkName } from './names.ts';
import { createReader } from './read.ts';
import { targetOf } from './targets.ts';

export interface AwsSecretsManagerOptions extends ConnectionOptions {
  /** Put before every name, such as `myapp/prod/`; never before an ARN. @default '' */
  readonly prefix?: string | undefined;
}

/**
 * A provider over AWS Secrets Manager: twenty secrets a call. `path` is a name or an ARN, with or without its six
 * random characters; `?stage=` (such as `AWSPREVIOUS`) and `?version=` choose a version, AWSCURRENT if nothing
 * does. `SecretBinary` comes as bytes.
 *
 * Where BatchGetSecretValue is denied, it warns once, and from then on reads each secret by a call of its own; where
 * that action alone is throttled, it does so for this once.
 *
 * `NotFound`: no such secret, version or stage, or no value yet. `Disabled`: marked for deletion, or its KMS key is
 * disabled or deleted. `AccessDenied`: a permission is missing, on the secret or on its KMS key. `Unauthenticated`:
 * no credentials, or AWS refuses them. `Throttled`, `Unavailable`: as core says. `Misconfigured`: no region.
 * `InvalidReference`: not a name that Secrets Manager allows, or an ARN of another region.
 *
 * Metadata: `version`; `createdAt` of the version where it was read by a call of its own. By `describe`, always both,
 * `tags`, and `rotationEnabled`, `rotationRule`, `lastRotatedAt`, `rotatesAt` of the rotation that Secrets Manager does.
 *
 * @example
 * awsSecretsManager({ region: 'eu-west-1', prefix: 'myapp/prod/' }) // sm://database#url reads myapp/prod/database
 */
export function awsSecretsManager(options: AwsSecretsManagerOptions = {}): Provider {
  const { prefix = '' } = options;
  const connect = connector(options);
  const read = createReader();
  const ask = withinRegion(connect, (locator) => targetOf(locator, prefix));

  return {
    contract: 1,
    kind: 'aws-secrets-manager',
    // The most that BatchGetSecretValue takes.
    batchSize: 20,
    params: ['version', 'stage'],
    ...(options.client && { retries: 'own' }),
    check: (locator) => checkName(locator, prefix),
    fetch: (locators, options) =>
      ask(locators, options, (connection, targets) => read(connection, targets, options)),
    describe: (locators, options) =>
      ask(locators, options, (connection, targets) => describeTargets(connection, targets, options.signal)),
    classify,
    [Symbol.asyncDispose]: connect.close,
  };
}
