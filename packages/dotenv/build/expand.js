/** Enough for any file written by people, and far from the end of the stack. */
const MAX_DEPTH = 100;
/** In characters. Stops values that double each other long before memory does. */
const MAX_LENGTH = 1024 * 1024;
const REFERENCE = /\\\$\{|\$\{(?:([^}]*)\})?/g;
const BODY = /^([A-Za-z_][\w.]*)(?::-(.*))?$/s;
/**
 * Makes a function that gives a name's value with `${NAME}` and `${NAME:-default}` replaced by what
 * `lookup` knows: everywhere but in single quotes. The default stands for a name that is not there or empty,
 * and `\${` for the text `${`. Nothing else is special: `$NAME`, `$(command)` and `$2b$10$…` stay as they are.
 *
 * What was put in is never scanned again: it was expanded by its own line's rules.
 * Problems name the file, the line and the names, never a value or a default.
 */
export function expander(lookup) {
    const done = new Map();
    function expandName(name, entry, path) {
        const known = done.get(name);
        if (known !== undefined)
            return known;
        const expanded = entry.quote === 'single' ? { value: entry.value } : expandEntry(entry, [...path, name]);
        done.set(name, expanded);
        return expanded;
    }
    function expandEntry(entry, path) {
        let value = '';
        let copied = 0;
        for (const match of entry.value.matchAll(REFERENCE)) {
            const piece = match[0] === '\\${' ? { value: '${' } : expandReference(match[1] ?? '', entry, path);
            if ('problem' in piece)
                return piece;
            value += entry.value.slice(copied, match.index) + piece.value;
            copied = match.index + match[0].length;
            if (value.length > MAX_LENGTH)
                return problem(entry, 'the expanded value is larger than 1 MiB');
        }
        return { value: value + entry.value.slice(copied) };
    }
    function expandReference(body, entry, path) {
        const [, name, fallback] = BODY.exec(body) ?? [];
        if (name === undefined) {
            return problem(entry, '"${" begins neither ${NAME} nor ${NAME:-default}; write \\${ for the text itself');
        }
        if (fallback?.includes('${'))
            return problem(entry, `the default of \${${name}} may not hold another "\${"`);
        if (path.includes(name)) {
            return problem(entry, `a cycle: ${[...path.slice(path.indexOf(name)), name].join(' -> ')}`);
        }
        if (path.length >= MAX_DEPTH)
            return problem(entry, `more than ${MAX_DEPTH} references lead to one another`);
        const target = lookup(name);
        const expanded = target && expandName(name, target, path);
        if (expanded && ('problem' in expanded || expanded.value !== '' || fallback === undefined))
            return expanded;
        if (fallback !== undefined)
            return { value: fallback };
        return problem(entry, `\${${name}} stands in none of the files; give it there or write \${${name}:-default}`);
    }
    return (entry, name) => expandName(name, entry, []);
}
function problem({ file, line }, message) {
    return { problem: `${file}:${line}: ${message}` };
}
//# sourceMappingURL=expand.js.map