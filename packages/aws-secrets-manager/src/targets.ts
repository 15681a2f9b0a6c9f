import type { Locator, Outcome } from '@keyturn/core';
import { idOf, isArn, regionOf } from './names.ts';

/** Reads in flight for one call of core's, of which there are eight: within the SDK's 50 sockets. */
export const IN_FLIGHT = 5;

/** A locator in the store's own terms. */
export interface Target {
  readonly locator: Locator;
  /** The name or ARN that the API is asked for. */
  readonly id: string;
}

export function targetOf(locator: Locator, prefix: string): Target {
  return { locator, id: idOf(locator, prefix) };
}

/** True for an ARN of another region than our own client's, which it cannot read. */
export function isForeign({ id }: Target, region: string | undefined): boolean {
  return region !== undefined && isArn(id) && regionOf(id) !== region;
}

export function foreign({ id }: Target): Outcome<never> {
  const region = regionOf(id);
  const message = `the ARN lies in another region: read it by a provider of its own, with the option region: '${region}'`;
  return { ok: false, code: 'InvalidReference', message };
}
