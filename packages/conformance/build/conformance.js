import { abortChecks } from './checks/abort.js';
import { batchChecks } from './checks/batch.js';
import { canaryChecks } from './checks/canary.js';
import { disposalChecks } from './checks/disposal.js';
import { faultChecks } from './checks/faults.js';
import { identityChecks } from './checks/identity.js';
import { leakChecks } from './checks/leaks.js';
import { metadataChecks } from './checks/metadata.js';
import { nameChecks } from './checks/names.js';
import { valueChecks } from './checks/values.js';
/**
 * The checks that a provider must pass, each on its own store. They are to run one after another: two of them watch
 * the whole process.
 */
export function conformance(subject) {
    return cells(subject).filter((cell) => 'run' in cell);
}
/** The checks that the subject has declared away, each with its reason. */
export function notApplicable(subject) {
    return cells(subject).filter((cell) => 'reason' in cell);
}
/**
 * Hands every check to a runner's function: `it` or `test` of Vitest, `test` of `node:test`, or another that takes a
 * name and a function.
 */
export function runWith(test, subject) {
    for (const { name, run } of conformance(subject))
        test(name, run);
}
function cells(subject) {
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
//# sourceMappingURL=conformance.js.map