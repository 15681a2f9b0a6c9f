import { createLimiter } from './limiter.js';
import { splitIntoCalls } from './plan.js';
import { Cut, openScope, raced } from './scope.js';
/** Calls in flight for one provider, unless it says otherwise. */
const CONCURRENCY = 8;
/** Codes that one item of a batch can be to blame for, so that the others deserve a call without it. */
const ITEM_CODES = [
    'NotFound',
    'AccessDenied',
    'InvalidReference',
    'InvalidValue',
    'Disabled',
];
/** Makes a reader: splits by batch size, bounds the calls in flight, and turns every ending into outcomes. */
export function createReader() {
    const limiters = new Map();
    return async (provider, legs, context) => {
        const limiter = limiters.get(provider) ?? createLimiter(provider.concurrency ?? CONCURRENCY);
        limiters.set(provider, limiter);
        const outcomes = new Map();
        const read = async (call) => {
            const answer = await limiter(() => callProvider(provider, call, context), context.signal).catch(ended);
            if (!('code' in answer)) {
                call.forEach((leg, index) => {
                    outcomes.set(leg.key, answer[index] ?? { ok: false, code: 'Unknown' });
                });
            }
            else if (call.length > 1 && ITEM_CODES.includes(answer.code)) {
                const half = Math.ceil(call.length / 2);
                await Promise.all([read(call.slice(0, half)), read(call.slice(half))]);
            }
            else {
                for (const leg of call)
                    outcomes.set(leg.key, { ok: false, ...answer });
            }
        };
        await Promise.all(splitIntoCalls(provider, legs).map(read));
        return outcomes;
    };
}
/** One call: the outcomes in order, or what made the whole call fail. */
async function callProvider(provider, call, { signal: parent, timeoutMs, warn }) {
    const scope = openScope(timeoutMs, `no answer within ${timeoutMs} ms`, [parent]);
    try {
        const locators = call.map((leg) => leg.locator);
        const options = { signal: scope.signal, warn: (message) => warn(provider, message) };
        const outcomes = await raced((async () => provider.fetch(locators, options))(), scope.signal);
        if (Array.isArray(outcomes) && outcomes.length === call.length)
            return outcomes.map(sound);
        return {
            code: 'Unknown',
            message: `the provider did not give ${call.length} outcomes for ${call.length} locators`,
        };
    }
    catch (error) {
        if (scope.signal.aborted)
            return ended(scope.signal.reason);
        return classify(provider, error);
    }
    finally {
        scope.close();
    }
}
/** Our own limit as a code; a caller's own abort goes on as it is. */
function ended(reason) {
    if (reason instanceof Cut)
        return { code: 'Unavailable', message: reason.message };
    throw reason;
}
/** The provider's word for its error. The error itself goes no further: it can hold tokens and values. */
function classify(provider, error) {
    try {
        return provider.classify(error) ?? { code: 'Unknown' };
    }
    catch {
        return { code: 'Unknown', message: 'the provider failed to classify an error' };
    }
}
function sound(outcome) {
    if (outcome?.ok === false)
        return outcome;
    const value = outcome?.value?.value;
    if (typeof value === 'string' || (typeof value === 'object' && value !== null)) {
        return outcome;
    }
    return { ok: false, code: 'Unknown', message: 'the provider gave an outcome without a value' };
}
//# sourceMappingURL=reader.js.map