import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { locate, withStore } from '../session.js';
/** Paths that some store takes for another, refuses, or rewrites. */
const ODD = [...'a A / /a a/ a//b .. a/../b ä a_b a.b a:1'.split(' '), ' a ', 'a'.repeat(5000)];
export function nameChecks(subject) {
    return [
        cell('checks paths purely and idempotently', subject.cannot.check, () => withStore(subject, async (store) => {
            const { provider } = store;
            const own = store.path('name');
            assert.ok(provider.check, 'there is no `check`: the subject should say so in `cannot.check`');
            locate(provider, own);
            for (const odd of [own, ...ODD]) {
                checksPurely(provider, { path: odd, params: {} });
                for (const param of provider.params)
                    checksPurely(provider, { path: odd, params: { [param]: '1' } });
            }
        })),
    ];
}
function checksPurely(provider, locator) {
    const check = (given) => provider.check?.(given) ?? assert.fail('`check` gives nothing');
    const given = structuredClone(locator);
    const resources = process.getActiveResourcesInfo().toSorted();
    const checked = structuredClone(check(given));
    const started = process.getActiveResourcesInfo().toSorted();
    assert.deepEqual(started, resources, '`check` starts something: it must make no call');
    assert.deepEqual(given, locator, '`check` changes what it is given');
    assert.deepEqual(check(structuredClone(locator)), checked, '`check` answers the same twice, differently');
    if ('problem' in checked) {
        assert.match(checked.problem, /\S/, '`check` refuses without a word');
    }
    else {
        assert.deepEqual(check(structuredClone(checked.locator)), checked, '`check` changes its own canonical form');
    }
}
//# sourceMappingURL=names.js.map