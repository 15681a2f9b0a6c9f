import { resolve } from 'node:path';
import { cascadeOf, directoryProblem, environmentProblem, readCascade, } from './cascade.js';
import { expander } from './expand.js';
/**
 * Secrets from `.env` files. A reference's path is a name in them: `app://DATABASE_URL`.
 *
 * The files are read anew, once, in every batch. Codes: `NotFound` (no file gives the name),
 * `AccessDenied` (a file may not be read), `Misconfigured` (a directory in a file's place, an unusable option),
 * `InvalidValue` (a malformed line, not UTF-8, over 1 MiB, a reference that cannot be expanded), `Unavailable` (a link to
 * nothing, an input error). A problem in any of the files fails every name, since that file could hold it.
 */
export function dotenv(options = {}) {
    const { environment, directory = '', expand = false } = options;
    const optionProblem = environmentProblem(environment) ?? directoryProblem(directory);
    const names = cascadeOf(environment);
    const folder = optionProblem === undefined ? resolve(directory) : '';
    return {
        contract: 1,
        kind: 'dotenv',
        batchSize: Number.POSITIVE_INFINITY,
        local: true,
        params: [],
        check,
        async fetch(locators, { signal }) {
            signal.throwIfAborted();
            if (optionProblem !== undefined)
                return everyOne(locators, 'Misconfigured', optionProblem);
            const cascade = await readCascade(names, folder, directory, signal);
            if (!cascade.ok)
                return everyOne(locators, cascade.code, cascade.message);
            if (cascade.files.length === 0) {
                return everyOne(locators, 'NotFound', `there is no ${orList(names)} in ${folder}`);
            }
            const read = reader(cascade, expand);
            return locators.map(({ path }) => read(path));
        },
        classify: () => undefined,
    };
}
function check(locator) {
    if (/^[\w.-]+$/.test(locator.path))
        return { locator };
    return {
        problem: 'a name in a .env file has only A-Z, a-z, 0-9, "_", "." and "-"; write one such as DATABASE_URL',
    };
}
function reader({ files, entries }, expand) {
    const expandEntry = expander((name) => entries.get(name));
    return (name) => {
        const entry = entries.get(name);
        if (entry === undefined) {
            return { ok: false, code: 'NotFound', message: `${name} is not in ${orList(files)}` };
        }
        if (!expand)
            return found(entry.value, entry.modified);
        const expanded = expandEntry(entry, name);
        if ('problem' in expanded)
            return { ok: false, code: 'InvalidValue', message: expanded.problem };
        const modified = expanded.value === entry.value ? entry.modified : latest(entries.values());
        return found(expanded.value, modified);
    };
}
function found(value, createdBefore) {
    return { ok: true, value: { value, ...(createdBefore && { metadata: { createdBefore } }) } };
}
/** An expanded value may stem from any of the files; unknown when one of them has no time. */
function latest(entries) {
    let time = 0;
    for (const { modified } of entries) {
        if (modified === undefined)
            return undefined;
        time = Math.max(time, modified.getTime());
    }
    return new Date(time);
}
function everyOne(locators, code, message) {
    return locators.map(() => ({ ok: false, code, message }));
}
function orList(names) {
    return new Intl.ListFormat('en', { type: 'disjunction' }).format(names);
}
//# sourceMappingURL=dotenv.js.map