import { DURATION_FORM, parseDuration } from './duration.js';
import { ConfigError } from './errors.js';
import { chainOf } from './first-of.js';
import { unknownKeys } from './manifest.js';
import { PROVIDER_NAME } from './reference.js';
const RESOLVER_OPTIONS = [
    'providers',
    'environment',
    'deadline',
    'timeout',
    'allowDefaults',
    'onWarning',
];
/** What is wrong with a resolver's options; empty when nothing is. */
export function optionProblems(options) {
    if (typeof options !== 'object' || options === null) {
        return [{ place: '', message: 'options are missing: write { providers: { … } }' }];
    }
    const problems = unknownKeys('', options, RESOLVER_OPTIONS);
    problems.push(...providerProblems(options.providers, 'providers'));
    problems.push(...limitProblems(options));
    const { allowDefaults, onWarning } = options;
    if (allowDefaults !== undefined && typeof allowDefaults !== 'boolean') {
        problems.push({ place: 'allowDefaults', message: 'is neither true nor false' });
    }
    if (onWarning !== undefined && typeof onWarning !== 'function') {
        problems.push({ place: 'onWarning', message: 'is no function' });
    }
    return problems;
}
/** The limits of one resolve in milliseconds. @throws {ConfigError} for a limit that is no duration. */
export function readLimits(limits, defaults) {
    const problems = limitProblems(limits);
    if (problems.length > 0)
        throw new ConfigError(problems);
    return {
        deadlineMs: parseDuration(limits.deadline) ?? defaults.deadlineMs,
        timeoutMs: parseDuration(limits.timeout) ?? defaults.timeoutMs,
    };
}
function limitProblems(limits) {
    return ['deadline', 'timeout'].flatMap((key) => {
        const limit = limits[key];
        if (limit === undefined)
            return [];
        const milliseconds = parseDuration(limit);
        if (milliseconds === undefined)
            return [{ place: key, message: `is no duration: ${DURATION_FORM}` }];
        return milliseconds === 0 ? [{ place: key, message: 'has to be more than 0' }] : [];
    });
}
function providerProblems(providers, place) {
    if (typeof providers !== 'object' || providers === null || Object.keys(providers).length === 0) {
        return [{ place, message: 'there is no provider: write { name: env() } or another' }];
    }
    return Object.entries(providers).flatMap(([name, source]) => {
        const here = `${place}.${name}`;
        if (!PROVIDER_NAME.test(name)) {
            return [{ place: here, message: 'a provider name is a letter, then letters, digits, "-" and "_"' }];
        }
        if (!isObject(source))
            return [{ place: here, message: NO_PROVIDER }];
        const legs = 'legs' in source && Array.isArray(source.legs) ? source.legs : [source];
        if (legs.length === 0)
            return [{ place: here, message: 'firstOf() names no provider' }];
        return legs.flatMap((leg) => {
            if (!isObject(leg) || !('contract' in leg))
                return [{ place: here, message: NO_PROVIDER }];
            if (leg.contract === 1)
                return [];
            return [{ place: here, message: 'was made for another version of Keyturn: its contract is not 1' }];
        });
    });
}
const NO_PROVIDER = 'is no provider: write env(), dotenv(), file() or another provider package';
function isObject(value) {
    return typeof value === 'object' && value !== null;
}
/** Every provider object behind the names, once each. */
export function distinctProviders(sources) {
    return new Set(Object.values(sources).flatMap((source) => chainOf(source).legs));
}
//# sourceMappingURL=options.js.map