import { join } from 'node:path';
import type { ErrorCode } from '@keyturn/core';
import type { Placed } from './expand.ts';
import { parse } from './parse.ts';
import { type FileRead, readTextFile } from './read.ts';

/** The files of an environment, the one that wins first. */
export function cascadeOf(environment: string | undefined): readonly string[] {
  if (environment === undefined) return ['.env.local', '.env'];
  const local = environment === 'test' ? [] : ['.env.local'];
  return [`.env.${environment}.local`, ...local, `.env.${environment}`, '.env'];
}

/** Why a text cannot be the `environment` of a cascade. */
export function environmentProblem(environment: unknown): string | undefined {
  if (environment === undefined) return undefined;
  if (typeof environment !== 'string' || environment === '') {
    return '"environment" must be a name such as "production"; leave it out for .env.local and .env alone';
  }
  if (environment === 'local') {
    return '"environment" cannot be "local": .env.local belongs to every environment';
  }
  if (/[/\\\0]|\.\./.test(environment)) {
    return '"environment" is part of a file\'s name and may not hold "/", "\\", ".." or NUL';
  }
  return undefined;
}

/** Why a text cannot be the `directory` of a cascade. */
export function directoryProblem(directory: unknown): string | undefined {
  if (typeof directory === 'string' && !directory.includes('\0')) return undefined;
  return '"directory" must be the path of a folder; leave it out for the working folder';
}

/** An entry with the time its file was last written, where that is known. */
export interface CascadeEntry extends Placed {
  readonly modified?: Date;
}

export type Cascade =
  | {
      readonly ok: true;
      /** The files that exist. */
      readonly files: readonly string[];
      /** Of each name, the entry that wins. */
      readonly entries: ReadonlyMap<string, CascadeEntry>;
      /** Of comments that say nothing, each with its file and line. */
      readonly remarks: readonly string[];
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

const MAX_SHOWN = 5;

/**
 * Reads all files once and merges them, the first one winning. A file that cannot be read, or a line
 * that cannot be understood, could hold any name: it makes the whole cascade unsure, and is no answer for any.
 *
 * `directory` is where the files are, `shown` how messages call it (empty: the files go by their bare names).
 */
export async function readCascade(
  names: readonly string[],
  directory: string,
  shown: string,
  signal: AbortSignal,
): Promise<Cascade> {
  const reads = await Promise.all(names.map((name) => readTextFile(join(directory, name), signal)));

  const files: string[] = [];
  const entries = new Map<string, CascadeEntry>();
  const remarks: string[] = [];
  const problems: { readonly code: ErrorCode; readonly message: string }[] = [];
  for (const [index, read] of reads.entries()) {
    if (read.kind === 'absent') continue;
    const file = join(shown, names[index] ?? '');
    if (read.kind === 'trouble') {
      problems.push({ code: read.code, message: describe(file, read) });
      continue;
    }
    files.push(file);
    const parsed = parse(read.text);
    for (const { line, message } of parsed.problems) {
      problems.push({ code: 'InvalidValue', message: `${file}:${line}: ${message}` });
    }
    remarks.push(...parsed.remarks.map(({ line, message }) => `${file}:${line}: ${message}`));
    for (const [name, entry] of parsed.entries) {
      if (entries.has(name)) continue;
      entries.set(name, { ...entry, file, ...(read.modified && { modified: read.modified }) });
    }
  }

  const [first] = problems;
  if (first === undefined) return { ok: true, files, entries, remarks };
  const lines = problems.slice(0, MAX_SHOWN).map(({ message }) => message);
  if (problems.length > MAX_SHOWN) lines.push(`and ${problems.length - MAX_SHOWN} more`);
  return { ok: false, code: first.code, message: lines.join('; ') };
}

function describe(file: string, { line, message }: Extract<FileRead, { kind: 'trouble' }>): string {
  return line === undefined ? `${file} ${message}` : `${file}:${line}: ${message}`;
}
