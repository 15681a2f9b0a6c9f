import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../src/redactor.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (part: Uint8Array) => new TextDecoder().decode(part);

/** Writes the chunks and gives what comes out after each, and at the end. */
function pieces(values: readonly (string | Uint8Array)[], chunks: readonly string[]): string[] {
  const stream = createRedactor(values).stream();
  return [...chunks.map((chunk) => text(stream.write(bytes(chunk)))), text(stream.end())];
}

describe('the forms', () => {
  const password = 'canary /+"é<~>\\\n!';
  const { redact } = createRedactor([password]);

  it.each([
    ['plain', password],
    ['base64', Buffer.from(password).toString('base64')],
    ['base64 without padding', Buffer.from(password).toString('base64').replace(/=+$/, '')],
    ['URL-safe base64', Buffer.from(password).toString('base64url')],
    ['encodeURIComponent', encodeURIComponent(password)],
    ['encodeURIComponent, + for a blank', encodeURIComponent(password).replaceAll('%20', '+')],
    ['lower-case hex', encodeURIComponent(password).replace(/%../g, (hex) => hex.toLowerCase())],
    ['URLSearchParams', new URLSearchParams({ q: password }).toString().slice(2)],
    ['JSON.stringify', JSON.stringify(password).slice(1, -1)],
    ['JSON with \\/', JSON.stringify(password).slice(1, -1).replaceAll('/', '\\/')],
    [
      'JSON as Go writes it',
      JSON.stringify(password).slice(1, -1).replace('<', '\\u003c').replace('>', '\\u003e'),
    ],
  ])('%s', (_, form) => {
    expect(redact(`<${form}>`)).toBe('<[secret]>');
  });

  it('what Python writes', () => {
    const program = `
import base64, json, sys, urllib.parse as u
v = sys.argv[1]
print("\\n".join([json.dumps(v), json.dumps(v, ensure_ascii=False), u.quote(v), u.quote(v, safe=""), u.quote_plus(v),
  base64.b64encode(v.encode()).decode(), base64.urlsafe_b64encode(v.encode()).decode()]))`;
    const out = spawnSync('python3', ['-c', program, password], { encoding: 'utf8' });
    expect(out.stderr).toBe('');
    expect(redact(out.stdout)).toBe(`"[secret]"\n"[secret]"\n${'[secret]\n'.repeat(5)}`);
  });

  it('JSON escapes what lies beyond the first 65,536 characters as two halves', () => {
    expect(createRedactor(['key🔑key']).redact('"key\\ud83d\\udd11key"')).toBe('"[secret]"');
  });

  it.each(['', 'u', 'us', 'use', 'user'])('inside a longer base64 text, after "%s:"', (user) => {
    const secret = 'canary-password';
    const atEnd = Buffer.from(`${user}:${secret}`).toString('base64');
    const inside = Buffer.from(`${user}:${secret}x and more`).toString('base64');
    const masked = createRedactor([secret]);
    // What is left decodes to what stood around the value, and at either edge to at most half a byte of it.
    const before = Math.ceil(((user.length + 1) * 8) / 6);
    expect(masked.redact(`Basic ${atEnd}`)).toBe(`Basic ${atEnd.slice(0, before)}[secret]`);
    const after = Math.floor(((user.length + 1 + secret.length) * 8) / 6);
    expect(masked.redact(inside)).toBe(`${inside.slice(0, before)}[secret]${inside.slice(after)}`);
  });

  it('bytes that are no text', () => {
    const key = Uint8Array.from([0, 255, 254, 10, 0, 128]);
    const { redact, stream } = createRedactor([key]);
    expect(redact(Buffer.from(key).toString('base64'))).toBe('[secret]');
    expect(redact('%00%FF%FE%0A%00%80 %00%ff%fe%0a%00%80')).toBe('[secret] [secret]');
    const masked = stream().write(Uint8Array.from([7, ...key, 200]));
    expect([...masked]).toEqual([7, ...bytes('[secret]'), 200]);
  });

  it('the lines of a long value, indented or with CRLF', () => {
    const lines = [
      '-----BEGIN CANARY KEY-----',
      'canary1canary2canary3canary4',
      'short',
      '-----END CANARY KEY-----',
    ];
    const { redact } = createRedactor([`${lines.join('\n')}\n`]);
    expect(redact(`${lines.join('\n')}\n`)).toBe('[secret]');
    expect(redact(lines.map((line) => `  ${line}\r\n`).join(''))).toBe(
      '  [secret]\r\n  [secret]\r\n  short\r\n  [secret]\r\n',
    );
  });

  it('the lines of a value that is indented itself', () => {
    const document = '{\n  "private_key": "canary"\n}';
    expect(createRedactor([document]).redact('"private_key": "canary"')).toBe('[secret]');
  });

  it('a value under four characters stays', () => {
    const { redact } = createRedactor(['abc', 'für', '', Uint8Array.from([1, 2, 3])]);
    expect(redact('abc für \x01\x02\x03')).toBe('abc für \x01\x02\x03');
    expect(createRedactor(['fürs']).redact('fürs')).toBe('[secret]');
  });
});

describe('overlapping values', () => {
  it('one within another: the longer is masked as one', () => {
    expect(pieces(['canary', 'my-canary-key'], ['my-canary-key canary'])[0]).toBe('[secret] [secret]');
  });

  it('at their edges: nothing of either stays', () => {
    expect(createRedactor(['abcdef', 'efghij']).redact('abcdefghij')).toBe('[secret]');
  });

  it('bridged by a third that begins first and ends last', () => {
    expect(createRedactor(['abcd', 'efgh', 'cdef']).redact('abcdefgh')).toBe('[secret]');
  });

  it('side by side: each is masked', () => {
    expect(createRedactor(['abcd', 'efgh']).redact('abcdefgh')).toBe('[secret][secret]');
  });

  it('of themselves', () => {
    expect(createRedactor(['abaab']).redact('abaabaab abaab')).toBe('[secret] [secret]');
  });
});

describe('a stream', () => {
  it('gives a prompt at once', () => {
    expect(pieces(['canary'], ['Password: ', '\n'])).toEqual(['Password: ', '\n', '']);
  });

  it('keeps back only what could begin a value', () => {
    expect(pieces(['canary'], ['a can', 'ny c', 'anary', '!'])).toEqual([
      'a ',
      'canny ',
      '[secret]',
      '!',
      '',
    ]);
  });

  it('masks at once when a value ends, though a longer one could follow', () => {
    expect(pieces(['abcd', 'abcdefgh'], ['-abcd', 'ef', 'gh-'])).toEqual(['-[secret]', '', '-', '']);
    expect(pieces(['abcd', 'abcdefgh'], ['-abcd', 'ef', '-'])).toEqual(['-[secret]', '', 'ef-', '']);
  });

  it('waits with a value that a longer one may swallow', () => {
    expect(pieces(['canary', 'my canary key'], ['my canary', ' key'])).toEqual(['', '[secret]', '']);
    expect(pieces(['canary', 'my canary key'], ['my canary', ' bird'])).toEqual(['', 'my [secret] bird', '']);
  });

  it('lets the caller use its buffer again', () => {
    const stream = createRedactor(['canary']).stream();
    const buffer = bytes('xcan');
    expect(text(stream.write(buffer))).toBe('x');
    buffer.fill(0);
    expect(text(stream.end())).toBe('can');
  });

  it('is at its start again after the end', () => {
    const stream = createRedactor(['abcdef', 'efghij']).stream();
    expect(text(stream.write(bytes('abcdef'))) + text(stream.end())).toBe('[secret]');
    expect(text(stream.write(bytes('ghij'))) + text(stream.end())).toBe('ghij');
  });

  it('shares nothing with another of the same redactor', () => {
    const { stream } = createRedactor(['canary']);
    const [out, err] = [stream(), stream()];
    expect(text(out.write(bytes('can')))).toBe('');
    expect(text(err.write(bytes('ary')))).toBe('ary');
    expect(text(out.write(bytes('ary')))).toBe('[secret]');
  });

  it('passes what it does not know byte for byte, without a copy', () => {
    const all = Uint8Array.from({ length: 512 }, (_, at) => at % 256);
    expect(createRedactor(['canary']).stream().write(all)).toEqual(all);
    expect(createRedactor([]).stream().write(all).buffer).toBe(all.buffer);
  });
});

it('text that holds no value comes back as it is, lone surrogates and byte order mark too', () => {
  const odd = '\ufeffx\ud800y';
  expect(createRedactor(['canary']).redact(odd)).toBe(odd);
  expect(createRedactor(['canary']).redact('\ufeffcanary')).toBe('\ufeff[secret]');
});

it('500 values and a text that nearly matches each of them at every byte', () => {
  const values = Array.from({ length: 500 }, (_, at) => `${'a'.repeat(at + 4)}b`);
  const { stream } = createRedactor(values);
  const hostile = stream();
  const line = bytes('a'.repeat(1000));
  let out = 0;
  for (let round = 0; round < 2000; round++) out += hostile.write(line).length;
  out += hostile.end().length;
  expect(out).toBe(2_000_000);
});
