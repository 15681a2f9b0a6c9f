import { styleText } from 'node:util';
import { ConfigError, ResolveError } from '@keyturn/core';

/** Data, for the next program. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/**
 * Data of any length: ends once it may be followed by more, so that a slow reader's output does not pile up in memory. To a
 * reader that has gone, nothing is written.
 */
export async function write(text: string): Promise<void> {
  const { stdout } = process;
  if (stdout.destroyed || stdout.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      stdout.off('drain', done).off('close', done);
      resolve();
    };
    stdout.on('drain', done).on('close', done);
  });
}

/** Words, for the person at the terminal. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function warn(text: string): void {
  say(`${paint('yellow', 'warning', process.stderr)}: ${text}`);
}

/** Colour, only where the stream is a terminal that wants it. */
export function paint(
  colour: 'red' | 'green' | 'yellow' | 'bold',
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(colour, text, { stream });
}

export function printJson(data: unknown): void {
  print(JSON.stringify(data, undefined, 2));
}

/** Rows under a heading, in columns as wide as their widest cell; the last column runs on. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [paint('bold', line(heading)), ...rows.map(line)].join('\n');
}

/**
 * An error that a command ends with: on stderr for people, on stdout as JSON where that was asked for. What is none of
 * our own is on stderr either way: it may be that stdout cannot be written.
 */
export function report(error: unknown, json: boolean): void {
  if (error instanceof ConfigError) {
    if (json) printJson({ error: { code: error.code, problems: error.problems } });
    else say(`${paint('red', 'error', process.stderr)}: ${error.message.replaceAll('\n', '\n       ')}`);
    return;
  }
  if (error instanceof ResolveError) {
    if (json) printJson({ error: { failures: error.failures } });
    else say(`${paint('red', 'error', process.stderr)}: ${error.message}`);
    return;
  }
  if (error instanceof Error && 'syscall' in error) {
    if (json) printJson(unknownError(error.message));
    say(`${paint('red', 'error', process.stderr)}: ${error.message}`);
    return;
  }
  // Not one of ours: its message may quote anything, so only its name and where it was thrown are told.
  const name = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? framesOf(error) : [];
  const message = `unexpected ${name}, a bug in Keyturn or in the config`;
  if (json) printJson(unknownError(message));
  say([`${paint('red', 'error', process.stderr)}: ${message}`, ...frames].join('\n'));
}

function unknownError(message: string): object {
  return { error: { code: 'Unknown', problems: [{ place: '', message }] } };
}

/** The frames of a stack, without the message before them, of which a line may look like a frame. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  return stack.slice(stack.indexOf(message) + message.length).match(/^ {4}at .+$/gm) ?? [];
}
