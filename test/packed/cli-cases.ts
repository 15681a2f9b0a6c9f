/** One use of the installed `keyturn` command, in a folder of its own. */
export interface CliCase {
  readonly args: readonly string[];
  /** Files to put into the folder first, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** All of stdout. */
  readonly stdout: string;
}

/**
 * What the installed command is asked, on each Node: add a case here. The folder lies inside the scratch project,
 * so that a config in `files` can import `keyturn`.
 */
export function cliCases(version: string): readonly CliCase[] {
  return [{ args: ['--version'], code: 0, stdout: `${version}\n` }];
}
