import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResolveError } from '../src/errors.ts';
import { formatReference, locatorKey, parseReference, type Reference } from '../src/reference.ts';

function problemOf(text: string): string | undefined {
  try {
    parseReference(text);
  } catch (error) {
    if (error instanceof ResolveError) return error.failures[0]?.message;
    throw error;
  }
  return undefined;
}

describe('parseReference', () => {
  it.each<[string, Reference]>([
    ['app://X', { provider: 'app', path: 'X', params: {} }],
    ['prod:///a/b', { provider: 'prod', path: '/a/b', params: {} }],
    ['prod://a/../b/./c', { provider: 'prod', path: 'a/../b/./c', params: {} }],
    ['prod://name:3', { provider: 'prod', path: 'name:3', params: {} }],
    ['prod://user@x+y', { provider: 'prod', path: 'user@x+y', params: {} }],
    [
      'v://kv/app?version=3#password',
      { provider: 'v', path: 'kv/app', params: { version: '3' }, field: 'password' },
    ],
    ['v://kv?a=1&b=2=3', { provider: 'v', path: 'kv', params: { a: '1', b: '2=3' } }],
    ['v://a%2Fb%3F%23%25?p=%26#%23%3F', { provider: 'v', path: 'a/b?#%', params: { p: '&' }, field: '#?' }],
    ['v://x#/db/0/a~1b~0c', { provider: 'v', path: 'x', params: {}, field: '/db/0/a~1b~0c' }],
    [
      'sm://arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf?stage=AWSPREVIOUS#password',
      {
        provider: 'sm',
        path: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf',
        params: { stage: 'AWSPREVIOUS' },
        field: 'password',
      },
    ],
    ['app://with blank/ünïcödé 🔑', { provider: 'app', path: 'with blank/ünïcödé 🔑', params: {} }],
  ])('%s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it('decodes once', () => {
    expect(parseReference('app://a%252Fb').path).toBe('a%2Fb');
  });

  const form = 'write name://path, name://path?version=3 or name://path#field';
  it.each([
    ['canary-not-a-reference', `there is no "://": ${form}`],
    ['://x', 'the provider name before "://" has to be a letter, then letters, digits, "-" and "_"'],
    ['1a://x', 'the provider name before "://" has to be a letter, then letters, digits, "-" and "_"'],
    ['app://', `the path after "://" is empty: ${form}`],
    ['app://?a=1', `the path after "://" is empty: ${form}`],
    ['app://x#', 'the field after "#" is empty: name one, or remove the "#"'],
    ['app://x#a#b', 'there is a second "#": within a field write %23'],
    [
      'app://x#field?version=3',
      'parameters stand before the field: write ?version=3#field (within a field "?" is %3F)',
    ],
    ['app://x?version', 'the parameters after "?" have to be name=value, parted by "&"'],
    ['app://x?version=', 'the parameters after "?" have to be name=value, parted by "&"'],
    ['app://x?', 'the parameters after "?" have to be name=value, parted by "&"'],
    ['app://x?a=1&a=2', 'the parameter "a" is given twice'],
    ['app://50%', 'the path has a "%" that starts no UTF-8 percent-encoding: a plain "%" is written %25'],
    [
      'app://x?v=%ff',
      'the parameter "v" has a "%" that starts no UTF-8 percent-encoding: a plain "%" is written %25',
    ],
    ['app://x#%', 'the field has a "%" that starts no UTF-8 percent-encoding: a plain "%" is written %25'],
    ['app://x#/a~2', 'the field is a JSON Pointer, in which "~" is written ~0 and "/" is written ~1'],
    ['app://x\n', 'it ends with a blank: remove it, or write it as %20'],
    ['app://x\u0000y', 'there is a control character at 8: percent-encode it, such as %0A'],
  ])('refuses %j', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it('never shows a text that may be a value', () => {
    for (const text of ['canary-value', 'canary value://x', '://canary']) {
      expect(problemOf(text)).toBeDefined();
      try {
        parseReference(text);
      } catch (error) {
        expect(`${error}${JSON.stringify(error)}`).not.toContain('canary');
      }
    }
  });
});

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const special = fc.stringMatching(/^[\u0000-\u0020%?#&=+~/:. a-c\u00a0\u2028]{1,12}$/);
const anyText = fc.oneof(text, special);
const pointer = fc
  .array(anyText)
  .map((keys) => keys.map((k) => `/${k.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));
const field = fc.oneof(
  anyText.filter((value) => !value.startsWith('/')),
  pointer.filter((value) => value !== ''),
);
const reference: fc.Arbitrary<Reference> = fc
  .record({
    provider: name,
    path: anyText,
    params: fc.dictionary(name, anyText, { maxKeys: 3 }),
    field: fc.option(field),
  })
  .map(({ field, params, ...rest }) => ({
    ...rest,
    params: { ...params },
    ...(field !== null && { field }),
  }));

describe('formatReference', () => {
  it('and parseReference lose nothing', () => {
    fc.assert(
      fc.property(reference, (given) => {
        expect(parseReference(formatReference(given))).toEqual(given);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves what needs no encoding readable', () => {
    const arn = 'sm://arn:aws:ssm:eu-west-1:1:parameter/a b+c@d?version=3#/x/y';
    expect(formatReference(parseReference(arn))).toBe(arn);
  });

  it('refuses what no text can stand for', () => {
    expect(() => formatReference({ provider: 'app', path: '', params: {} })).toThrow(ResolveError);
    expect(() => formatReference({ provider: '', path: 'x', params: {} })).toThrow(ResolveError);
  });
});

describe('locatorKey', () => {
  it('is equal exactly for equal locators, whatever the order of parameters', () => {
    expect(locatorKey({ path: 'x', params: { a: '1', b: '2' } })).toBe(
      locatorKey({ path: 'x', params: { b: '2', a: '1' } }),
    );
    const withParams = locatorKey({ path: 'x', params: { a: '1' } });
    expect(locatorKey({ path: withParams, params: {} })).not.toBe(withParams);
    expect(locatorKey({ path: 'x', params: {} })).not.toBe(withParams);
  });
});
