import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { watchHandles } from '../handles.js';
import { describeAll, fetchAll, putAll, turns, withProvoked, withStore } from '../session.js';
import { abortBefore, abortDuring } from './abort.js';
import { provocations, refusal } from './faults.js';
export function leakChecks(subject) {
    return [
        cell('leaves no rejection unhandled', undefined, () => leavesNoRejection(subject)),
        cell('leaves nothing open after its disposal', undefined, () => leavesNothingOpen(subject)),
    ];
}
async function leavesNoRejection(subject) {
    let count = 0;
    const listener = () => {
        count += 1;
    };
    process.on('unhandledRejection', listener);
    try {
        await exercise(subject);
        await turns();
    }
    finally {
        process.off('unhandledRejection', listener);
    }
    assert.equal(count, 0, `${count} rejected promises were never handled`);
}
/**
 * Looks at what keeps the process alive, which idle keep-alive sockets do not. A harness may open something for good
 * with its first store, so one comes and goes before the count; what takes a while to close gets that while.
 */
async function leavesNothingOpen(subject) {
    await withStore(subject, async (store) => void (await putAll(subject, store, { alpha: 'text-a' })));
    const watch = watchHandles();
    await exercise(subject);
    const open = await watch.leftOpen(subject.timeout ?? 3000);
    assert.deepEqual(open, [], 'something is open that was not before');
}
/** Everything that a provider can be asked; what it answers has its own checks. */
async function exercise(subject) {
    const { hangs } = subject;
    const ignore = () => { };
    await withStore(subject, async (store) => {
        const paths = [...(await putAll(subject, store, { alpha: 'text-a' })), store.path('bravo')];
        await fetchAll(store.provider, paths).catch(ignore);
        if (store.provider.describe)
            await describeAll(store.provider, paths).catch(ignore);
        await abortBefore(subject, { provider: store.provider, path: store.path('alpha') }).catch(ignore);
    });
    if (typeof hangs !== 'string') {
        await withProvoked(subject, hangs, (hanging) => abortDuring(subject, hanging).catch(ignore));
    }
    for (const provoke of provocations(subject)) {
        await withProvoked(subject, provoke, async (provoked) => void (await refusal(provoked).catch(ignore)));
    }
}
//# sourceMappingURL=leaks.js.map