import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AuditContext, ConfigError, ResolveError } from '@keyturn/core';
import type { Config } from '../config.ts';
import { configProblems, type Opened, open } from '../open.ts';
import { warn } from './output.ts';
import { whyNotLoaded } from './why-not-loaded.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly env?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean;
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
}

/** What a command works on. */
export interface Project extends Opened {
  /** What the command line says for the audit, to be given with each resolve. */
  readonly context: AuditContext;
}

/** In the order in which they are looked for. */
export const CONFIG_FILES = [
  'keyturn.config.ts',
  'keyturn.config.mts',
  'keyturn.config.js',
  'keyturn.config.mjs',
];

/** The config file, opened for an environment; warnings go to stderr. @throws {ConfigError} naming the file. */
export async function openProject(options: CommonOptions): Promise<Project> {
  const { env, config: given, actor, reason } = options;
  const config = await readConfig(given);
  const onWarning = ({ kind, message }: { kind: string; message: string }) => warn(`${kind}: ${message}`);
  const opened = usage(
    (name) => `secrets.${name}.ref`,
    () => open(config, env, { onWarning }),
  );
  return { ...opened, context: { actor, reason } };
}

/** What is wrong with a reference before any call is wrong usage: told with its place, not as an unresolved secret. */
export function usage<T>(placeOf: (name: string) => string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new ConfigError(
      error.failures.map(({ name, reference, message }) => ({
        place: placeOf(name),
        message: `${reference}: ${message}`,
      })),
    );
  }
}

/** @throws {ConfigError} for a name that Node does not take for a module. */
export function checkConfigName(file: string): void {
  if (/\.[cm]?[jt]s$/.test(file)) return;
  const message = 'is no module: a config is code, in a file that ends in .ts, .mts, .js or .mjs';
  throw new ConfigError([{ place: file, message }]);
}

/** The default export of the config file. @throws {ConfigError} naming the file. */
export async function readConfig(given: string | undefined): Promise<Config> {
  const file = given ?? CONFIG_FILES.find((name) => existsSync(name));
  if (file === undefined) {
    const message = `there is no config here (${CONFIG_FILES.join(', ')}): run "keyturn init", or name one with --config`;
    throw new ConfigError([{ place: '', message }]);
  }
  const path = resolve(file);
  if (!existsSync(path)) throw new ConfigError([{ place: file, message: 'there is no such file' }]);
  if (statSync(path).isDirectory()) {
    throw new ConfigError([{ place: file, message: 'is a folder, not a file' }]);
  }
  checkConfigName(file);
  let module: { readonly default?: Config };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    throw new ConfigError([{ place: file, message: whyNotLoaded(error, path) }]);
  }
  if (module.default === undefined) {
    throw new ConfigError([
      { place: file, message: 'has no default export: write "export default defineConfig({ … })"' },
    ]);
  }
  const problems = configProblems(module.default);
  if (problems.length > 0) {
    throw new ConfigError(problems.map((problem) => ({ ...problem, place: problem.place || file })));
  }
  return module.default;
}
