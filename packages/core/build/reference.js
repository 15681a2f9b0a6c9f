import { ResolveError } from './errors.js';
export const PROVIDER_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const PARAM_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const FORM = 'write name://path, name://path?version=3 or name://path#field';
const CONTROL = /[\u0000-\u001f\u007f]/;
/** Parses without throwing: for core, which reports every mistake at once. */
export function tryParseReference(text) {
    if (typeof text !== 'string')
        return { problem: `a reference is a string: ${FORM}` };
    const scheme = text.indexOf('://');
    if (scheme < 0)
        return { problem: `there is no "://": ${FORM}` };
    const provider = text.slice(0, scheme);
    if (!PROVIDER_NAME.test(provider)) {
        return {
            problem: 'the provider name before "://" has to be a letter, then letters, digits, "-" and "_"',
        };
    }
    if (/\s$/.test(text))
        return { problem: 'it ends with a blank: remove it, or write it as %20' };
    const control = CONTROL.exec(text);
    if (control) {
        return {
            problem: `there is a control character at ${control.index + 1}: percent-encode it, such as %0A`,
        };
    }
    const rest = text.slice(scheme + 3);
    const [beforeField, fieldText] = cut(rest, '#');
    const [pathText, query] = cut(beforeField, '?');
    const path = decode(pathText);
    if (path === undefined)
        return { problem: badPercent('the path') };
    if (path === '')
        return { problem: `the path after "://" is empty: ${FORM}` };
    const params = parseParams(query);
    if (typeof params === 'string')
        return { problem: params };
    if (fieldText === undefined)
        return { reference: { provider, path, params } };
    const field = parseField(fieldText);
    if ('problem' in field)
        return field;
    return { reference: { provider, path, params, field: field.field } };
}
/**
 * Parses `name://path?param=value#field`; each part is percent-decoded once.
 * @throws {ResolveError} `InvalidReference`, saying what is wrong without quoting the text.
 */
export function parseReference(text) {
    const parsed = tryParseReference(text);
    if ('reference' in parsed)
        return parsed.reference;
    throw invalid(text, parsed.problem);
}
/**
 * The text of a reference: `parseReference(formatReference(r))` equals `r`.
 * @throws {ResolveError} `InvalidReference`, for an object that no text can stand for.
 */
export function formatReference(reference) {
    const { provider, path, params, field } = reference;
    const query = Object.entries(params).map(([name, value]) => `${name}=${encode(value, /[%#&]/g)}`);
    const text = `${provider}://${encode(path, /[%?#]/g)}` +
        (query.length > 0 ? `?${query.join('&')}` : '') +
        (field === undefined ? '' : `#${encode(field, /[%#?]/g)}`);
    const parsed = tryParseReference(text);
    if ('problem' in parsed)
        throw invalid(text, parsed.problem);
    return text;
}
/** What a message may show of a text that is no good reference: it may be a value put in the wrong place. */
export function shownReference(text) {
    const scheme = typeof text === 'string' ? text.indexOf('://') : -1;
    const provider = typeof text === 'string' && scheme > 0 ? text.slice(0, scheme) : '';
    return PROVIDER_NAME.test(provider) ? `${provider}://…` : '…';
}
/** Equal for two locators exactly when they name the same thing to the same provider. */
export function locatorKey({ path, params }) {
    const entries = Object.entries(params);
    if (entries.length === 0)
        return `=${path}`;
    return JSON.stringify([path, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
/** The keys of a JSON Pointer, unescaped; RFC 6901 part 4. */
export function pointerKeys(pointer) {
    return pointer
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
function parseParams(query) {
    const params = {};
    if (query === undefined)
        return params;
    for (const pair of query.split('&')) {
        const [name, valueText] = cut(pair, '=');
        if (!PARAM_NAME.test(name) || valueText === undefined || valueText === '') {
            return 'the parameters after "?" have to be name=value, parted by "&"';
        }
        if (Object.hasOwn(params, name))
            return `the parameter "${name}" is given twice`;
        const value = decode(valueText);
        if (value === undefined)
            return badPercent(`the parameter "${name}"`);
        params[name] = value;
    }
    return params;
}
function parseField(text) {
    if (text === '')
        return { problem: 'the field after "#" is empty: name one, or remove the "#"' };
    if (text.includes('#'))
        return { problem: 'there is a second "#": within a field write %23' };
    if (text.includes('?')) {
        return {
            problem: 'parameters stand before the field: write ?version=3#field (within a field "?" is %3F)',
        };
    }
    const field = decode(text);
    if (field === undefined)
        return { problem: badPercent('the field') };
    if (field.startsWith('/') && /~(?![01])/.test(field)) {
        return { problem: 'the field is a JSON Pointer, in which "~" is written ~0 and "/" is written ~1' };
    }
    return { field };
}
function cut(text, mark) {
    const at = text.indexOf(mark);
    return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
function decode(text) {
    if (!text.includes('%'))
        return text;
    try {
        return decodeURIComponent(text);
    }
    catch {
        return undefined;
    }
}
function badPercent(part) {
    return `${part} has a "%" that starts no UTF-8 percent-encoding: a plain "%" is written %25`;
}
/** Encodes as little as a round trip needs, so that a reference stays readable. */
function encode(text, special) {
    return text
        .replace(special, encodeURIComponent)
        .replace(/[\u0000-\u001f\u007f]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
        .replace(/\s$/, encodeURIComponent);
}
function invalid(text, problem) {
    const shown = shownReference(text);
    const hint = 'Correct the reference.';
    return new ResolveError([
        { name: shown, reference: shown, code: 'InvalidReference', message: problem, hint },
    ]);
}
//# sourceMappingURL=reference.js.map