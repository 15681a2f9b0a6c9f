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
import { as, ConfigError, ResolveError, suggestion } from '@keyturn/core';
import { print, printJson } from '../output.js';
import { openProject, usage } from '../project.js';
import { decodeText, storedManifest, storedValue } from '../stored-text.js';
/** One secret, by its name in the config or by a bare reference: masked, or alone with `--reveal`. */
export async function get(subject, options) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { resolver, manifest } = await openProject(options);
        const _ = __addDisposableResource(env_1, resolver, true);
        const wanted = { [subject]: entryOf(subject, manifest) };
        // A bare reference has not been checked with the config's own: what is wrong with it is wrong usage. It is not
        // repeated: it may be a connection URL.
        usage(() => '', () => resolver.plan(wanted));
        const { values, failures } = await resolver.resolveSettled(storedManifest(wanted));
        const detailed = values[subject];
        if (detailed === undefined)
            throw new ResolveError(failures);
        const value = storedValue(detailed);
        if (options.json) {
            const { value: _, ...known } = detailed;
            printJson({ name: subject, ok: true, ...known, ...(options.reveal && { value: jsonValue(value) }) });
        }
        else if (options.reveal) {
            if (value !== undefined)
                process.stdout.write(value);
            if (process.stdout.isTTY)
                process.stdout.write('\n');
        }
        else {
            const shown = value === undefined ? 'absent' : '[secret]';
            print(`${subject}  ${shown}  ${detailed.reference}  (${detailed.kind}, ${detailed.source})`);
        }
        return 0;
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
function entryOf(subject, manifest) {
    const entry = Object.hasOwn(manifest, subject) ? manifest[subject] : undefined;
    if (entry)
        return entry;
    if (subject.includes('://'))
        return { ref: subject, allowEmpty: true, as: as.bytes() };
    const message = `the config has no such secret ${suggestion(subject, Object.keys(manifest))}`;
    throw new ConfigError([{ place: subject, message }]);
}
/** Text as a string; bytes that are not text as base64, said so. */
function jsonValue(value) {
    if (value === undefined)
        return null;
    if (typeof value === 'string')
        return value;
    return decodeText(value) ?? { base64: Buffer.from(value).toString('base64') };
}
//# sourceMappingURL=get.js.map