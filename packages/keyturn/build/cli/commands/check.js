var __addDisposableResource = (this && this.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (this && this.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
import { typeName } from '../example-file.js';
import { paint, print, printJson, table } from '../output.js';
import { openProject } from '../project.js';
/** Resolves and validates everything; all problems in one table. 1 when there is any. */
export async function check(options) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { environment, resolver, manifest } = await openProject(options);
        const _ = __addDisposableResource(env_1, resolver, true);
        const { values, failures } = await resolver.resolveSettled(manifest);
        const ok = failures.length === 0;
        if (options.json) {
            const secrets = Object.keys(manifest).map((name) => row(name, values[name], failureOf(name, failures)));
            printJson({ environment, ok, secrets });
            return ok ? 0 : 1;
        }
        const rows = Object.entries(manifest).map(([name, entry]) => {
            const failure = failureOf(name, failures);
            const value = values[name];
            const result = failure
                ? paint('red', `${failure.code}: ${failure.message}`)
                : value?.source === 'store'
                    ? paint('green', 'ok')
                    : `ok (${value?.source})`;
            return [name, value?.reference ?? failure?.reference ?? '', value?.kind ?? '-', typeName(entry), result];
        });
        print(table(['NAME', 'REFERENCE', 'STORE', 'TYPE', 'RESULT'], rows));
        const hints = failures.map(({ name, hint }) => `${name}: ${hint}`);
        if (hints.length > 0)
            print(`\n${hints.join('\n')}`);
        const total = rows.length;
        print(`\n${environment}: ${total - failures.length} of ${total} ${total === 1 ? 'secret is' : 'secrets are'} right`);
        return ok ? 0 : 1;
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = __disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
function failureOf(name, failures) {
    return failures.find((failure) => failure.name === name);
}
function row(name, detailed, failure) {
    if (failure)
        return { ...failure, ok: false };
    const { value: _, ...known } = detailed ?? {};
    return { name, ok: true, ...known };
}
//# sourceMappingURL=check.js.map