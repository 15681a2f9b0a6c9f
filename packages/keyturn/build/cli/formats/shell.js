import { badName, badText, refuse } from './format.js';
/**
 * `export NAME='…'` lines for a POSIX shell: `. ./file`, or `eval "$(keyturn export --format shell)"`.
 * Between single quotes every character stands for itself (POSIX XCU 2.2.2), so only the quote is left to write.
 */
export const shell = (entries) => {
    refuse('shell', entries, ({ name, value }) => [
        badName(name),
        readOnly.has(name) && 'bash keeps this name read-only',
        badText(value),
    ]);
    return entries.map(({ name, value }) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join('');
};
/** https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html */
const readOnly = new Set(['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID']);
//# sourceMappingURL=shell.js.map