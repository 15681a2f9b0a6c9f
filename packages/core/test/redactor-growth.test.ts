import { expect, it } from 'vitest';
import { ConfigError, createRedactor, Secret } from '../src/index.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

it('masks values added while a stream runs, beside the old ones', () => {
  const mask = createRedactor(['canary-old']);
  const stream = mask.stream();
  expect(text(stream.write(Buffer.from('canary-old canary-new ')))).toBe('[secret] canary-new ');
  mask.add(['canary-new']);
  expect(text(stream.write(Buffer.from('canary-old canary-new ')))).toBe('[secret] [secret] ');
  expect(text(mask.stream().write(Buffer.from('canary-old canary-new.')))).toBe('[secret] [secret].');
  expect(mask.redact('canary-old canary-new')).toBe('[secret] [secret]');
});

it.each(['old', 'new'])(
  'masks the %s value also where it was half written when another was added',
  (which) => {
    const mask = createRedactor(['canary-old']);
    const stream = mask.stream();
    const first = text(stream.write(Buffer.from('canary-')));
    mask.add(['canary-new']);
    expect(first + text(stream.write(Buffer.from(`${which}.`)))).toBe('[secret].');
    expect(text(stream.end())).toBe('');
  },
);

it.each([
  ['the longer one goes on', 'canary-old', '-and-longer.', '[secret].'],
  ['another overlaps it', 'canary-overlap', '-tail.', '[secret].'],
  ['nothing follows', 'canary-old', '.', '[secret].'],
])('a value that was whole when another was added is masked with what follows: %s', (_, head, tail, out) => {
  const mask = createRedactor(['canary-old', 'canary-old-and-longer', 'canary-overlap', 'overlap-tail']);
  const stream = mask.stream();
  const first = text(stream.write(Buffer.from(head)));
  mask.add(['canary-new']);
  expect(first + text(stream.write(Buffer.from(tail))) + text(stream.end())).toBe(out);
});

/** The canaries of 1 to `last` that come out. */
function shownOf(mask: { redact(text: string): string }, last: number): number[] {
  const numbers = Array.from({ length: last }, (_, at) => at + 1);
  return numbers.filter((number) => mask.redact(`canary-${number}.`) !== '[secret]');
}

it('masks the ten newest versions of one source', () => {
  const mask = createRedactor();
  for (let version = 1; version <= 12; version++) mask.add([`canary-${version}.`], 'app://x');
  expect(shownOf(mask, 12)).toEqual([1, 2]);
});

it('a version that comes back is the newest again, and no second one', () => {
  const mask = createRedactor();
  for (let version = 1; version <= 10; version++) mask.add([`canary-${version}.`], 'app://x');
  mask.add(['canary-1.'], 'app://x');
  mask.add(['canary-1.'], 'app://x');
  expect(shownOf(mask, 10)).toEqual([]);
  mask.add(['canary-11.'], 'app://x');
  expect(shownOf(mask, 11)).toEqual([2]);
});

it('a source pushes out nothing of another, nor what was added without one', () => {
  const mask = createRedactor(['canary-1.']);
  mask.add(['canary-2.'], 'app://y');
  for (let version = 3; version <= 13; version++) mask.add([`canary-${version}.`], 'app://x');
  for (let version = 14; version <= 34; version++) mask.add([`canary-${version}.`]);
  expect(shownOf(mask, 34)).toEqual([3]);
});

it('masks bytes also when whoever gave them has cleared them', () => {
  const bytes = Buffer.from('canary-1');
  const mask = createRedactor([bytes]);
  bytes.fill(0);
  expect(mask.redact('canary-1')).toBe('[secret]');
});

it.each<[unknown, string, string]>([
  ['canary', 'values', 'is no list of values: write [value]'],
  [Buffer.from('canary'), 'values', 'is no list of values: write [value]'],
  [5, 'values', 'is no list of values: write [value]'],
  [null, 'values', 'is no list of values: write [value]'],
  [['a', new Secret('canary')], 'values[1]', 'is neither text nor bytes: of a Secret, give reveal()'],
  [[undefined], 'values[0]', 'is neither text nor bytes: of a Secret, give reveal()'],
])('values that are none: %o', (values, place, message) => {
  const error = new ConfigError([{ place, message }]);
  expect(() => createRedactor(values as string[])).toThrow(error);
  expect(() => createRedactor().add(values as string[])).toThrow(error);
});
