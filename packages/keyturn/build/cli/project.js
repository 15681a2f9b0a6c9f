var __rewriteRelativeImportExtension = (this && this.__rewriteRelativeImportExtension) || function (path, preserveJsx) {
    if (typeof path === "string" && /^\.\.?\//.test(path)) {
        return path.replace(/\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i, function (m, tsx, d, ext, cm) {
            return tsx ? preserveJsx ? ".jsx" : ".js" : d && (!ext || !cm) ? m : (d + ext + "." + cm.toLowerCase() + "js");
        });
    }
    return path;
};
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, ResolveError } from '@keyturn/core';
import { configProblems, open } from '../open.js';
import { warn } from './output.js';
import { whyNotLoaded } from './why-not-loaded.js';
/** In the order in which they are looked for. */
export const CONFIG_FILES = [
    'keyturn.config.ts',
    'keyturn.config.mts',
    'keyturn.config.js',
    'keyturn.config.mjs',
];
/** The config file, opened for an environment; warnings go to stderr. @throws {ConfigError} naming the file. */
export async function openProject({ env, config: given }) {
    const { config } = await readConfig(given);
    const onWarning = ({ kind, message }) => warn(`${kind}: ${message}`);
    return usage((name) => `secrets.${name}.ref`, () => open(config, env, { onWarning }));
}
/** What is wrong with a reference before any call is wrong usage: told with its place, not as an unresolved secret. */
export function usage(placeOf, work) {
    try {
        return work();
    }
    catch (error) {
        if (!(error instanceof ResolveError))
            throw error;
        throw new ConfigError(error.failures.map(({ name, reference, message }) => ({
            place: placeOf(name),
            message: `${reference}: ${message}`,
        })));
    }
}
/** The default export of the config file. @throws {ConfigError} naming the file. */
export async function readConfig(given) {
    const file = given ?? CONFIG_FILES.find((name) => existsSync(name));
    if (file === undefined) {
        const message = `there is no config here (${CONFIG_FILES.join(', ')}): run "keyturn init", or name one with --config`;
        throw new ConfigError([{ place: '', message }]);
    }
    const path = resolve(file);
    if (!existsSync(path))
        throw new ConfigError([{ place: file, message: 'there is no such file' }]);
    let module;
    try {
        module = await import(__rewriteRelativeImportExtension(pathToFileURL(path).href));
    }
    catch (error) {
        throw new ConfigError([{ place: file, message: whyNotLoaded(error, path) }]);
    }
    if (module.default === undefined) {
        throw new ConfigError([
            { place: file, message: 'has no default export: write "export default defineConfig({ … })"' },
        ]);
    }
    const problems = configProblems(module.default);
    if (problems.length > 0) {
        throw new ConfigError(problems.map((problem) => ({ ...problem, place: problem.place || file })));
    }
    return { file, config: module.default };
}
//# sourceMappingURL=project.js.map