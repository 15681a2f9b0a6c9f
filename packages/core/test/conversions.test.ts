import { type } from 'arktype';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { as, validate } from '../src/conversions.ts';
import { ConfigError } from '../src/errors.ts';
import { type StandardSchema, Unconvertible } from '../src/schema.ts';

async function outcome(schema: StandardSchema, value: unknown): Promise<unknown> {
  try {
    return await validate(schema, value);
  } catch (error) {
    if (error instanceof Unconvertible) return `! ${error.problem}`;
    throw error;
  }
}

const booleans = 'true, 1, yes, on, false, 0, no, off';
const durations = 'a duration is milliseconds or text such as "500ms", "30s", "5m", "12h", "90d"';

describe('as', () => {
  it.each<[string, StandardSchema, string, unknown]>([
    ['string', as.string(), ' a\n', ' a\n'],
    ['boolean', as.boolean(), 'TRUE', true],
    ['boolean', as.boolean(), 'off', false],
    ['boolean', as.boolean(), 'canary', `! is not a boolean: write one of ${booleans}`],
    ['integer', as.integer(), '-42', -42],
    ['integer', as.integer(), '9007199254740991', 9007199254740991],
    [
      'integer',
      as.integer(),
      '9007199254740993',
      '! is an integer too large for a JavaScript number: take it as text',
    ],
    ['integer', as.integer(), '1.5', '! is not an integer'],
    ['integer', as.integer(), '0x10', '! is not an integer'],
    ['integer', as.integer(), '5432\n', '! is not an integer (it begins or ends with a blank or a line end)'],
    ['number', as.number(), '-1.5e3', -1500],
    ['number', as.number(), '.5', 0.5],
    ['number', as.number(), 'Infinity', '! is not a number'],
    ['number', as.number(), '1e999', '! is not a number'],
    ['number', as.number(), 'NaN', '! is not a number'],
    ['port', as.port(), '65535', 65535],
    ['port', as.port(), '0', '! is not a port: 1 to 65535'],
    ['port', as.port(), '65536', '! is not a port: 1 to 65535'],
    ['url', as.url(), 'https://x/y', new URL('https://x/y')],
    ['url', as.url(), 'x/y', '! is not an absolute URL such as https://host/path'],
    ['list', as.list(), ' a, b ,c', ['a', 'b', 'c']],
    ['list', as.list(), '', []],
    ['list', as.list(), 'a,,b', '! is a list whose item 2 is empty'],
    ['json', as.json(), '{"a":1}', { a: 1 }],
    ['json', as.json(), '{canary', '! is not JSON'],
    ['json of a schema', as.json(z.object({ a: z.number() })), '{"a":1}', { a: 1 }],
    ['duration', as.duration(), '1.5h', 5_400_000],
    ['duration', as.duration(), '250', 250],
    ['duration', as.duration(), '5 minuts', `! is not a duration: ${durations}`],
    ['duration', as.duration(), '-5s', `! is not a duration: ${durations}`],
    ['base64', as.base64(), 'aGk_', new Uint8Array([0x68, 0x69, 0x3f])],
    ['base64', as.base64(), 'aGk=', new Uint8Array([0x68, 0x69])],
    ['base64', as.base64(), 'a', '! is not base64 (RFC 4648, standard or URL-safe alphabet, no line breaks)'],
    [
      'base64',
      as.base64(),
      'aG k',
      '! is not base64 (RFC 4648, standard or URL-safe alphabet, no line breaks)',
    ],
    ['oneOf', as.oneOf('debug', 'info'), 'info', 'info'],
    ['oneOf', as.oneOf('debug', 'info'), 'canary', '! is not one of debug, info'],
  ])('%s: %#', async (_, schema, given, expected) => {
    expect(await outcome(schema, given)).toEqual(expected);
  });

  it('bytes: bytes as they are, text as UTF-8', async () => {
    const bytes = new Uint8Array([0, 255]);
    expect(await outcome(as.bytes(), bytes)).toBe(bytes);
    expect(await outcome(as.bytes(), 'é')).toEqual(new Uint8Array([0xc3, 0xa9]));
  });

  it('base64 reads whatever was encoded', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1 }),
        fc.constantFrom('base64' as const, 'base64url' as const),
        async (bytes, form) => {
          expect(await outcome(as.base64(), Buffer.from(bytes).toString(form))).toEqual(bytes);
        },
      ),
    );
  });

  it('is a Standard Schema', () => {
    const { version, vendor, validate: run } = as.integer()['~standard'];
    expect([version, vendor, run('7')]).toEqual([1, 'keyturn', { value: 7 }]);
    expect(run('x')).toEqual({ issues: [{ message: 'is not an integer' }] });
  });
});

describe('as.oneOf()', () => {
  it.each([[], [1], ['debug', undefined]])('refuses %o', (...words) => {
    expect(() => as.oneOf(...(words as unknown[] as [string]))).toThrow(
      new ConfigError([
        { place: 'as.oneOf()', message: 'takes one word or more: write as.oneOf("debug", "info")' },
      ]),
    );
  });
});

describe('as.databaseUrl()', () => {
  it('takes a URL apart and decodes it', async () => {
    expect(
      await outcome(
        as.databaseUrl(),
        'postgresql+psycopg://us%40er:p%2F%23@[::1]:5432/na%20me?sslmode=require',
      ),
    ).toEqual({
      href: 'postgresql+psycopg://us%40er:p%2F%23@[::1]:5432/na%20me?sslmode=require',
      scheme: 'postgresql+psycopg',
      user: 'us@er',
      password: 'p/#',
      host: '::1',
      port: 5432,
      hosts: [{ host: '::1', port: 5432 }],
      database: 'na me',
      params: { sslmode: 'require' },
    });
  });

  it('takes several hosts, a socket, a file', async () => {
    const several = await outcome(as.databaseUrl(), 'mongodb://a,b:27018/db');
    expect(several).toMatchObject({ host: 'a', hosts: [{ host: 'a' }, { host: 'b', port: 27018 }] });
    expect(await outcome(as.databaseUrl(), 'postgres://%2Fvar%2Frun/db')).toMatchObject({ host: '/var/run' });
    expect(await outcome(as.databaseUrl(), 'sqlite:///data/app.db')).toMatchObject({
      host: '',
      database: 'data/app.db',
    });
    expect(await outcome(as.databaseUrl(), 'sqlite:////data/app.db')).toMatchObject({
      database: '/data/app.db',
    });
  });

  const encode =
    'percent-encode reserved characters in user and password (@ is %40, / is %2F, # is %23, ? is %3F)';
  it.each([
    ['localhost/db', 'is not a connection URL such as postgres://user:password@host:5432/name'],
    ['postgres://u:canary@x@host/db', `is a connection URL with more than one "@": ${encode}`],
    ['postgres://u:can#ary@host/db', `is a connection URL with a "#": ${encode}`],
    ['postgres://u:can/ary@host/db', `is a connection URL whose host or port cannot be read: ${encode}`],
    ['postgres://u:p@host:99999/db', `is a connection URL whose host or port cannot be read: ${encode}`],
    [
      'postgres://u:can%ary@host/db',
      'is a connection URL with a "%" that starts no percent-encoding: a plain "%" is %25',
    ],
  ])('refuses %#', async (text, problem) => {
    expect(await outcome(as.databaseUrl(), text)).toBe(`! ${problem}`);
  });
});

describe('foreign validators', () => {
  const message = (vendor: string) =>
    `! does not satisfy its ${vendor} schema (1 issue, not shown because they can quote the value)`;

  it.each<[string, StandardSchema]>([
    ['zod', z.string().regex(/^\d+$/)],
    ['valibot', v.pipe(v.string(), v.regex(/^\d+$/))],
    ['arktype', type(/^\d+$/)],
  ])('%s: taken, and its message dropped', async (vendor, schema) => {
    expect(await outcome(schema, '42')).toBe('42');
    expect(await outcome(schema, 'canary')).toBe(message(vendor));
  });

  it('may be asynchronous', async () => {
    const schema = z.string().refine(async (value) => value === 'good');
    expect(await outcome(schema, 'good')).toBe('good');
    expect(await outcome(schema, 'canary')).toBe(message('zod'));
  });

  it('may throw: its error is dropped', async () => {
    const schema = z.string().transform((value) => {
      throw new Error(value);
    });
    expect(await outcome(schema, 'canary')).toBe('! made its schema throw an error');
  });

  it.each([undefined, null, 'canary', {}, { issues: null }, { issues: 'canary' }])(
    'may give %o, which is no result',
    async (result) => {
      const schema: StandardSchema = {
        '~standard': { version: 1, vendor: 'test', validate: () => result as never },
      };
      const problem = '! got no result from its test schema: neither a value nor issues';
      expect(await outcome(schema, 'canary')).toBe(problem);
      expect(await outcome(as.json(schema), '"canary"')).toBe(problem);
    },
  );

  it('may reject, and may give no promise where there is nothing to wait for', async () => {
    const rejecting: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('canary')) },
    };
    expect(await outcome(rejecting, 'canary')).toBe('! made its schema throw an error');
    expect(validate(z.coerce.number(), '42')).toBe(42);
  });

  it('within as.json() too', async () => {
    expect(await outcome(as.json(z.object({ a: z.number() })), '{"a":"canary"}')).toBe(message('zod'));
  });
});
