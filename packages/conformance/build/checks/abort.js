import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { cell } from '../cell.js';
import { callOptions, dispose, fetchAll, settles, turns, withProvoked, withStore } from '../session.js';
/**
 * An aborted call may end either way: core has stopped waiting for it. What core cannot do is to end it, so that is
 * what is asked, and silence from then on.
 */
export function abortChecks(subject) {
    const { hangs } = subject;
    const [reason, provoke] = typeof hangs === 'string' ? [hangs] : [undefined, hangs];
    return [
        cell('ends a call that is aborted before it begins', undefined, () => 
        // Where a store never answers, only the abort can end the call.
        provoke
            ? withProvoked(subject, provoke, (hanging) => abortBefore(subject, hanging))
            : withStore(subject, (store) => abortBefore(subject, { provider: store.provider, path: store.path('alpha') }))),
        cell('ends a call that is aborted while it waits', reason, () => provoke
            ? withProvoked(subject, provoke, (hanging) => abortDuring(subject, hanging))
            : assert.fail(reason)),
    ];
}
export async function abortBefore(subject, { provider, path }) {
    const call = fetchAll(provider, [path], callOptions(AbortSignal.abort()));
    await settles(subject, call, 'a call that is aborted before it begins');
}
export async function abortDuring(subject, { provider, path, reached }) {
    const controller = new AbortController();
    const options = callOptions(controller.signal);
    const call = Promise.allSettled([fetchAll(provider, [path], options)]);
    const arrival = Promise.resolve(reached ?? setImmediate()).then(() => 'arrived');
    const first = await settles(subject, Promise.race([call, arrival]), 'the way to the store that hangs');
    const waits = first.status === 'fulfilled' && first.value === 'arrived';
    assert.ok(waits, 'the store that should hang has answered');
    controller.abort();
    await settles(subject, call, 'a call that is aborted while it waits');
    const { length } = options.warnings;
    await dispose(subject, provider).catch(() => { });
    await turns();
    assert.equal(options.warnings.length, length, 'the provider warns after its call has ended');
}
//# sourceMappingURL=abort.js.map