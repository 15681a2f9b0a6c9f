import { ConfigError } from '@keyturn/core';
/** Linux: MAX_ARG_STRLEN, 32 pages of 4 KiB; counts `NAME=value` and the closing NUL. */
const LINUX_STRING_LIMIT = 131_072;
const LARGEST_NAMED = 3;
/** Throws a `ConfigError` with every name or value that no process can be given. */
export function checkEnvironment(env) {
    const problems = [];
    for (const [name, value] of Object.entries(env)) {
        const place = name.replaceAll('\0', '\\0');
        if (name === '') {
            problems.push({ place, message: 'an environment variable without a name: give it one' });
        }
        else if (/[=\0]/.test(name)) {
            problems.push({
                place,
                message: 'not the name of an environment variable: it must not hold "=" or NUL',
            });
        }
        else if (value.includes('\0')) {
            problems.push({
                place,
                message: 'the value holds a NUL byte, which no environment variable can carry: store it as base64',
            });
        }
    }
    if (problems.length > 0)
        throw new ConfigError(problems);
}
/** What to say when the system refused to start a child since its environment and arguments are too large (E2BIG). */
export function tooLarge(args, env) {
    const sizes = [
        ...Object.entries(env).map(([name, value]) => ({ place: name, bytes: size(`${name}=${value}`) })),
        ...args.map((arg, at) => ({ place: `argument ${at + 1}`, bytes: size(arg) })),
    ].sort((one, other) => other.bytes - one.bytes);
    const single = sizes.filter(({ bytes }) => process.platform === 'linux' && bytes > LINUX_STRING_LIMIT);
    if (single.length > 0) {
        return new ConfigError(single.map(({ place, bytes }) => ({
            place,
            message: `${bytes} bytes, where Linux takes at most ${LINUX_STRING_LIMIT}: hand it over in a file`,
        })));
    }
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const largest = sizes.slice(0, LARGEST_NAMED).map(({ place, bytes }) => `${place} (${bytes})`);
    const message = `environment and arguments take ${total} bytes, more than this system hands over to a child; the largest: ${largest.join(', ')}`;
    return new ConfigError([{ place: '', message }]);
}
function size(text) {
    return Buffer.byteLength(text) + 1;
}
//# sourceMappingURL=child-env.js.map