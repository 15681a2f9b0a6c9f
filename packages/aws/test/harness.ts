import { GetParametersCommand, type SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import type { Provider } from '@keyturn/core';
import { starter } from '../../../test/servers/aws-starter.ts';
import {
  type ConnectionOptions,
  classifier,
  connector,
  failureNames,
  type Target,
  withinRegion,
} from '../src/index.ts';

export { CREDENTIALS } from '../../../test/servers/aws-starter.ts';
export { failureOf, locator, options } from '../../../test/support/calls.ts';

export type Options = ConnectionOptions<Pick<SSMClient, 'send'>, NonNullable<SSMClientConfig['credentials']>>;

/** The smallest provider that can be made of this package: each call sends one request, whatever is asked for. */
export function smallest(given: Options): Provider {
  const connect = connector(given, {
    load: () => import('@aws-sdk/client-ssm'),
    create: (sdk, config) => new sdk.SSMClient(config),
  });
  const ask = withinRegion(
    connect,
    (locator): Target => ({ locator, region: /^arn:aws:ssm:([^:]+)/.exec(locator.path)?.[1] }),
  );
  return {
    contract: 1,
    kind: 'aws-smallest',
    batchSize: 10,
    params: [],
    fetch: (locators, options) =>
      ask(locators, options, async ({ request }, targets) => {
        const command = new GetParametersCommand({ Names: targets.map(({ locator }) => locator.path) });
        await request((client) => client.send(command, { abortSignal: options.signal }));
        return new Map(targets.map(({ locator }) => [locator, { ok: true, value: { value: 'canary' } }]));
      }),
    classify: classifier(failureNames([['OwnName', ['Disabled', 'our own words']]])),
    [Symbol.asyncDispose]: connect.close,
  };
}

export const startStore = starter((connection, given?: Options) => smallest({ ...connection, ...given }));
