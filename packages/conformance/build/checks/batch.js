import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { fetchAll, found, putAll, textOf, withStore } from '../session.js';
/** What a batch without a limit is asked to carry. */
const MOST = 100;
/** Each of the three sees one mistake and is blind to the other two. */
export function batchChecks(subject) {
    return [
        cell('answers in the order asked', undefined, () => answersInOrder(subject)),
        cell('answers NotFound for what is missing, between what is there', undefined, () => tellsMissing(subject)),
        cell('answers a full batch', undefined, () => answersFullBatch(subject)),
    ];
}
/** The order asked is that of no alphabet, of no insertion, and no reverse of either. */
function answersInOrder(subject) {
    return withStore(subject, async (store) => {
        await putAll(subject, store, { alpha: 'text-a', bravo: 'text-b', charlie: 'text-c', delta: 'text-d' });
        const asked = ['delta', 'alpha', 'charlie', 'bravo'].map((name) => store.path(name));
        const outcomes = await fetchAll(store.provider, asked);
        const texts = outcomes.map((outcome) => textOf(subject, found(outcome)));
        assert.deepEqual(texts, ['text-d', 'text-a', 'text-c', 'text-b'], 'the outcomes are in another order');
    });
}
function tellsMissing(subject) {
    return withStore(subject, async (store) => {
        await putAll(subject, store, { alpha: 'text-a', charlie: 'text-c' });
        const asked = ['alpha', 'bravo', 'charlie'].map((name) => store.path(name));
        const outcomes = await fetchAll(store.provider, asked);
        const codes = outcomes.map((outcome) => (outcome.ok ? 'a value' : outcome.code));
        assert.deepEqual(codes, ['a value', 'NotFound', 'a value']);
    });
}
function answersFullBatch(subject) {
    return withStore(subject, async (store) => {
        const count = Math.min(store.provider.batchSize, MOST);
        const texts = Array.from({ length: count }, (_, index) => `text-${String(index).padStart(3, '0')}`);
        const named = Object.fromEntries(texts.map((text, index) => [`item-${index}`, text]));
        const outcomes = await fetchAll(store.provider, await putAll(subject, store, named));
        const answered = outcomes.map((outcome) => textOf(subject, found(outcome)));
        assert.deepEqual(answered.toSorted(), texts, 'the batch does not bring all of its values');
    });
}
//# sourceMappingURL=batch.js.map