import { expect, it } from 'vitest';
import { createGrowingMask } from '../src/cli/child-mask.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

it('masks values added while a stream runs, beside the old ones', () => {
  const mask = createGrowingMask();
  mask.add(['canary-old']);
  const stream = mask.stream();
  expect(text(stream.write(Buffer.from('canary-old canary-new ')))).toBe('[secret] canary-new ');
  mask.add(['canary-new']);
  expect(text(stream.write(Buffer.from('canary-old canary-new ')))).toBe('[secret] [secret] ');
  expect(text(mask.stream().write(Buffer.from('canary-old canary-new.')))).toBe('[secret] [secret].');
});

it.each(['old', 'new'])(
  'masks the %s value also where it was half written when another was added',
  (which) => {
    const mask = createGrowingMask();
    mask.add(['canary-old']);
    const stream = mask.stream();
    const first = text(stream.write(Buffer.from('canary-')));
    mask.add(['canary-new']);
    expect(first + text(stream.write(Buffer.from(`${which}.`)))).toBe('[secret].');
    expect(text(stream.end())).toBe('');
  },
);
