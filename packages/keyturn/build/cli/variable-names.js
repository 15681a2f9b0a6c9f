import { ConfigError } from '@keyturn/core';
/** IEEE Std 1003.1, 8.1: what every shell and language can read. */
const PORTABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** @throws {ConfigError} for names that cannot be environment variables; before any call. */
export function checkVariableNames(names) {
    const problems = [...names]
        .filter((name) => !PORTABLE.test(name))
        .map((name) => ({
        place: `secrets.${name}`,
        message: 'is no name for an environment variable: use letters, digits and "_", not a digit first',
    }));
    if (problems.length > 0)
        throw new ConfigError(problems);
}
//# sourceMappingURL=variable-names.js.map