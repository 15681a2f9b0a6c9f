import { type DatabaseUrl, parseDatabaseUrl } from './database-url.ts';
import { DURATION_FORM, parseDuration } from './duration.ts';
import { ConfigError } from './errors.ts';
import {
  type Conversion,
  conversion,
  customConversion,
  isConversion,
  type SchemaOutput,
  type SchemaResult,
  type StandardSchema,
  Unconvertible,
} from './schema.ts';

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

function number(text: string, form: RegExp, expected: string): number {
  const value = Number(text);
  if (form.test(text) && Number.isFinite(value)) return value;
  const blanks = text !== text.trim() ? ' (it begins or ends with a blank or a line end)' : '';
  throw new Unconvertible(`is not ${expected}${blanks}`);
}

function integer(text: string): number {
  const value = number(text, /^[+-]?\d+$/, 'an integer');
  if (Number.isSafeInteger(value)) return value;
  throw new Unconvertible('is an integer too large for a JavaScript number: take it as text');
}

function base64(text: string): Uint8Array {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const bytes = Buffer.from(standard, 'base64');
  // Buffer skips what it cannot read; only an exact way back proves that it read all.
  if (text.length === 0 || bytes.toString('base64').replace(/=+$/, '') !== standard) {
    throw new Unconvertible('is not base64 (RFC 4648, standard or URL-safe alphabet, no line breaks)');
  }
  return new Uint8Array(bytes);
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // The parser's message quotes the text, which is the secret.
    throw new Unconvertible('is not JSON');
  }
}

/**
 * Conversions from a secret's text to a typed value. Each is a Standard Schema, so Zod, Valibot or ArkType can
 * stand in the same place. What cannot be read is `InvalidValue`, never a silent `false`, `0` or `undefined`.
 */
export const as = {
  /** The text as it is. */
  string: (): Conversion<string> => conversion('string', (text) => text),

  /** `true`, `1`, `yes`, `on`, `false`, `0`, `no`, `off`, in any case. */
  boolean: (): Conversion<boolean> =>
    conversion('boolean', (text) => {
      const word = text.toLowerCase();
      if (TRUE.includes(word)) return true;
      if (FALSE.includes(word)) return false;
      throw new Unconvertible(`is not a boolean: write one of ${[...TRUE, ...FALSE].join(', ')}`);
    }),

  /** A whole number that JavaScript holds exactly (between -(2^53 - 1) and 2^53 - 1). */
  integer: (): Conversion<number> => conversion('integer', integer),

  /** A finite decimal number, such as `-1.5` or `2e3`. */
  number: (): Conversion<number> =>
    conversion('number', (text) => number(text, /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, 'a number')),

  /** A TCP port, 1 to 65535. */
  port: (): Conversion<number> =>
    conversion('port', (text) => {
      const port = integer(text);
      if (port >= 1 && port <= 65_535) return port;
      throw new Unconvertible('is not a port: 1 to 65535');
    }),

  /** An absolute URL (WHATWG). */
  url: (): Conversion<URL> =>
    conversion('url', (text) => {
      if (URL.canParse(text)) return new URL(text);
      throw new Unconvertible('is not an absolute URL such as https://host/path');
    }),

  /** Items between commas, blanks around them removed. An empty item is an error; an empty text no items. */
  list: (): Conversion<string[]> =>
    conversion('list', (text) => {
      if (text.trim() === '') return [];
      const items = text.split(',').map((item) => item.trim());
      const empty = items.indexOf('');
      if (empty >= 0) throw new Unconvertible(`is a list whose item ${empty + 1} is empty`);
      return items;
    }),

  /** JSON text, or the store's own field map as it is; checked by `schema` where one is given. */
  json: <S extends StandardSchema = StandardSchema<unknown, unknown>>(
    schema?: S,
  ): Conversion<SchemaOutput<S>> =>
    customConversion('json', 'structure', (value) => checkWith(schema, parseJson(value))),

  /** Milliseconds, from text such as `500ms`, `30s`, `5m`, `12h`, `90d` or plain milliseconds. */
  duration: (): Conversion<number> =>
    conversion('duration', (text) => {
      const milliseconds = parseDuration(text);
      if (milliseconds === undefined) throw new Unconvertible(`is not a duration: ${DURATION_FORM}`);
      return milliseconds;
    }),

  /** The bytes as they are; text gives its UTF-8 bytes. */
  bytes: (): Conversion<Uint8Array> =>
    customConversion('bytes', 'bytes', (value) => {
      if (value instanceof Uint8Array) return value;
      if (typeof value === 'string') return new TextEncoder().encode(value);
      throw new Unconvertible('is neither text nor bytes');
    }),

  /** The bytes that a base64 text stands for (RFC 4648, standard or URL-safe, padded or not). */
  base64: (): Conversion<Uint8Array> => conversion('base64', base64),

  /** A connection URL such as `postgres://user:password@host:5432/name?sslmode=require`, taken apart. */
  databaseUrl: (): Conversion<DatabaseUrl> =>
    conversion('databaseUrl', (text) => {
      const parsed = parseDatabaseUrl(text);
      if ('problem' in parsed) throw new Unconvertible(parsed.problem);
      return parsed;
    }),

  /** Exactly one of the given words. */
  oneOf: <const Words extends readonly [string, ...string[]]>(...words: Words): Conversion<Words[number]> => {
    if (words.length === 0 || words.some((word) => typeof word !== 'string')) {
      const message = 'takes one word or more: write as.oneOf("debug", "info")';
      throw new ConfigError([{ place: 'as.oneOf()', message }]);
    }
    return conversion(`one of ${words.join(', ')}`, (text) => {
      const word = words.find((candidate) => candidate === text);
      if (word === undefined) throw new Unconvertible(`is not one of ${words.join(', ')}`);
      return word;
    });
  },
};

/**
 * A schema's verdict on a value, with messages that may be shown. A promise only where the schema gives one.
 * @throws {Unconvertible} or rejects with it.
 */
export function validate(schema: StandardSchema, value: unknown): unknown {
  const threw = () => {
    throw new Unconvertible('made its schema throw an error');
  };
  let result: unknown;
  try {
    result = schema['~standard'].validate(value);
  } catch {
    threw();
  }
  if (!isPromise(result)) return verdict(schema, result);
  return Promise.resolve(result)
    .catch(threw)
    .then((settled) => verdict(schema, settled));
}

function verdict(schema: StandardSchema, result: unknown): unknown {
  const { vendor } = schema['~standard'];
  if (!isResult(result))
    throw new Unconvertible(`got no result from its ${vendor} schema: neither a value nor issues`);
  if (result.issues === undefined) return result.value;
  const [first] = result.issues;
  if (isConversion(schema) && first) throw new Unconvertible(first.message);
  throw new Unconvertible(
    `does not satisfy its ${vendor} schema (${result.issues.length} ` +
      `${result.issues.length === 1 ? 'issue' : 'issues'}, not shown because they can quote the value)`,
  );
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function isResult(value: unknown): value is SchemaResult<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if ('issues' in value && value.issues !== undefined) return Array.isArray(value.issues);
  return 'value' in value;
}

function checkWith<S extends StandardSchema>(
  schema: S | undefined,
  value: unknown,
): SchemaOutput<S> | Promise<SchemaOutput<S>> {
  // Without a schema S is its default, whose output is unknown.
  if (schema === undefined) return value as SchemaOutput<S>;
  return validate(schema, value) as SchemaOutput<S> | Promise<SchemaOutput<S>>;
}
