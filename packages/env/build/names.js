/** Why no environment can hold a variable of this name; undefined when one can. */
export function nameProblem(name) {
    if (name.includes('='))
        return 'the name of an environment variable cannot hold "="';
    if (name.includes('\0'))
        return 'the name of an environment variable cannot hold a NUL character';
    return undefined;
}
/**
 * One spelling for each variable: upper case on Windows, where `Path` and `PATH` are the same one.
 *
 * Only ASCII letters are folded: Windows folds one character to one, `toUpperCase` makes `SS` of `ß`. Two
 * spellings left apart cost a second look-up; two variables taken for one would give a wrong value.
 */
export function canonicalName(name, platform) {
    return platform === 'win32' ? name.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : name;
}
/** The variable's value; undefined when it is not set. What an object inherits is not set. */
export function readVariable(variables, name, platform) {
    if (Object.hasOwn(variables, name))
        return variables[name];
    if (platform !== 'win32')
        return undefined;
    // `process.env` ignores case by itself on Windows; a copy of it, or a `source`, does not.
    const canonical = canonicalName(name, platform);
    const key = Object.keys(variables).find((each) => canonicalName(each, platform) === canonical);
    return key === undefined ? undefined : variables[key];
}
//# sourceMappingURL=names.js.map