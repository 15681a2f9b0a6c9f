import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { dispose, fetchAll, found, putAll, textOf, withStore } from '../session.js';
export function disposalChecks(subject) {
    const { cannot } = subject;
    return [
        cell('disposes before its first use, and twice after it', cannot.dispose, () => disposesTwice(subject)),
        cell('opens anew after its disposal', cannot.dispose, () => opensAnew(subject)),
    ];
}
async function disposesTwice(subject) {
    await withStore(subject, async ({ provider }) => {
        assert.ok(provider[Symbol.asyncDispose], 'there is no disposal: the subject should say so in `cannot.dispose`');
        await assert.doesNotReject(dispose(subject, provider), 'disposal before the first use rejects');
    });
    await withStore(subject, async (store) => {
        await fetchAll(store.provider, await putAll(subject, store, { alpha: 'text-a' }));
        await assert.doesNotReject(dispose(subject, store.provider), 'disposal rejects');
        await assert.doesNotReject(dispose(subject, store.provider), 'a second disposal rejects');
    });
}
/** Disposal lets go; it does not end the provider. */
function opensAnew(subject) {
    return withStore(subject, async (store) => {
        const paths = await putAll(subject, store, { alpha: 'text-a' });
        await fetchAll(store.provider, paths);
        await dispose(subject, store.provider);
        const [outcome] = await fetchAll(store.provider, paths);
        assert.equal(textOf(subject, found(outcome)), 'text-a');
    });
}
//# sourceMappingURL=disposal.js.map