import type { Cell, Check, NotApplicable } from './cell.ts';
import { abortChecks } from './checks/abort.ts';
import { batchChecks } from './checks/batch.ts';
import { canaryChecks } from './checks/canary.ts';
import { disposalChecks } from './checks/disposal.ts';
import { faultChecks } from './checks/faults.ts';
import { identityChecks } from './checks/identity.ts';
import { leakChecks } from './checks/leaks.ts';
import { metadataChecks } from './checks/metadata.ts';
import { nameChecks } from './checks/names.ts';
import { valueChecks } from './checks/values.ts';
import type { Subject } from './subject.ts';

/**
 * The checks that a provider must pass, each on its own store. They are to run one after another: two of them watch
 * the whole process.
 */
export function conformance(subject: Subject): readonly Check[] {
  return cells(subject).filter((cell) => 'run' in cell);
}

/** The checks that the subject has declared away, each with its reason. */
export function notApplicable(subject: Subject): readonly NotApplicable[] {
  return cells(subject).filter((cell) => 'reason' in cell);
}

/**
 * Hands every check to a runner's function: `it` or `test` of Vitest, `test` of `node:test`, or another that takes a
 * name and a function.
 */
export function runWith(test: (name: string, run: () => Promise<void>) => unknown, subject: Subject): void {
  for (const { name, run } of conformance(subject)) test(name, run);
}

function cells(subject: Subject): Cell[] {
  return [
    ...identityChecks(subject),
    ...batchChecks(subject),
    ...valueChecks(subject),
    ...nameChecks(subject),
    ...metadataChecks(subject),
    ...abortChecks(subject),
    ...disposalChecks(subject),
    ...faultChecks(subject),
    ...canaryChecks(subject),
    ...leakChecks(subject),
  ];
}
