import { convert } from './convert.js';
import { ConfigError, ResolveError } from './errors.js';
import { readManifest, } from './manifest.js';
import { distinctProviders, optionProblems, readLimits, } from './options.js';
import { groupByProvider, planCalls, planItems } from './plan.js';
import { createReader } from './reader.js';
import { Cut, openScope } from './scope.js';
import { walk } from './walk.js';
const DEFAULTS = { deadlineMs: 10_000, timeoutMs: 3_000 };
/**
 * Makes a resolver over named providers. Makes no call; opens nothing.
 * @throws {ConfigError} for options that are wrong, every one of them at once.
 * @example
 * const resolver = createResolver({ providers: { app: env() } });
 * const { DATABASE_URL } = await resolver.resolve({ DATABASE_URL: 'app://DATABASE_URL' });
 */
export function createResolver(options) {
    const problems = optionProblems(options);
    if (problems.length > 0)
        throw new ConfigError(problems);
    const { providers, environment, allowDefaults = false, onWarning = emitWarning } = options;
    const limits = readLimits(options, DEFAULTS);
    const read = createReader();
    const closing = new AbortController();
    const running = new Set();
    const warned = new Set();
    let closed;
    function warn({ kind }, message) {
        const key = `${kind}: ${message}`;
        if (warned.has(key))
            return;
        warned.add(key);
        onWarning({ kind, message });
    }
    /** What came of each item, in the manifest's order. Rejects only with the caller's own abort reason. */
    async function resolveItems(pairs, callOptions) {
        callOptions.signal?.throwIfAborted();
        const { deadlineMs, timeoutMs } = readLimits(callOptions, limits);
        const { items, failures } = planItems(pairs, providers);
        if (failures.length > 0)
            return { values: [], failures };
        const scope = openScope(deadlineMs, `no answer within the deadline of ${deadlineMs} ms`, [
            closing.signal,
            callOptions.signal,
        ]);
        try {
            const context = { signal: scope.signal, timeoutMs, warn, allowDefaults, environment };
            const groups = [...groupByProvider(items).values()];
            const answers = (await Promise.all(groups.map((group) => walk(group, read, context)))).flat();
            const results = await Promise.all(answers.map((answer) => convert(answer, context)));
            return inOrder(items, new Map(answers.map(({ item }, index) => [item, results[index]])));
        }
        finally {
            scope.close();
        }
    }
    /** The one door: every `resolve` comes through here. */
    async function resolveAny(subject, callOptions = {}) {
        assertOpen();
        if (typeof subject !== 'string') {
            const { values, failures } = await resolveItems(readManifest(subject), callOptions);
            if (failures.length > 0)
                throw new ResolveError(failures);
            return values;
        }
        const { signal: _signal, deadline: _deadline, timeout: _timeout, ...entry } = callOptions;
        const { values, failures } = await resolveItems(readManifest({ reference: { ...entry, ref: subject } }), callOptions);
        if (failures.length > 0) {
            throw new ResolveError(failures.map((failure) => ({ ...failure, name: failure.reference })));
        }
        return values;
    }
    function assertOpen() {
        if (closed)
            throw new ConfigError([{ place: '', message: 'the resolver is closed: make another' }]);
    }
    function tracked(work) {
        const settled = work.then(() => running.delete(settled), () => running.delete(settled));
        running.add(settled);
        return work;
    }
    async function shut() {
        closing.abort(new Cut('the resolver was closed'));
        await Promise.all(running);
        const disposals = [...distinctProviders(providers)].map(async (provider) => {
            try {
                await provider[Symbol.asyncDispose]?.();
            }
            catch {
                // A vendor's error can hold a token, so only the fact is passed on.
                warn(provider, 'could not be closed cleanly');
            }
        });
        await Promise.all(disposals);
    }
    function close() {
        closed ??= shut();
        return closed;
    }
    // The result types are computed from the manifest's; no implementation can prove them, hence `never`.
    return {
        async resolve(subject, callOptions) {
            const values = await tracked(resolveAny(subject, callOptions));
            if (typeof subject === 'string')
                return values[0]?.[1].value;
            return Object.fromEntries(values.map(([name, { value }]) => [name, value]));
        },
        async resolveWithMetadata(subject, callOptions) {
            const values = await tracked(resolveAny(subject, callOptions));
            return (typeof subject === 'string' ? values[0]?.[1] : Object.fromEntries(values));
        },
        async resolveSettled(manifest, callOptions = {}) {
            assertOpen();
            const { values, failures } = await tracked(resolveItems(readManifest(manifest), callOptions));
            return { values: Object.fromEntries(values), failures };
        },
        plan(manifest) {
            const { items, failures } = planItems(readManifest(manifest), providers);
            if (failures.length > 0)
                throw new ResolveError(failures);
            return planCalls(items);
        },
        close,
        [Symbol.asyncDispose]: close,
    };
}
function inOrder(items, results) {
    const values = [];
    const failures = [];
    for (const item of items) {
        const result = results.get(item);
        if (result === undefined)
            continue;
        if ('code' in result)
            failures.push(result);
        else
            values.push([item.name, result]);
    }
    return { values, failures };
}
function emitWarning({ kind, message }) {
    process.emitWarning(`${kind}: ${message}`, 'KeyturnWarning');
}
//# sourceMappingURL=resolver.js.map