import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError, suggestion } from '@keyturn/core';

/** An option of a command: `--name`, or `--name <value>` where `value` says what it takes. */
export interface OptionSpec {
  readonly name: string;
  readonly value?: string;
  readonly does: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
}

/** A command as the command line knows it. */
export interface CommandSpec {
  readonly name: string;
  readonly does: string;
  readonly options: readonly OptionSpec[];
  /** The argument that it needs, such as `<name>`. */
  readonly argument?: string;
  /** Any number of that argument will do, none too. */
  readonly anyNumber?: true;
  /** Everything from the first word that is no option on is another command's, and is not looked at. */
  readonly passThrough?: true;
  /** What `--help` ends with. */
  readonly exitCodes: string;
}

/** A command line taken apart. */
export interface CommandLine {
  readonly help: boolean;
  /** The value of an option that takes one; undefined where it was not given. */
  text(option: string): string | undefined;
  /** Whether an option that takes no value was given. */
  has(option: string): boolean;
  readonly args: readonly string[];
}

const HELP: OptionSpec = { name: 'help', does: 'show this' };

/** @throws {ConfigError} that says what is wrong, with the nearest known option. */
export function parseCommandLine(command: CommandSpec, words: readonly string[]): CommandLine {
  const [own, passed] = command.passThrough ? splitAtCommand(command, words) : [words, []];
  const given = new Map<string, string | undefined>();
  const args: string[] = [];
  for (const token of parse(command, own).tokens) {
    if (token.kind === 'positional') args.push(token.value);
    if (token.kind === 'option')
      given.set(token.name, checkedValue(command, token.name, token.rawName, token.value));
  }
  args.push(...passed);
  const help = given.has('help');
  if (!help) checkArguments(command, args);
  return { help, args, text: (option) => given.get(option), has: (option) => given.has(option) };
}

function checkArguments(
  { name, argument, anyNumber, passThrough }: CommandSpec,
  args: readonly string[],
): void {
  if (anyNumber) return;
  const wanted = argument === undefined ? 0 : 1;
  if (args.length < wanted) throw usageError(`${name} needs ${argument}`);
  if (args.length > wanted && !passThrough) {
    throw usageError(`${name} takes ${argument === undefined ? 'no arguments' : `only ${argument}`}`);
  }
}

export function usageError(message: string): ConfigError {
  return new ConfigError([{ place: '', message: `${message}; --help shows what there is` }]);
}

/** The help of one command. */
export function helpOf({ name, does, options, argument = '', passThrough, exitCodes }: CommandSpec): string {
  const tail = passThrough ? `-- ${argument} [args...]` : argument;
  const rows = options.map(
    (option) => [`--${option.name}${option.value ? ` <${option.value}>` : ''}`, option.does] as const,
  );
  return [
    `Usage: keyturn ${name} [options] ${tail}`.trimEnd(),
    `${does.charAt(0).toUpperCase()}${does.slice(1)}.`,
    `Options:\n${columns([...rows, ['-h, --help', HELP.does]])}`,
    exitCodes,
  ].join('\n\n');
}

/** Two columns, the first as wide as its widest cell. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join('\n');
}

function parse(command: CommandSpec, words: readonly string[]) {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const { name, value } of command.options) options[name] = { type: value ? 'string' : 'boolean' };
  // Not strict: Node's own messages do not suggest, and quote an argument that may be a value.
  return parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
}

/** Where the other command begins: after `--`, or at the first word that is neither an option nor its value. */
function splitAtCommand(
  command: CommandSpec,
  words: readonly string[],
): readonly [own: readonly string[], passed: readonly string[]] {
  for (const { kind, index } of parse(command, words).tokens) {
    if (kind === 'positional') return [words.slice(0, index), words.slice(index)];
    if (kind === 'option-terminator') return [words.slice(0, index), words.slice(index + 1)];
  }
  return [words, []];
}

function checkedValue(
  command: CommandSpec,
  name: string,
  written: string,
  given: string | undefined,
): string | undefined {
  const option = [HELP, ...command.options].find((each) => each.name === name);
  if (option === undefined) {
    const known = command.options.map((each) => `--${each.name}`);
    throw usageError(`${command.name} has no option ${written} ${suggestion(written, known)}`);
  }
  const { value, choices } = option;
  if (value === undefined) {
    if (given !== undefined) throw usageError(`--${name} takes no value`);
  } else if (given === undefined || given === '') {
    throw usageError(`--${name} needs a value: --${name} <${value}>`);
  } else if (choices && !choices.includes(given)) {
    throw usageError(`--${name} is one of ${choices.join(', ')}`);
  }
  return given;
}
