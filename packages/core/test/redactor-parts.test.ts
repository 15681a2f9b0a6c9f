import { describe, expect, it } from 'vitest';
import { createRedactor } from '../src/redactor.ts';

describe('what stays as it is', () => {
  it.each(['true', 'True', 'FALSE', 'null', 'None', 'undefined', '1', '', 'dev', '\n on \r\n', '      '])(
    '%j',
    (value) => {
      const output = `a ${value} b ${JSON.stringify(value)} ${btoa(value)}`;
      expect(createRedactor([value, new TextEncoder().encode(value)]).redact(output)).toBe(output);
    },
  );

  it('but not what is more than such a word', () => {
    expect(createRedactor(['true1', 'untrue']).redact('true1 untrue true')).toBe('[secret] [secret] true');
  });
});

it('a value without the blanks and newlines around it', () => {
  const { redact } = createRedactor([' canary-1\r\n', new TextEncoder().encode('canary-2\n')]);
  expect(redact('canary-1, canary-2')).toBe('[secret], [secret]');
  expect(redact(`${btoa('canary-1')} ${btoa('canary-2')}`)).toBe('[secret] [secret]');
});

describe('the password of a URL', () => {
  const url = 'postgres://app:can%40ry%2F1@db.internal:5432/app';
  const { redact } = createRedactor([url]);

  it('as the URL has it, and decoded', () => {
    expect(redact(`${url} can%40ry%2F1 can@ry/1`)).toBe('[secret] [secret] [secret]');
    expect(redact(btoa('can@ry/1'))).toBe('[secret]');
    expect(createRedactor(['redis://:c%61nary@host']).redact('c%61nary canary')).toBe('[secret] [secret]');
  });

  it('and nothing else of it', () => {
    expect(redact('postgres: app at db.internal:5432/app')).toBe('postgres: app at db.internal:5432/app');
  });

  it('that is no percent-encoding', () => {
    expect(createRedactor(['redis://:canary%zz@host']).redact('canary%zz')).toBe('[secret]');
  });
});

describe('the strings of a JSON document', () => {
  const key = `-----BEGIN CANARY KEY-----\n${'canary'.repeat(8)}\n-----END CANARY KEY-----\n`;
  const document = {
    user: 'app',
    level: 'info',
    password: 'canary-1',
    list: [{ key }],
    '=': '{"a":"canary-2"}',
  };
  const { redact } = createRedactor([` ${JSON.stringify(document, null, 2)}\n`]);

  it('of eight characters or more, however deep', () => {
    expect(redact('canary-1 canary-2')).toBe('[secret] [secret]');
    expect(redact(btoa('canary-1'))).toBe('[secret]');
    expect(redact(key)).toBe('[secret]');
    expect(redact(`> ${'canary'.repeat(8)}`)).toBe('> [secret]');
  });

  it('nothing shorter, no key and no number', () => {
    expect(redact('app info password')).toBe('app info password');
    expect(createRedactor(['[12345678, true]']).redact('12345678')).toBe('12345678');
  });

  it('and the document itself, as it is written and in one line', () => {
    expect(redact(`<${JSON.stringify(document, null, 2)}>`)).toBe('<[secret]>');
    expect(redact(JSON.stringify(document))).not.toContain('canary');
  });

  it('text that only begins like one', () => {
    expect(createRedactor(['{"a":"canary-1"']).redact('{"a":"canary-1" canary-1')).toBe('[secret] canary-1');
  });
});
