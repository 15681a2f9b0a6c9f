import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
/** Opens a store, hands it to `run`, and closes it whatever comes. */
export async function withStore(subject, run) {
    const store = await subject.open();
    try {
        await run(store);
    }
    finally {
        await close(subject, store);
    }
}
/** Brings about a fault, hands it to `run`, and clears up whatever comes. */
export async function withProvoked(subject, provoke, run) {
    const provoked = await provoke();
    try {
        await run(provoked);
    }
    finally {
        await close(subject, provoked);
    }
}
/** A provider's failure to dispose is for the checks of disposal alone; a harness's is told at once. */
async function close(subject, opened) {
    await dispose(subject, opened.provider).catch(() => { });
    await opened[Symbol.asyncDispose]?.();
}
export async function dispose(subject, provider) {
    const disposal = async () => provider[Symbol.asyncDispose]?.();
    const settled = await settles(subject, disposal(), 'disposal');
    if (settled.status === 'rejected')
        throw settled.reason;
}
/** Writes text as the store keeps it: under the subject's field, where it has one. */
export function putText({ field }, store, path, text) {
    return store.put(path, field === undefined ? text : { [field]: text });
}
/** Puts one text for each name, and gives the paths. */
export async function putAll(subject, store, texts) {
    const paths = [];
    for (const [name, text] of Object.entries(texts)) {
        const path = store.path(name);
        await putText(subject, store, path, text);
        paths.push(path);
    }
    return paths;
}
/** The text that core would make of a fetched value: decoded from UTF-8, or taken out of the field. */
export function textOf({ field }, { value }) {
    const text = field !== undefined && isFields(value) ? value[field] : value;
    if (text instanceof Uint8Array)
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
    assert.equal(typeof text, 'string', 'the value is not the text that was put');
    return String(text);
}
export function isFields(value) {
    return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}
export function found(outcome) {
    assert.ok(outcome, 'an outcome is missing');
    assert.ok(outcome.ok, `a value that is there answers ${outcome.ok ? '' : outcome.code}`);
    return outcome.value;
}
/** What core hands to a call. `warnings` fills up as the provider warns. */
export function callOptions(signal = new AbortController().signal) {
    const warnings = [];
    return { signal, warnings, warn: (message) => void warnings.push(message) };
}
/** Fetches as core does: through `check`, split by `batchSize`, one outcome for each path. */
export function fetchAll(provider, paths, options = callOptions()) {
    return inCalls(provider, paths, (locators) => provider.fetch(locators, options));
}
/** Describes as core does. */
export function describeAll(provider, paths) {
    const { describe } = provider;
    assert.ok(describe, 'there is no `describe`: the subject should say so in `cannot.describe`');
    return inCalls(provider, paths, (locators) => describe.call(provider, locators, callOptions()));
}
async function inCalls(provider, paths, send) {
    const checked = paths.map((path) => locate(provider, path));
    const size = provider.batchSize >= 1 && !checked.some(({ alone }) => alone) ? provider.batchSize : 1;
    const outcomes = [];
    for (let start = 0; start < checked.length; start += size) {
        const locators = checked.slice(start, start + size).map(({ locator }) => locator);
        const answered = await send(locators);
        assert.equal(answered.length, locators.length, 'the number of outcomes is not the number of locators');
        outcomes.push(...answered);
    }
    return outcomes;
}
/** A path as the provider's own `check` has it. */
export function locate(provider, path) {
    const locator = { path, params: {} };
    const checked = provider.check?.(locator) ?? { locator };
    if ('problem' in checked)
        assert.fail(`\`check\` refuses a path of the subject's own: ${checked.problem}`);
    return checked;
}
/** Waits for a promise either way, but not for ever. */
export async function settles({ timeout = 3000 }, promise, what) {
    let timer;
    const limit = new Promise((done) => {
        timer = setTimeout(() => done(undefined), timeout);
    });
    const settled = promise.then((value) => ({ status: 'fulfilled', value }), (reason) => ({ status: 'rejected', reason }));
    const first = await Promise.race([settled, limit]);
    clearTimeout(timer);
    assert.ok(first, `${what} takes longer than ${timeout} ms`);
    return first;
}
/** Two turns of the event loop: what was rejected by now and is not handled has been told. */
export async function turns() {
    await setImmediate();
    await setImmediate();
}
//# sourceMappingURL=session.js.map