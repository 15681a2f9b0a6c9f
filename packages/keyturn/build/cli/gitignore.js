import { lastMatch } from './gitignore-patterns.js';
/**
 * What to append to a `.gitignore` so that git ignores `.env*` but not `.env.example`; undefined when it does already.
 * Existing lines count by what they do (the last match wins in git), whatever their wording; a pattern is repeated only
 * where a later line has undone it. Line breaks are those of the file.
 */
export function gitignoreLines(existing) {
    const text = existing ?? '';
    const lines = missing(text);
    if (lines.length === 0)
        return undefined;
    const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
    const join = text === '' || text.endsWith('\n') ? '' : lineBreak;
    return join + lines.map((line) => line + lineBreak).join('');
}
function missing(text) {
    const ignored = (name) => lastMatch(text, name) === 'ignored';
    if (!secretFiles.every(ignored))
        return ['.env*', '!.env.example'];
    return ignored('.env.example') ? ['!.env.example'] : [];
}
/** One of each kind that `@keyturn/dotenv` reads. Others, such as a team's own `!.env.test`, stay as its lines say. */
const secretFiles = ['.env', '.env.local', '.env.production', '.env.production.local'];
//# sourceMappingURL=gitignore.js.map