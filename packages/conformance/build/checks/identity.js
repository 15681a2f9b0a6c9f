import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { withStore } from '../session.js';
const KIND = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export function identityChecks(subject) {
    return [
        cell('says what it is', undefined, () => withStore(subject, async ({ provider }) => {
            describesItself(provider);
            keepsItsDeclarations(subject, provider);
        })),
    ];
}
function describesItself({ contract, kind, batchSize, params, local, concurrency, retries }) {
    assert.equal(contract, 1, '`contract` is not 1');
    assert.match(kind, KIND, '`kind` is not in kebab-case');
    assert.ok(isCount(batchSize) || batchSize === Infinity, '`batchSize` is neither an integer from 1 nor Infinity');
    assert.ok(params.every((param) => typeof param === 'string' && param !== ''), '`params` are not all names');
    assert.equal(new Set(params).size, params.length, '`params` are not distinct');
    assert.ok(local === undefined || local === true, '`local` is neither true nor left out');
    assert.ok(concurrency === undefined || isCount(concurrency), '`concurrency` is no integer from 1');
    assert.ok(retries === undefined || retries === 'own', "`retries` is neither 'own' nor left out");
}
function keepsItsDeclarations({ cannot }, provider) {
    const methods = { check: 'check', describe: 'describe', dispose: Symbol.asyncDispose };
    for (const [ability, method] of Object.entries(methods)) {
        const declared = Object.hasOwn(cannot, ability);
        const there = typeof provider[method] === 'function';
        assert.ok(!(declared && there), `the subject declares \`cannot.${ability}\`, but the provider can`);
    }
}
function isCount(value) {
    return Number.isInteger(value) && value >= 1;
}
//# sourceMappingURL=identity.js.map