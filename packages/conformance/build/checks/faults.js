import assert from 'node:assert/strict';
import { cell } from '../cell.js';
import { callOptions, withProvoked, withStore } from '../session.js';
const ALWAYS = ['AccessDenied', 'Unauthenticated', 'Throttled', 'Unavailable', 'Disabled'];
const RARE = ['InvalidReference', 'InvalidValue', 'Misconfigured'];
/** What no provider can know. */
const FOREIGN = [new RangeError('x'), undefined, null, 'text', 42, Symbol('x'), {}, Object.create(null)];
export function faultChecks(subject) {
    const tell = (code, provoke) => {
        const name = `tells ${code}`;
        if (typeof provoke === 'string')
            return { name, reason: provoke };
        return { name, run: () => withProvoked(subject, provoke, (provoked) => tells(code, provoked)) };
    };
    return [
        ...ALWAYS.map((code) => tell(code, subject.faults[code])),
        ...RARE.flatMap((code) => {
            const provoke = subject.faults[code];
            return provoke ? tell(code, provoke) : [];
        }),
        cell('classifies no error that it does not know', undefined, () => withStore(subject, async ({ provider }) => {
            for (const error of FOREIGN) {
                assert.equal(provider.classify(error), undefined, '`classify` names an error of someone else');
            }
        })),
    ];
}
/** Every fault that the subject can bring about. */
export function provocations({ faults }) {
    return [...ALWAYS, ...RARE].flatMap((code) => {
        const provoke = faults[code];
        return typeof provoke === 'function' ? provoke : [];
    });
}
async function tells(code, provoked) {
    const told = await refusal(provoked);
    assert.equal(told.code, code);
    const { retryAfterMs } = told;
    assert.ok(retryAfterMs === undefined || (Number.isFinite(retryAfterMs) && retryAfterMs >= 0), '`retryAfterMs` is no number of milliseconds');
}
/** What a provider tells of a call that must fail: by `check`, by an outcome, or by what it throws. */
export async function refusal({ provider, path }, options = callOptions()) {
    const checked = provider.check?.({ path, params: {} }) ?? { locator: { path, params: {} } };
    if ('problem' in checked)
        return { code: 'InvalidReference', message: checked.problem };
    const { locator } = checked;
    const call = async () => provider.fetch([locator], options);
    const [settled] = await Promise.allSettled([call()]);
    if (settled.status === 'rejected')
        return classified(provider, settled.reason);
    const [outcome] = settled.value;
    assert.ok(outcome && !outcome.ok, 'the call that should fail brings a value');
    return outcome;
}
function classified(provider, error) {
    const told = provider.classify(error);
    const kind = error instanceof Error ? error.name : typeof error;
    assert.ok(told, `\`classify\` does not know what the provider threw (${kind})`);
    assert.deepEqual(provider.classify(error), told, '`classify` answers the same question twice, differently');
    return told;
}
//# sourceMappingURL=faults.js.map