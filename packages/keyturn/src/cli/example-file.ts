import { ConfigError, type EntryOptions, isConversion } from '@keyturn/core';
import { badName } from './formats/format.ts';

/** What `.env.example` tells of one name of the manifest. */
export interface ExampleEntry {
  readonly name: string;
  readonly description?: string;
  /** The conversion in words, such as `integer`. */
  readonly type: string;
  readonly required: boolean;
  /** True keeps the default out: people copy what they see. */
  readonly sensitive: boolean;
  readonly default?: unknown;
}

/**
 * The text of `.env.example`: each name without a value, below what is known of it as comments.
 * Throws a ConfigError for names that no `.env` file can have.
 */
export function exampleFile(entries: readonly ExampleEntry[]): string {
  const problems = entries.flatMap(({ name }) => {
    const message = badName(name);
    return message === false ? [] : [{ place: name, message: `cannot stand in .env.example: ${message}` }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const head = '# What this app needs to start. Copy to .env, which git ignores, and fill in.\n';
  return [head, ...entries.map(paragraph)].join('\n');
}

/** A word for what an entry is converted to: `integer`, or a validator's name. */
export function typeName({ as: schema }: EntryOptions): string {
  if (schema === undefined) return 'string';
  return isConversion(schema) ? schema.type : schema['~standard'].vendor;
}

function paragraph(entry: ExampleEntry): string {
  const facts = [entry.type, entry.required ? 'required' : 'optional'];
  if (!entry.sensitive && entry.default !== undefined) facts.push(`default: ${shown(entry.default)}`);
  return `${comment(entry.description ?? '')}${comment(facts.join(', '))}${entry.name}=\n`;
}

/** A default is whatever a conversion gives, so also what JSON has no word for. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
}

/** Breaks where any reader of `.env` files starts a line anew: dotenv does so after U+2028 and U+2029 too. */
function comment(text: string): string {
  if (text.trim() === '') return '';
  const lines = text.trim().split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join('');
}
