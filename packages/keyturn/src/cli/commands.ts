import { FIELD_OPTIONS, PERIOD_OPTIONS } from './audit-filter.ts';
import type { CommandSpec, OptionSpec } from './command-line.ts';
import type { FormatName } from './formats/index.ts';

/** What the command line ends with; `run` gives its child's own code once there is a child. */
export const EXIT = { done: 0, found: 1, usage: 2, unresolved: 3, beforeChild: 125 } as const;

const ENV: OptionSpec = { name: 'env', value: 'name', does: "the environment; beats the config's own" };
const CONFIG: OptionSpec = {
  name: 'config',
  value: 'file',
  does: 'the config file (default: keyturn.config.{ts,mts,js,mjs} here)',
};
const ACTOR: OptionSpec = {
  name: 'actor',
  value: 'who',
  does: "who asks, for the audit; beats the config's own",
};
const REASON: OptionSpec = {
  name: 'reason',
  value: 'text',
  does: 'why, for the audit; some secrets are not given without',
};
const JSON_OUTPUT: OptionSpec = { name: 'json', does: 'print JSON of a stable shape' };

const exitCodes = `Exit codes:
  0  done
  1  a check found something
  2  wrong usage or config
  3  a secret could not be resolved`;

/** Listed here too, so that the formats are not imported before they are asked for. */
export const FORMATS = [
  'dotenv',
  'json',
  'shell',
  'docker',
  'github',
  'github-mask',
  'k8s',
  'lambda',
  'eb',
] as const satisfies readonly FormatName[];

/** What `run --watch` may send; the same that `run` hands on. */
export const RELOAD_SIGNALS = [
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGINT',
  'SIGTERM',
  'SIGQUIT',
] as const satisfies readonly NodeJS.Signals[];

/** Every command. Its function is imported when it is run. */
export const commands: readonly CommandSpec[] = [
  {
    name: 'init',
    does: 'write a config, .env.example and .gitignore lines; never overwrites',
    options: [CONFIG, JSON_OUTPUT],
    exitCodes,
  },
  {
    name: 'check',
    does: 'resolve and validate every secret; all problems in one table',
    options: [ACTOR, REASON, ENV, CONFIG, JSON_OUTPUT],
    exitCodes,
  },
  {
    name: 'get',
    does: 'show one secret, masked; <name> is a name in the config, or a reference such as app://db#user',
    argument: '<name>',
    options: [
      { name: 'reveal', does: 'print the value alone, without a newline under a pipe' },
      ACTOR,
      REASON,
      ENV,
      CONFIG,
      JSON_OUTPUT,
    ],
    exitCodes,
  },
  {
    name: 'run',
    does: 'run a command with the secrets in its environment',
    argument: '<command>',
    passThrough: true,
    options: [
      { name: 'mask', does: 'mask the values in its output (the default where CI is set)' },
      { name: 'no-mask', does: 'leave its output untouched' },
      { name: 'pristine', does: "give it only the config's names and PATH" },
      { name: 'watch', does: 'restart it with the new values when a secret changed' },
      {
        name: 'reload-signal',
        value: 'signal',
        does: 'with --watch: send it this signal instead, such as SIGHUP',
        choices: RELOAD_SIGNALS,
      },
      { name: 'interval', value: 'duration', does: 'with --watch: time between two checks (default: 1m)' },
      {
        name: 'settle',
        value: 'duration',
        does: 'with --watch: how long nothing may change any more (default: 5s)',
      },
      ACTOR,
      REASON,
      ENV,
      CONFIG,
    ],
    exitCodes: `Exit codes: the command's own; 128+n when signal n killed it; 127 not found, 126 not executable;
125 when Keyturn fails before the command starts.`,
  },
  {
    name: 'export',
    does: 'print all secrets in a format that another program reads',
    options: [
      {
        name: 'format',
        value: 'format',
        does: `${FORMATS.join(', ')} (default: dotenv)`,
        choices: FORMATS,
      },
      { name: 'name', value: 'name', does: 'k8s: the name of the Secret (default: app-secrets)' },
      ACTOR,
      REASON,
      ENV,
      CONFIG,
    ],
    exitCodes,
  },
  {
    name: 'example',
    does: 'write .env.example from the config: names, types, no values',
    options: [CONFIG, JSON_OUTPUT],
    exitCodes,
  },
  {
    name: 'rotation',
    does: 'show the age of every secret against its policy; 1 when one is overdue',
    options: [
      { name: 'within', value: 'duration', does: 'also 1 when one will be overdue within it, such as 14d' },
      ENV,
      CONFIG,
      JSON_OUTPUT,
    ],
    exitCodes,
  },
  {
    name: 'audit verify',
    does: 'tell whether an audit file is what was written; 1 when it is not',
    argument: '[path...]',
    anyNumber: true,
    options: [
      { name: 'public-key', value: 'file', does: 'the public keys, in PEM, of those that signed' },
      { name: 'head', value: 'file', does: 'the signed heads that were kept elsewhere' },
      JSON_OUTPUT,
    ],
    exitCodes,
  },
  {
    name: 'audit show',
    does: 'print the events of an audit file in the order of their times',
    argument: '[path...]',
    anyNumber: true,
    options: [...FIELD_OPTIONS, ...PERIOD_OPTIONS, { name: 'json', does: 'print a line of JSON for each' }],
    exitCodes,
  },
  {
    name: 'audit report',
    does: 'tell who used which secret, when, and which ones nobody used',
    argument: '[path...]',
    anyNumber: true,
    options: [...PERIOD_OPTIONS, CONFIG, JSON_OUTPUT],
    exitCodes,
  },
  {
    name: 'plan',
    does: 'show the calls that a cold boot makes, without making one',
    options: [ENV, CONFIG, JSON_OUTPUT],
    exitCodes,
  },
];
