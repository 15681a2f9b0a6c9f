import type { Fetched, Locator, Outcome, Provider, SecretMetadata } from '@keyturn/core';
import { classify } from './classify.ts';
import { type ConnectionOptions, connector } from './connection.ts';
import { toMetadata } from './describe.ts';
import { checkName } from './names.ts';
import { outcomeOf } from './outcome-of.ts';
import { toFetched } from './read.ts';
import { type NamingOptions, targetOf } from './targets.ts';

export interface GcpSecretManagerOptions extends ConnectionOptions, NamingOptions {}

const LOGS_VALUES =
  "GOOGLE_SDK_NODE_LOGGING is set: Google's SDK writes secrets and access tokens to stderr, in clear";

/**
 * A provider over Google Secret Manager. `path` is a name in `project`, or a full name
 * (`projects/P/secrets/S`, regional: `projects/P/locations/L/secrets/S`); `?version=` chooses a version by number or
 * alias, without it the newest is read. The value comes as bytes, checked against Google's CRC32C.
 *
 * `NotFound`: no such secret or version. `AccessDenied`: a permission is missing, or the secret does not exist and the
 * caller may not know. `Disabled`: the version is disabled or destroyed. `Unauthenticated`: no credentials, or Google
 * refuses them. `Throttled`, `Unavailable`: as core says. `Misconfigured`: a short name without a project.
 * `InvalidReference`: not a name that Secret Manager allows.
 *
 * Metadata: `version`; by `describe` also `createdAt` of the version; `rotatesAt`, `expiresAt` and `tags` (its labels)
 * of the secret.
 *
 * @example
 * gcpSecretManager({ project: 'my-project', prefix: 'myapp-prod-' }) // gcp://database reads myapp-prod-database
 */
export function gcpSecretManager(options: GcpSecretManagerOptions = {}): Provider {
  const { client, authClient, endpoint, prefix = '' } = options;
  const { request, close } = connector({ client, authClient, endpoint });

  // https://docs.cloud.google.com/secret-manager/docs/reference/rpc/google.cloud.secretmanager.v1
  const read = async (locator: Locator, signal: AbortSignal): Promise<Outcome<Fetched>> => {
    const target = targetOf(locator, options);
    const [answer] = await request(target, signal, (reader, call) =>
      reader.accessSecretVersion({ name: target.version }, call),
    );
    return toFetched(answer);
  };
  const describe = async (locator: Locator, signal: AbortSignal): Promise<Outcome<SecretMetadata>> => {
    const target = targetOf(locator, options);
    const [[version], [secret]] = await request(target, signal, (reader, call) =>
      Promise.all([
        // The SDK writes into the options of a call.
        reader.getSecretVersion({ name: target.version }, { ...call }),
        reader.getSecret({ name: target.secret }, { ...call }),
      ]),
    );
    return toMetadata(version, secret);
  };

  return {
    contract: 1,
    kind: 'gcp-secret-manager',
    // The API reads one secret a call. One HTTP/2 connection carries them all, and Google counts them by the minute.
    batchSize: 1,
    concurrency: 64,
    params: ['version'],
    ...(client && { retries: 'own' }),
    check: (locator) => checkName(locator, prefix),
    fetch: (locators, { signal, warn }) => {
      if (process.env.GOOGLE_SDK_NODE_LOGGING) warn(LOGS_VALUES);
      return Promise.all(locators.map((locator) => outcomeOf(read(locator, signal))));
    },
    describe: (locators, { signal }) =>
      Promise.all(locators.map((locator) => outcomeOf(describe(locator, signal)))),
    classify,
    [Symbol.asyncDispose]: close,
  };
}
