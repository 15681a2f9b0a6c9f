/**
 * A provider over values in memory, for tests and examples: any path is legal, values come back as they were
 * given, and `describe` gives the metadata that came with `set`. It is not `local`, so core caches it.
 *
 * @example
 * const store = memory({ 'db/url': 'postgres://localhost/app' });
 * store.fail('db/url', 'Unavailable', 2);
 */
export function memory(values = {}, options = {}) {
    const { batchSize = Infinity, concurrency, params = [], latency = 0 } = options;
    const entries = new Map();
    const itemFaults = faults();
    const callFaults = faults();
    const calls = [];
    async function answer(method, locators, signal, pick) {
        const paths = locators.map(({ path }) => path);
        calls.push({ method, paths });
        signal.throwIfAborted();
        const callFault = callFaults.takeFirst(['*', ...paths]);
        const found = callFault ? [] : paths.map((path) => itemFaults.takeFirst([path]));
        const wait = callFault === 'hang' || found.includes('hang') ? Infinity : latency;
        if (wait > 0)
            await pause(wait, signal);
        if (callFault !== undefined)
            throw new MemoryError(described(callFault));
        return locators.map(({ path, params: { version } }, index) => {
            const fault = found[index];
            if (fault !== undefined)
                return { ok: false, ...described(fault) };
            const entry = entries.get(path);
            const fetched = version === undefined ? entry?.current : entry?.versions.get(version);
            return fetched ? { ok: true, value: pick(fetched) } : { ok: false, code: 'NotFound' };
        });
    }
    const provider = {
        contract: 1,
        kind: 'memory',
        batchSize,
        params,
        ...(concurrency !== undefined && { concurrency }),
        calls,
        fetch: (locators, { signal }) => answer('fetch', locators, signal, (fetched) => fetched),
        describe: (locators, { signal }) => answer('describe', locators, signal, ({ metadata }) => metadata ?? {}),
        classify: (error) => (error instanceof MemoryError ? error.fault : undefined),
        set(path, value, metadata) {
            const current = metadata ? { value, metadata } : { value };
            const versions = entries.get(path)?.versions ?? new Map();
            if (metadata?.version !== undefined)
                versions.set(metadata.version, current);
            entries.set(path, { current, versions });
        },
        delete: (path) => void entries.delete(path),
        fail: (path, fault, times) => (path === '*' ? callFaults : itemFaults).add(path, fault, times),
        spoil: (path, fault, times) => callFaults.add(path, fault, times),
        mend() {
            itemFaults.clear();
            callFaults.clear();
        },
    };
    for (const [path, value] of Object.entries(values))
        provider.set(path, value);
    return provider;
}
class MemoryError extends Error {
    fault;
    constructor(fault) {
        super(`memory provider: ${fault.code}`);
        this.fault = fault;
    }
}
/** `hang` never comes this far: its wait ends in a rejection. */
function described(fault) {
    if (fault === 'hang')
        return { code: 'Unavailable' };
    return typeof fault === 'string' ? { code: fault } : fault;
}
function faults() {
    const armed = new Map();
    return {
        add: (path, fault, times = Infinity) => void armed.set(path, { fault, left: times }),
        /** The fault of the first path that has one left; only that one is used up. */
        takeFirst(paths) {
            for (const path of paths) {
                const entry = armed.get(path);
                if (entry === undefined || entry.left < 1)
                    continue;
                entry.left -= 1;
                return entry.fault;
            }
            return undefined;
        },
        clear: () => armed.clear(),
    };
}
/** Resolves after `ms` milliseconds, never for Infinity; rejects with the signal's reason when it aborts. */
function pause(ms, signal) {
    return new Promise((resolve, reject) => {
        const stop = () => {
            clearTimeout(timer);
            reject(signal.reason);
        };
        const done = () => {
            signal.removeEventListener('abort', stop);
            resolve();
        };
        const timer = ms === Infinity ? undefined : setTimeout(done, ms);
        signal.addEventListener('abort', stop, { once: true });
    });
}
//# sourceMappingURL=memory.js.map