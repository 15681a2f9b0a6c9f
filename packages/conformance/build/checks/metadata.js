import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { describeAll, fetchAll, found, putAll, withStore } from '../session.js';
const FIELDS = {
    version: (value) => typeof value === 'string' && value !== '',
    createdAt: isDate,
    createdBefore: isDate,
    expiresAt: isDate,
    rotatesAt: isDate,
    lastRotatedAt: isDate,
    rotationEnabled: (value) => typeof value === 'boolean',
    rotationRule: (value) => typeof value === 'string' && value !== '',
};
export function metadataChecks(subject) {
    return [
        cell('gives metadata of the form the contract has', undefined, () => wellFormed(subject)),
        cell('describes what it fetches', subject.cannot.describe, () => describesWhatItFetches(subject)),
    ];
}
function wellFormed(subject) {
    return withStore(subject, async (store) => {
        const paths = await putAll(subject, store, { alpha: 'text-a' });
        for (const outcome of await fetchAll(store.provider, paths))
            assertForm(found(outcome).metadata ?? {});
        if (!store.provider.describe)
            return;
        for (const outcome of await describeAll(store.provider, paths))
            assertForm(found(outcome));
    });
}
function describesWhatItFetches(subject) {
    return withStore(subject, async (store) => {
        const paths = await putAll(subject, store, { alpha: 'text-a', charlie: 'text-c' });
        const asked = ['alpha', 'bravo', 'charlie'].map((name) => store.path(name));
        const described = await describeAll(store.provider, asked);
        const codes = described.map((outcome) => (outcome.ok ? 'metadata' : outcome.code));
        assert.deepEqual(codes, ['metadata', 'NotFound', 'metadata']);
        const [alpha, , charlie] = described;
        const fetched = await fetchAll(store.provider, paths);
        assertSame(found(fetched[0]).metadata ?? {}, found(alpha));
        assertSame(found(fetched[1]).metadata ?? {}, found(charlie));
    });
}
function assertForm(metadata) {
    for (const [name, value] of Object.entries(metadata)) {
        assert.ok(isField(name), `the contract knows no metadata field \`${name}\``);
        assert.ok(value === undefined || FIELDS[name](value), `\`metadata.${name}\` is not what the contract says`);
    }
}
function assertSame(fetched, described) {
    for (const name of Object.keys(FIELDS).filter(isField)) {
        if (fetched[name] === undefined || described[name] === undefined)
            continue;
        assert.deepEqual(described[name], fetched[name], `\`fetch\` and \`describe\` differ on \`${name}\``);
    }
}
function isField(name) {
    return Object.hasOwn(FIELDS, name);
}
function isDate(value) {
    return value instanceof Date && !Number.isNaN(value.getTime());
}
//# sourceMappingURL=metadata.js.map