import { readFileSync } from 'node:fs';
import { ConfigError, ResolveError, suggestion } from '@keyturn/core';
import { readFilter } from './audit-filter.ts';
import { type CommandLine, columns, helpOf, parseCommandLine, usageError } from './command-line.ts';
import { commands, EXIT, FORMATS } from './commands.ts';
import { print, report, say } from './output.ts';
import type { CommonOptions } from './project.ts';

/** Runs one command line and gives its exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const [first, rest] = splitCommand(words);
  if (first === '') {
    say(help());
    return EXIT.usage;
  }
  if (['--version', '-v'].includes(first)) {
    print(version());
    return EXIT.done;
  }
  if (['--help', '-h', 'help'].includes(first)) {
    const [asked] = splitCommand(rest);
    const command = commands.find(({ name }) => name === asked);
    print(command ? helpOf(command) : help());
    return EXIT.done;
  }
  try {
    const command = commands.find(({ name }) => name === first);
    if (command === undefined && first.startsWith('-')) {
      throw usageError(`${first} stands before the command: write keyturn <command> ${first}`);
    }
    const second = commands.flatMap(({ name }) =>
      name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : [],
    );
    if (second.length > 0) throw usageError(`${first} is followed by ${second.join(', ')}`);
    if (command === undefined) {
      const known = commands.map(({ name }) => name);
      throw usageError(`there is no command "${first}" ${suggestion(first, known)}`);
    }
    const line = parseCommandLine(command, rest);
    if (!line.help) return await dispatch(command.name, line);
    print(helpOf(command));
    return EXIT.done;
  } catch (error) {
    return fail(error, words);
  }
}

/** The command, which may be of two words, and what follows it. */
function splitCommand(words: readonly string[]): readonly [command: string, rest: readonly string[]] {
  const count = commands.some(({ name }) => name === words.slice(0, 2).join(' ')) ? 2 : 1;
  return [words.slice(0, count).join(' '), words.slice(count)];
}

/** Says what a command line ended with, and gives the exit code. */
export function fail(error: unknown, words: readonly string[]): number {
  const isRun = words[0] === 'run';
  report(error, words.includes('--json') && !isRun);
  if (isRun) return EXIT.beforeChild;
  return error instanceof ResolveError ? EXIT.unresolved : EXIT.usage;
}

/** What is said when nothing is left to wait for and the command has not ended. */
export function failStuck(words: readonly string[]): number {
  const message = 'the config, or a provider, waits for something that cannot come any more';
  return fail(new ConfigError([{ place: '', message }]), words);
}

/** Imports the one command that is run, and runs it. */
async function dispatch(name: string, line: CommandLine): Promise<number> {
  const options: CommonOptions = {
    env: line.text('env'),
    config: line.text('config'),
    json: line.has('json'),
    actor: line.text('actor'),
    reason: line.text('reason'),
  };
  const [first = '', ...others] = line.args;
  switch (name) {
    case 'init':
      return (await import('./commands/init.ts')).init(options);
    case 'check':
      return (await import('./commands/check.ts')).check(options);
    case 'get':
      return (await import('./commands/get.ts')).get(first, { ...options, reveal: line.has('reveal') });
    case 'run': {
      // Both given: masked, which is the safe one.
      const mask = line.has('mask') || (line.has('no-mask') ? false : undefined);
      const { readWatchOptions } = await import('./watch-options.ts');
      const watch = readWatchOptions(line);
      const { run } = await import('./commands/run.ts');
      return run(first, others, { ...options, mask, pristine: line.has('pristine'), watch });
    }
    case 'export': {
      const { exportSecrets } = await import('./commands/export.ts');
      const format = FORMATS.find((each) => each === line.text('format')) ?? 'dotenv';
      return exportSecrets({ ...options, format, name: line.text('name') });
    }
    case 'example':
      return (await import('./commands/example.ts')).example(options);
    case 'rotation':
      return (await import('./commands/rotation.ts')).rotation({ ...options, within: line.text('within') });
    case 'audit verify': {
      const { auditVerify } = await import('./commands/audit-verify.ts');
      const evidence = { publicKey: line.text('public-key'), heads: line.text('head') };
      return auditVerify(line.args, { ...options, ...evidence });
    }
    case 'audit show': {
      const { auditShow } = await import('./commands/audit-show.ts');
      return auditShow(line.args, { json: line.has('json'), passes: readFilter(line) });
    }
    case 'audit report': {
      const { auditReport } = await import('./commands/audit-report.ts');
      return auditReport(line.args, { ...options, passes: readFilter(line) });
    }
    default:
      return (await import('./commands/plan.ts')).plan(options);
  }
}

function help(): string {
  return [
    'Usage: keyturn <command> [options]',
    "Resolves an application's secrets from whatever store each environment uses.",
    `Commands:\n${columns(commands.map(({ name, does }) => [name, does]))}`,
    '`keyturn <command> --help` shows its options; `keyturn --version` the version.',
  ].join('\n\n');
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  const manifest: { readonly version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return manifest.version;
}
