import { badName, badText, refuse } from './format.js';
/**
 * A `.env` file that the npm package `dotenv`, python-dotenv and Keyturn's own provider read alike. They differ on
 * escapes, comments and backticks, so each value is written in the one form whose text means the same to all.
 */
export const dotenv = (entries) => {
    refuse('dotenv', entries, ({ name, value }) => [
        badName(name),
        badText(value),
        interpolated.test(value) && 'python-dotenv would replace the ${…} in its value, however that is quoted',
        written(value) === undefined &&
            'no way to write its value is read alike by dotenv and python-dotenv (quotes, backslashes, # or line breaks that exclude each other)',
    ]);
    return entries.map(({ name, value }) => `${name}=${written(value)}\n`).join('');
};
/** python-dotenv 1.1, variables.py: there is no way to escape it. */
const interpolated = /\$\{[^}:]*(?::-[^}]*)?\}/;
function written(value) {
    if (inSingleQuotes(value))
        return `'${value}'`;
    // Keyturn's own reader, with `expand: true`, leaves only single quotes alone.
    if (value.includes('${'))
        return undefined;
    if (inDoubleQuotes(value))
        return `"${value.replaceAll('\r', '\\r')}"`;
    return unquoted(value) ? value : undefined;
}
/**
 * python-dotenv unescapes `\\` and `\'` here, dotenv nothing. A carriage return becomes a newline in both, and a
 * backslash at the end would take the closing quote with it.
 */
function inSingleQuotes(value) {
    return !/['\r]|\\(?:\\|$)/.test(value);
}
/** python-dotenv unescapes what Python does, dotenv only `\n` and `\r`: the two that serve to write a line break. */
function inDoubleQuotes(value) {
    return !/"|\\(?:[\\'abfnrtv\r]|$)/.test(value);
}
/**
 * No escapes at all, but one line, `#` a comment, blanks trimmed, and a quote in front opens a quoted value. What counts
 * as a blank is JavaScript's `\s` and Python's, which adds U+001C to U+001F and U+0085.
 */
function unquoted(value) {
    return !/[\n\r\u2028\u2029#]|^[\s\x1c-\x1f\x85'"`]|[\s\x1c-\x1f\x85]$/.test(value);
}
//# sourceMappingURL=dotenv.js.map