/**
 * What the runner makes of a `$GITHUB_ENV` file, by the rules of `EnvFileKeyValuePairs` in
 * https://github.com/actions/runner/blob/258d6c857db3519913f7deb6004b60172f8043ae/src/Runner.Worker/FileCommandManager.cs:
 * empty lines are skipped; `=` before `<<` makes `NAME=value`, `<<` before `=` a value that ends with the line break
 * before the first line equal to the delimiter. CRLF is one line break on Windows, and none on the others.
 */
export function parseGitHubEnv(text: string, system: 'linux' | 'windows'): Record<string, string> {
  const variables: Record<string, string> = {};
  const lines = [...text.matchAll(system === 'windows' ? /(.*?)(\r?\n|$)/gsy : /(.*?)(\n|$)/gsy)]
    .filter(([whole]) => whole !== '')
    .map(([whole, line = '', lineBreak = '']) => ({ whole, line, lineBreak }));
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at]?.line ?? '';
    if (line === '') continue;
    const [, name = '', operator, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (name === '' || (operator === '<<' && rest === '')) throw new Error(`line ${at + 1} is no variable`);
    if (operator === '=') {
      variables[name] = rest;
      continue;
    }
    const end = lines.findIndex(({ line }, index) => index > at && line === rest);
    if (end === -1) throw new Error(`the delimiter of line ${at + 1} is missing`);
    const body = lines.slice(at + 1, end);
    const lastBreak = body.at(-1)?.lineBreak.length ?? 0;
    const value = body.map(({ whole }) => whole).join('');
    variables[name] = value.slice(0, value.length - lastBreak);
    at = end;
  }
  return variables;
}
