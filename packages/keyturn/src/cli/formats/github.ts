import { badName, badText, type Entry, type Format, refuse } from './format.ts';

/**
 * What a step of a GitHub workflow appends to `$GITHUB_ENV`, in the multiline syntax:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings.
 * No `::add-mask::`: that is a command to the log, and in this file it would be a syntax error. `github-mask` writes it.
 */
export const github: Format = (entries) => {
  refuse('github', entries, ({ name, value }) => [
    badName(name),
    // https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
    /^(GITHUB|RUNNER)_/i.test(name) && 'GitHub keeps names that start with GITHUB_ or RUNNER_ for itself',
    /^NODE_OPTIONS$/i.test(name) && 'GitHub does not take NODE_OPTIONS from $GITHUB_ENV',
    badText(value),
    // The runner for Windows takes it and our newline for one line break.
    value.endsWith('\r') && 'its value ends in a carriage return, which a Windows runner drops',
  ]);
  const delimiter = absentFrom(entries);
  return entries.map(({ name, value }) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`).join('');
};

/** All values are known here, so a delimiter that occurs in none of them is proof, where a random one is only likely. */
function absentFrom(entries: readonly Entry[]): string {
  for (let attempt = 0; ; attempt += 1) {
    const delimiter = `KEYTURN_EOF_${attempt}`;
    if (!entries.some(({ value }) => value.includes(delimiter))) return delimiter;
  }
}
