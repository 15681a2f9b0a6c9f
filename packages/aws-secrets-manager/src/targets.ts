import { type Target as AwsTarget, isArn } from '@keyturn/aws';
import type { Locator } from '@keyturn/core';
import { regionOf } from './names.ts';

/**
 * Reads in flight for one call of core's, of which there are eight: within the SDK's 50 sockets.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html
 */
export const IN_FLIGHT = 5;

/** A locator in the store's own terms. */
export interface Target extends AwsTarget {
  /** The name or ARN that the API is asked for. */
  readonly id: string;
}

/** An ARN stands for itself, everything else gets the prefix. */
export function targetOf(locator: Locator, prefix: string): Target {
  const { path } = locator;
  const id = isArn(path) ? path : prefix + path;
  return { locator, id, region: regionOf(id) };
}
