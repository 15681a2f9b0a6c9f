import { expect, it } from 'vitest';
import { parseExactJson } from '../src/exact-json.ts';

it.each([
  ['12345678901234567890', '12345678901234567890'],
  ['-9007199254740993', '-9007199254740993'],
  ['9007199254740992', '9007199254740992'],
  ['0.12345678901234567891', '0.12345678901234567891'],
  ['1e400', '1e400'],
])('keeps the number %s as text', (source, expected) => {
  expect(parseExactJson(`{"n":[${source}]}`)).toEqual({ n: [expected] });
});

it.each([
  ['0', 0],
  ['-0', -0],
  ['42', 42],
  ['9007199254740991', 9007199254740991],
  ['0.10', 0.1],
  ['-1.5', -1.5],
  ['1e21', 1e21],
  ['1.50E+2', 150],
  ['0.0000001', 1e-7],
  ['100.0', 100],
])('gives %s as a number', (source, expected) => {
  expect(parseExactJson(`{"n":${source}}`)).toEqual({ n: expected });
});

it('gives undefined for what is no JSON, and what JSON.parse gives otherwise', () => {
  expect(parseExactJson('')).toBeUndefined();
  expect(parseExactJson('<html>')).toBeUndefined();
  const text = '{"a":"12345678901234567890","b":[true,null,{"__proto__":1}]}';
  expect(parseExactJson(text)).toEqual(JSON.parse(text));
});
