import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { cell } from '../cell.js';
import { callOptions, describeAll, fetchAll, putAll, withProvoked, withStore } from '../session.js';
import { canary } from '../subject.js';
import { provocations, refusal } from './faults.js';
const FORMS = [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')];
export function canaryChecks(subject) {
    return [cell('shows a value nowhere but in its place', undefined, () => showsNoValue(subject))];
}
async function showsNoValue(subject) {
    await withStore(subject, async (store) => {
        const paths = await putAll(subject, store, { alpha: canary });
        const options = callOptions();
        for (const outcome of await fetchAll(store.provider, paths, options)) {
            assertClean(outcome.ok ? outcome.value.metadata : outcome, 'an outcome');
        }
        if (store.provider.describe)
            assertClean(await describeAll(store.provider, paths), 'what `describe` gives');
        assertClean(options.warnings, 'a warning');
    });
    for (const provoke of provocations(subject)) {
        await withProvoked(subject, provoke, async (provoked) => {
            const options = callOptions();
            // What is told of a fault has its own checks: here counts only what it shows.
            const told = await refusal(provoked, options).catch(() => undefined);
            assertClean(told, 'what is told of a fault');
            assertClean(options.warnings, 'a warning');
        });
    }
}
function assertClean(said, what) {
    const text = inspect(said, { depth: null, showHidden: true, maxStringLength: null, breakLength: Infinity });
    assert.ok(!FORMS.some((form) => text.includes(form)), `${what} holds the value`);
}
//# sourceMappingURL=canary.js.map