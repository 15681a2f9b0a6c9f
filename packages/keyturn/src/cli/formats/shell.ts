import { badName, badText, type Format, refuse } from './format.ts';

/**
 * `export NAME='…'` lines for a POSIX shell: `. ./file`, or `eval "$(keyturn export --format shell)"`.
 * Between single quotes every character stands for itself (POSIX XCU 2.2.2), so only the quote is left to write.
 */
export const shell: Format = (entries) => {
  refuse('shell', entries, ({ name, value }) => [
    badName(name),
    readOnly.has(name) && 'bash keeps this name read-only',
    badText(value),
  ]);
  return entries.map(({ name, value }) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join('');
};

/** https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html */
const readOnly = new Set(['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID']);
