/** Brands make `instanceof` hold when an app ends up with two copies of this package. */
function branded(brand) {
    const key = Symbol.for(brand);
    return {
        key,
        test: (value) => typeof value === 'object' && value !== null && key in value,
    };
}
const resolveBrand = branded('keyturn.ResolveError');
const configBrand = branded('keyturn.ConfigError');
/**
 * Some secrets could not be resolved: every one of them, with its code and what to do.
 * `instanceof` holds across copies of this package.
 */
export class ResolveError extends Error {
    static {
        Object.defineProperty(ResolveError.prototype, 'name', { value: 'ResolveError' });
        Object.defineProperty(ResolveError.prototype, resolveBrand.key, { value: true });
    }
    failures;
    constructor(failures) {
        super(describeFailures(failures));
        this.failures = failures;
    }
    static [Symbol.hasInstance](value) {
        return resolveBrand.test(value);
    }
}
/**
 * Options or a config are wrong: every mistake, with its place. The code is `Misconfigured`.
 * `instanceof` holds across copies of this package.
 */
export class ConfigError extends Error {
    static {
        Object.defineProperty(ConfigError.prototype, 'name', { value: 'ConfigError' });
        Object.defineProperty(ConfigError.prototype, configBrand.key, { value: true });
    }
    code = 'Misconfigured';
    problems;
    constructor(problems) {
        super(problems.map(({ place, message }) => (place ? `${place}: ${message}` : message)).join('\n'));
        this.problems = problems;
    }
    static [Symbol.hasInstance](value) {
        return configBrand.test(value);
    }
}
function describeFailures(failures) {
    const count = failures.length === 1 ? '1 secret' : `${failures.length} secrets`;
    const lines = failures.map(({ name, reference, code, message, hint }) => {
        const subject = name === reference ? name : `${name} (${reference})`;
        return `  ${subject}: ${code}: ${message}\n    ${hint}`;
    });
    return [`${count} could not be resolved:`, ...lines].join('\n');
}
//# sourceMappingURL=errors.js.map