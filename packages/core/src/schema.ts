/**
 * The Standard Schema interface, version 1, copied as its specification asks (standardschema.dev): what Zod,
 * Valibot, ArkType and Keyturn's own conversions have in common.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** What a schema makes of a value. */
export type SchemaOutput<S> = S extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : unknown
  : never;

/** What a conversion is given: text unless it says otherwise. */
export type Takes = 'text' | 'bytes' | 'structure';

/**
 * A Standard Schema of Keyturn's own. Its messages never quote a value, so core may show them; a foreign
 * validator's are dropped.
 */
export interface Conversion<Output> extends StandardSchema<string | Uint8Array | object, Output> {
  /** A word for the type, such as `integer`: for `.env.example` and messages. */
  readonly type: string;
  /** `bytes`: the bytes as they are. `structure`: the text, or the store's own field map or object. */
  readonly takes: Takes;
  readonly [CONVERSION]: true;
}

const CONVERSION: unique symbol = Symbol.for('keyturn.Conversion') as never;

/** Whether a schema is one of ours: by brand, so that it holds across copies of this package. */
export function isConversion(schema: object): schema is Conversion<unknown> {
  return CONVERSION in schema;
}

/** Thrown by a conversion's own function; the message says what the value should have been. */
export class Unconvertible {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

/** Makes a conversion of a function that returns the output or throws `Unconvertible`. */
export function conversion<Output>(type: string, convert: (text: string) => Output): Conversion<Output> {
  return customConversion(type, 'text', (value) => {
    if (typeof value !== 'string') throw new Unconvertible('is not text');
    return convert(value);
  });
}

export function customConversion<Output>(
  type: string,
  takes: Takes,
  convert: (value: unknown) => Output | Promise<Output>,
): Conversion<Output> {
  const issue = (error: unknown) => ({
    issues: [{ message: error instanceof Unconvertible ? error.problem : `is not of type ${type}` }],
  });
  return {
    type,
    takes,
    [CONVERSION]: true,
    '~standard': {
      version: 1,
      vendor: 'keyturn',
      validate(value) {
        try {
          const output = convert(value);
          return output instanceof Promise ? output.then((value) => ({ value }), issue) : { value: output };
        } catch (error) {
          return issue(error);
        }
      },
    },
  };
}
