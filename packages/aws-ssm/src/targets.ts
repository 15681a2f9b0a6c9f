import type { Target as AwsTarget } from '@keyturn/aws';
import type { Locator } from '@keyturn/core';
import { bareName, fullName, regionOf } from './names.ts';

/** A locator in the store's own terms. */
export interface Target extends AwsTarget {
  /** What the API is asked for: a name or an ARN, with neither version nor label. */
  readonly name: string;
  /** Such as `:3` or `:live`; empty for the current version. */
  readonly selector: string;
  /** The name that answers are told apart by. */
  readonly bare: string;
}

export function targetOf(locator: Locator, prefix: string): Target {
  const { version, label } = locator.params;
  const name = fullName(locator.path, prefix);
  const selected = version ?? label;
  return {
    locator,
    name,
    selector: selected === undefined ? '' : `:${selected}`,
    bare: bareName(name),
    region: regionOf(name),
  };
}

/**
 * Groups in which each parameter occurs once, so that an answer is known by the parameter's name alone: what is
 * asked twice, by two versions or by name and ARN, is the exception and costs a call.
 */
export function rounds(targets: readonly Target[]): Map<string, Target>[] {
  const groups: Map<string, Target>[] = [];
  for (const target of targets) {
    const group = groups.find((members) => !members.has(target.bare));
    if (group) group.set(target.bare, target);
    else groups.push(new Map([[target.bare, target]]));
  }
  return groups;
}
