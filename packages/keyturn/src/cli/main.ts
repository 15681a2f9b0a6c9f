import { readFileSync } from 'node:fs';
import { ResolveError } from '@keyturn/core';
import { Command, CommanderError, Option } from 'commander';
import type { ExportOptions } from './commands/export.ts';
import type { GetOptions } from './commands/get.ts';
import type { RunOptions } from './commands/run.ts';
import { report } from './output.ts';
import type { CommonOptions } from './project.ts';

/** What the command line ends with; `run` gives its child's own code once there is a child. */
const EXIT = { done: 0, usage: 2, unresolved: 3, beforeChild: 125 } as const;

const FORMATS = ['dotenv', 'json', 'shell', 'docker', 'github', 'k8s', 'lambda', 'eb'];

const EXIT_CODES = `
Exit codes:
  0  done
  1  a check found something
  2  wrong usage or config
  3  a secret could not be resolved`;

const RUN_EXIT_CODES = `
Exit codes: the command's own; 128+n when signal n killed it; 127 not found, 126 not executable;
125 when Keyturn fails before the command starts.`;

/** Runs one command line and gives its exit code. Commands are imported when they are used. */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('keyturn')
    .description("Resolves an application's secrets from whatever store each environment uses.")
    .version(version(), '-v, --version')
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride();

  reporting('init', 'write a config, .env.example and .gitignore lines; never overwrites').action(
    async (options: CommonOptions) => {
      code = await (await import('./commands/init.ts')).init(options);
    },
  );
  reporting('check', 'resolve and validate every secret; all problems in one table').action(
    async (options: CommonOptions) => {
      code = await (await import('./commands/check.ts')).check(options);
    },
  );
  reporting('get', 'show one secret, masked')
    .argument('<name>', 'a name in the config, or a reference such as app://db#user')
    .option('--reveal', 'print the value alone, without a newline under a pipe')
    .action(async (name: string, options: GetOptions) => {
      code = await (await import('./commands/get.ts')).get(name, options);
    });
  common('run', 'run a command with the secrets in its environment', RUN_EXIT_CODES)
    .usage('[options] -- <command> [args...]')
    .argument('<command>', 'the command')
    .argument('[args...]', 'its arguments')
    .option('--mask', 'mask the values in its output (the default where CI is set)')
    .option('--no-mask', 'leave its output untouched')
    .option('--pristine', "give it only the config's names and PATH")
    .passThroughOptions()
    .action(async (command: string, commandArgs: string[], options: RunOptions) => {
      code = await (await import('./commands/run.ts')).run(command, commandArgs, options);
    });
  common('export', 'print all secrets in a format that another program reads')
    .addOption(new Option('--format <format>', 'the format').choices(FORMATS).default('dotenv'))
    .option('--name <name>', 'k8s: the name of the Secret')
    .action(async (options: ExportOptions) => {
      code = await (await import('./commands/export.ts')).exportSecrets(options);
    });
  reporting('example', 'write .env.example from the config: names, types, no values').action(
    async (options: CommonOptions) => {
      code = await (await import('./commands/example.ts')).example(options);
    },
  );
  reporting('plan', 'show the calls that a cold boot makes, without making one').action(
    async (options: CommonOptions) => {
      code = await (await import('./commands/plan.ts')).plan(options);
    },
  );

  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return fail(error, args);
  }

  function common(name: string, description: string, exitCodes = EXIT_CODES): Command {
    return program
      .command(name)
      .description(description)
      .option('--env <name>', "the environment; beats the config's own")
      .option('--config <file>', 'the config file (default: keyturn.config.{ts,mts,js,mjs} here)')
      .addHelpText('after', exitCodes);
  }

  function reporting(name: string, description: string): Command {
    return common(name, description).option('--json', 'print JSON of a stable shape');
  }
}

/** Says what a command line ended with, unless Commander has said it already, and gives the exit code. */
export function fail(error: unknown, args: readonly string[]): number {
  const isRun = args[0] === 'run';
  if (!(error instanceof CommanderError)) report(error, args.includes('--json') && !isRun);
  else if (error.exitCode === 0) return EXIT.done;
  if (isRun) return EXIT.beforeChild;
  return error instanceof ResolveError ? EXIT.unresolved : EXIT.usage;
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  const manifest: { readonly version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return manifest.version;
}
