import { readNamedFile } from './named-file.js';
import { canonicalName, nameProblem, readVariable } from './names.js';
/**
 * A provider over the environment variables of this process. A path is a variable's name; a variable that is
 * set to nothing has the empty value, one that is not set is `NotFound`. Windows ignores the case of names.
 *
 * With `fileSuffix`: `Misconfigured` where `NAME` and `NAME_FILE` are both set, or `NAME_FILE` names no file
 * that this user can read; `InvalidValue` beyond 1 MiB or where the file is not UTF-8; `Unavailable` where
 * reading failed.
 *
 * @example
 * env({ prefix: 'MYAPP_' }) // env://DATABASE_URL reads MYAPP_DATABASE_URL
 */
export function env(options = {}) {
    const { prefix = '', snapshot = false, source, fileSuffix = false } = options;
    const { platform } = process;
    let copy;
    function variables() {
        const live = source ?? process.env;
        if (!snapshot)
            return live;
        copy ??= { ...live };
        return copy;
    }
    return {
        contract: 1,
        kind: 'env',
        local: true,
        batchSize: Infinity,
        params: [],
        check(locator) {
            const problem = nameProblem(prefix + locator.path);
            if (problem !== undefined)
                return { problem };
            return { locator: { ...locator, path: canonicalName(locator.path, platform) } };
        },
        async fetch(locators, { signal }) {
            const from = variables();
            // All variables before the first `await`: a batch never holds one half of a change.
            const found = locators.map(({ path }) => find(from, prefix + path, fileSuffix, platform));
            const outcomes = [];
            for (const each of found) {
                signal.throwIfAborted();
                outcomes.push('ok' in each ? each : await readNamedFile(each.variable, each.path));
            }
            return outcomes;
        },
        // Every failure that is known is an outcome of its own item.
        classify: () => undefined,
    };
}
function find(variables, name, fileSuffix, platform) {
    const value = readVariable(variables, name, platform);
    const variable = `${name}_FILE`;
    // An empty NAME_FILE names no file; Docker's images take it for not set, too.
    const path = (fileSuffix && readVariable(variables, variable, platform)) || undefined;
    if (value !== undefined && path !== undefined) {
        return { ok: false, code: 'Misconfigured', message: `${name} and ${variable} are both set: unset one` };
    }
    if (path !== undefined)
        return { variable, path };
    if (value !== undefined)
        return { ok: true, value: { value } };
    const message = fileSuffix ? `neither ${name} nor ${variable} is set` : `${name} is not set`;
    return { ok: false, code: 'NotFound', message };
}
//# sourceMappingURL=index.js.map