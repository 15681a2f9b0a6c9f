/**
 * What the lines of a `.gitignore` say of one file beside it, such as `.env`: the last pattern that matches decides.
 * A comment is a pattern too, for names that start with `#`.
 * Rules: https://git-scm.com/docs/gitignore#_pattern_format
 */
export function lastMatch(text, fileName) {
    const verdicts = text
        .replace(/^\ufeff/, '')
        .split(/\r?\n/)
        .flatMap((line) => {
        const negated = line.startsWith('!');
        // git keeps a space that a backslash escapes; no name that we ask for ends in one.
        const pattern = (negated ? line.slice(1) : line).replace(/ +$/, '');
        return matches(pattern, fileName) ? [negated ? 'kept' : 'ignored'] : [];
    });
    return verdicts.at(-1);
}
/** A slash in front or `**` before one still means this folder; with any other slash a pattern is no file of it. */
function matches(pattern, fileName) {
    return globOf(pattern.replace(/^(?:\/?\*\*\/)+|^\//, '')).test(fileName);
}
/** fnmatch(3) for a name: `*`, `?`, `[a-z]`, `[!a]` and the backslash. */
function globOf(pattern) {
    const source = pattern.replace(/\\(.)|\[([!^]?)(\]?[^\]]*)\]|\*+|\?|./gs, (token, escaped, not, members) => {
        if (escaped !== undefined)
            return literal(escaped);
        if (members !== undefined)
            return `[${not ? '^' : ''}${members.replace(/[\\\]^[]/g, '\\$&')}]`;
        if (token.startsWith('*'))
            return '.*';
        return token === '?' ? '.' : literal(token);
    });
    try {
        return new RegExp(`^${source}$`, 's');
    }
    catch {
        // A range such as [z-a], which matches nothing in git.
        return /(?!)/;
    }
}
function literal(character) {
    return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}
//# sourceMappingURL=gitignore-patterns.js.map