import { ConfigError, type Problem } from '@keyturn/core';

export type FormatName =
  | 'dotenv'
  | 'json'
  | 'shell'
  | 'docker'
  | 'github'
  | 'github-mask'
  | 'k8s'
  | 'lambda'
  | 'eb';

/** One variable to hand over: its name in the manifest and the stored text. */
export interface Entry {
  readonly name: string;
  readonly value: string;
}

export interface FormatOptions {
  /** `k8s` alone: the name of the Secret, a DNS subdomain. @default 'app-secrets' */
  readonly name?: string;
}

/**
 * Writes entries, in their order, as the text of a file that ends in a newline.
 * Throws a ConfigError with every entry that the format cannot carry; a reason never quotes a value.
 */
export type Format = (entries: readonly Entry[], options?: FormatOptions) => string;

/** Throws one ConfigError for all entries with reasons, and for `whole`: what is wrong with all of them together. */
export function refuse(
  format: FormatName,
  entries: readonly Entry[],
  reasonsAgainst: (entry: Entry) => readonly (string | false)[],
  whole: readonly (string | false)[] = [],
): void {
  const problems: Problem[] = entries.flatMap((entry) =>
    reasonsAgainst(entry)
      .filter((reason) => reason !== false)
      .map((reason) => ({ place: entry.name, message: `cannot be exported as ${format}: ${reason}` })),
  );
  for (const reason of whole)
    if (reason !== false) problems.push({ place: `export as ${format}`, message: reason });
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The names that a POSIX shell can assign to (XBD 3.216, "Name"): what every consumer of variables takes. */
export function badName(name: string): string | false {
  return (
    !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
    'its name is not that of an environment variable (letters, digits and _, not starting with a digit)'
  );
}

/** What no process environment holds: NUL, which ends a variable, and half a surrogate pair, which is no UTF-8. */
export function badText(value: string): string | false {
  return (value.includes('\0') && 'its value holds a NUL character') || loneSurrogate(value);
}

/** A string from `"\ud800"` in a JSON document: it would be written as U+FFFD. */
export function loneSurrogate(value: string): string | false {
  return /\p{Surrogate}/u.test(value) && 'its value holds half a surrogate pair, which UTF-8 cannot write';
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
