import { resolve } from 'node:path';
import type { Checked, ErrorCode, Fetched, Locator, Outcome, Provider } from '@keyturn/core';
import {
  type Cascade,
  type CascadeEntry,
  cascadeOf,
  directoryProblem,
  environmentProblem,
  readCascade,
} from './cascade.ts';
import { expander } from './expand.ts';

export interface DotenvOptions {
  /**
   * The name in the files' names: `production` reads `.env.production.local`, `.env.local` (not for `test`),
   * `.env.production` and `.env`; the first that has a name wins. Left out: `.env.local` and `.env`.
   */
  readonly environment?: string;
  /**
   * The folder of the files. A relative one starts at the working folder of the moment that `dotenv()` is called.
   * @default the working folder of that moment
   */
  readonly directory?: string;
  /**
   * Replaces `${NAME}` and `${NAME:-default}`, except in single quotes, by what the same files give.
   * Environment variables are not looked at and nothing is ever executed.
   * @default false
   */
  readonly expand?: boolean;
}

/**
 * Secrets from `.env` files. A reference's path is a name in them: `app://DATABASE_URL`.
 *
 * The files are read anew, once, in every batch. Metadata: `createdBefore` is the file's modification time, `createdAt`
 * what a comment such as `# keyturn: rotated=2026-08-01` above the line says. Codes: `NotFound` (no file gives the name),
 * `AccessDenied` (a file may not be read), `Misconfigured` (a directory in a file's place, an unusable option),
 * `InvalidValue` (a malformed line, not UTF-8, over 1 MiB, a reference that cannot be expanded), `Unavailable` (a link to
 * nothing, an input error). A problem in any of the files fails every name, since that file could hold it.
 */
export function dotenv(options: DotenvOptions = {}): Provider {
  const { environment, directory = '', expand = false } = options;
  const optionProblem = environmentProblem(environment) ?? directoryProblem(directory);
  const names = cascadeOf(environment);
  const folder = optionProblem === undefined ? resolve(directory) : '';

  return {
    contract: 1,
    kind: 'dotenv',
    batchSize: Number.POSITIVE_INFINITY,
    local: true,
    params: [],
    check,
    async fetch(locators, { signal, warn }) {
      signal.throwIfAborted();
      if (optionProblem !== undefined) return everyOne(locators, 'Misconfigured', optionProblem);
      const cascade = await readCascade(names, folder, directory, signal);
      if (!cascade.ok) return everyOne(locators, cascade.code, cascade.message);
      if (cascade.files.length === 0) {
        return everyOne(locators, 'NotFound', `there is no ${orList(names)} in ${folder}`);
      }
      for (const remark of cascade.remarks) warn(remark);
      const read = reader(cascade, expand);
      return locators.map(({ path }) => read(path));
    },
    classify: () => undefined,
  };
}

function check(locator: Locator): Checked {
  if (/^[\w.-]+$/.test(locator.path)) return { locator };
  return {
    problem: 'a name in a .env file has only A-Z, a-z, 0-9, "_", "." and "-"; write one such as DATABASE_URL',
  };
}

function reader(
  { files, entries }: Cascade & { ok: true },
  expand: boolean,
): (name: string) => Outcome<Fetched> {
  const expandEntry = expander((name) => entries.get(name));
  return (name) => {
    const entry = entries.get(name);
    if (entry === undefined) {
      return { ok: false, code: 'NotFound', message: `${name} is not in ${orList(files)}` };
    }
    if (!expand) return found(entry.value, entry, entry.modified);
    const expanded = expandEntry(entry, name);
    if ('problem' in expanded) return { ok: false, code: 'InvalidValue', message: expanded.problem };
    const modified = expanded.value === entry.value ? entry.modified : latest(entries.values());
    return found(expanded.value, entry, modified);
  };
}

function found(
  value: string,
  { rotatedAt: createdAt }: CascadeEntry,
  createdBefore: Date | undefined,
): Outcome<Fetched> {
  if (!createdAt && !createdBefore) return { ok: true, value: { value } };
  const metadata = { ...(createdAt && { createdAt }), ...(createdBefore && { createdBefore }) };
  return { ok: true, value: { value, metadata } };
}

/** An expanded value may stem from any of the files; unknown when one of them has no time. */
function latest(entries: Iterable<CascadeEntry>): Date | undefined {
  let time = 0;
  for (const { modified } of entries) {
    if (modified === undefined) return undefined;
    time = Math.max(time, modified.getTime());
  }
  return new Date(time);
}

function everyOne(locators: readonly Locator[], code: ErrorCode, message: string): Outcome<Fetched>[] {
  return locators.map(() => ({ ok: false, code, message }));
}

function orList(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names);
}
