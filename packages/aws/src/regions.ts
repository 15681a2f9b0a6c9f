import type { CallOptions, Locator, Outcome } from '@keyturn/core';

/** A locator in a store's own terms. */
export interface Target {
  readonly locator: Locator;
  /** The region that its ARN names; undefined for a name, which is of the client's own region. */
  readonly region: string | undefined;
}

export function isArn(path: string): boolean {
  return path.startsWith('arn:');
}

/**
 * Asks a store for what lies in the region of our own client, and says of the rest why it cannot be read
 * (docs/decisions/0012). What the answers tell of the store's time goes to `clock`.
 */
export function withinRegion<
  Connection extends { readonly region?: string; storeTime(): Date | undefined },
  Own extends Target,
>(connect: () => Promise<Connection>, targetOf: (locator: Locator) => Own) {
  return async <T>(
    locators: readonly Locator[],
    { clock }: CallOptions,
    ask: (connection: Connection, targets: readonly Own[]) => Promise<ReadonlyMap<Locator, Outcome<T>>>,
  ): Promise<Outcome<T>[]> => {
    const connection = await connect();
    const isForeign = ({ region }: Own) =>
      region !== undefined && connection.region !== undefined && region !== connection.region;
    const targets = locators.map(targetOf);
    const own = targets.filter((target) => !isForeign(target));
    const outcomes = await ask(connection, own).finally(() => {
      const time = connection.storeTime();
      if (time) clock?.(time);
    });
    return targets.map(({ locator, region }) => outcomes.get(locator) ?? foreign(region));
  };
}

function foreign(region: string | undefined): Outcome<never> {
  const message = `the ARN lies in another region: read it by a provider of its own, with the option region: '${region}'`;
  return { ok: false, code: 'InvalidReference', message };
}
