import { createRedactor } from '@keyturn/core';
import { runChild } from '../child.js';
import { openProject } from '../project.js';
import { checkVariableNames, resolveTexts } from '../stored-text.js';
/** Runs a command with the secrets in its environment; gives its exit code. */
export async function run(command, args, options) {
    const project = await openProject(options);
    const { manifest, resolver } = project;
    checkVariableNames(Object.keys(manifest));
    const texts = await resolveTexts(project).finally(() => resolver.close());
    const inherited = Object.entries(process.env).filter(([name]) => 
    // The manifest beats the inherited environment, also where it says that a secret is absent.
    options.pristine ? name === 'PATH' : !Object.hasOwn(manifest, name));
    const env = Object.fromEntries([...inherited, ...texts.map(({ name, value }) => [name, value])]);
    const mask = options.mask ?? isCi(process.env.CI);
    const secret = texts.filter(({ name }) => manifest[name]?.sensitive !== false).map(({ value }) => value);
    return runChild({ command, args, env, mask: mask ? createRedactor(secret) : undefined });
}
/** CI services set `CI=true`; people turn it off by an empty value, `false` or `0`. */
function isCi(value) {
    return value !== undefined && !['', 'false', '0'].includes(value.toLowerCase());
}
//# sourceMappingURL=run.js.map