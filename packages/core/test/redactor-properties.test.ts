import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../src/redactor.ts';
import { formsOf } from '../src/redactor-forms.ts';

// Few letters, so that values overlap one another and themselves, and each kind that some encoder treats specially.
const letters = fc.constantFrom(
  ...'aab/ +%"\
é🔑<\'~=',
);
const value = fc
  .oneof(
    fc.string({ unit: letters, minLength: 4, maxLength: 12 }),
    fc.uint8Array({ minLength: 4, maxLength: 8 }),
  )
  .filter((each) => [...Buffer.from(each).toString().trim()].length >= 4);
const values = fc.array(value, { minLength: 1, maxLength: 5 });

const encodings: readonly ((plain: Buffer) => string | Buffer)[] = [
  (plain) => plain,
  (plain) => plain.toString('base64'),
  (plain) => plain.toString('base64url'),
  (plain) => plain.toString('hex'),
  (plain) => plain.toString('hex').toUpperCase(),
  (plain) => encodeURIComponent(plain.toString()),
  (plain) => encodeURIComponent(plain.toString()).replace(/%../g, (hex) => hex.toLowerCase()),
  (plain) => new URLSearchParams({ q: plain.toString() }).toString().slice(2),
  (plain) => JSON.stringify(plain.toString()).slice(1, -1),
  (plain) => plain.toString().replaceAll("'", "'\\''"),
  (plain) => plain.toString().replace(/["$`\\]/g, '\\$&'),
];

/** Values in some form among letters and cut-off forms, so that matches begin, break off and overlap. */
function textOf(secrets: readonly (string | Uint8Array)[]): fc.Arbitrary<Buffer> {
  const written = fc
    .tuple(fc.constantFrom(...secrets), fc.constantFrom(...encodings))
    .map(([secret, encode]) => Buffer.from(encode(Buffer.from(secret))));
  const cut = fc
    .tuple(written, fc.nat(12), fc.nat(12))
    .map(([form, from, to]) => form.subarray(from, -to || undefined));
  const other = fc.oneof(
    fc.string({ unit: letters, maxLength: 6 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  );
  return fc.array(fc.oneof(written, cut, other), { maxLength: 8 }).map((parts) => Buffer.concat(parts));
}

const cuts = fc
  .tuple(fc.array(fc.nat(20), { maxLength: 20 }), fc.integer({ min: 1, max: 20 }))
  .map(([sizes, last]) => [...sizes, last]);
const sample = values.chain((secrets) => fc.tuple(fc.constant(secrets), textOf(secrets), cuts));

function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** What must have come out once `bytes` went in, by the definition: search each form at each place. */
function reference(forms: readonly Buffer[], bytes: Buffer, ended: boolean): Buffer {
  const matches: { start: number; end: number }[] = [];
  for (const form of forms) {
    for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + 1)) {
      matches.push({ start: at, end: at + form.length });
    }
  }
  matches.sort((one, other) => one.start - other.start);
  const keptFrom = ended ? bytes.length : bytes.length - openSuffix(forms, bytes);
  const out: Buffer[] = [];
  let done = 0;
  for (const { start, end } of matches) {
    if (start > keptFrom) break;
    if (start >= done) out.push(bytes.subarray(done, start), Buffer.from('[secret]'));
    done = Math.max(done, end);
  }
  if (done < keptFrom) out.push(bytes.subarray(done, keptFrom));
  return Buffer.concat(out);
}

/** Length of the longest suffix that is a proper prefix of some form. */
function openSuffix(forms: readonly Buffer[], bytes: Buffer): number {
  const longest = Math.max(0, ...forms.map((form) => form.length - 1));
  for (let length = Math.min(longest, bytes.length); length > 0; length--) {
    const suffix = bytes.subarray(bytes.length - length);
    if (forms.some((form) => form.length > length && form.subarray(0, length).equals(suffix))) return length;
  }
  return 0;
}

describe('for any values, text and chunks', () => {
  it('what comes out, and when, is what the definition says', () => {
    fc.assert(
      fc.property(sample, ([secrets, bytes, sizes]) => {
        const forms = secrets.flatMap((secret) => [...formsOf(secret)].map((form) => Buffer.from(form)));
        const stream = createRedactor(secrets).stream();
        const out: Uint8Array[] = [];
        let read = 0;
        for (const chunk of chunksOf(bytes, sizes)) {
          out.push(stream.write(chunk));
          read += chunk.length;
          expect(Buffer.concat(out)).toEqual(reference(forms, bytes.subarray(0, read), false));
        }
        out.push(stream.end());
        expect(Buffer.concat(out)).toEqual(reference(forms, bytes, true));
      }),
      { numRuns: 2000 },
    );
  });

  it('no value stays, however it was encoded', () => {
    const embedded = sample.chain(([secrets, bytes]) =>
      fc.tuple(
        fc.constant(secrets),
        fc.constant(bytes),
        fc.constantFrom(...secrets),
        fc.constantFrom(...encodings),
      ),
    );
    fc.assert(
      fc.property(embedded, ([secrets, bytes, secret, encode]) => {
        const isText = Buffer.from(Buffer.from(secret).toString()).equals(Buffer.from(secret));
        fc.pre(isText || encodings.indexOf(encode) < 5);
        const form = Buffer.from(encode(Buffer.from(secret)));
        const stream = createRedactor(secrets).stream();
        const out = Buffer.concat([stream.write(Buffer.concat([bytes, form, bytes])), stream.end()]);
        for (const left of out.toString('latin1').split('[secret]')) {
          expect(left.includes(form.toString('latin1'))).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('no value stays inside a longer base64 text', () => {
    const around = fc.uint8Array({ maxLength: 7 });
    fc.assert(
      fc.property(
        value,
        around,
        around,
        fc.constantFrom('base64', 'base64url'),
        (secret, before, after, alphabet) => {
          const encoded = Buffer.concat([before, Buffer.from(secret), after]).toString(alphabet);
          const left = createRedactor([secret]).redact(encoded).split('[secret]');
          expect(left.length).toBeGreaterThan(1);
          // Each edge may show the characters of what stands around, and one that is shared.
          expect(left[0]?.length).toBeLessThanOrEqual(Math.ceil((before.length * 8) / 6));
          expect(left.at(-1)?.length).toBeLessThanOrEqual(Math.ceil(((after.length + 2) * 8) / 6));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('text that holds no value passes byte for byte', () => {
    fc.assert(
      fc.property(values, fc.array(fc.uint8Array({ maxLength: 40 })), (secrets, chunks) => {
        const bytes = Buffer.concat(chunks);
        fc.pre(
          !secrets
            .flatMap((secret) => [...formsOf(secret)])
            .some((form) => bytes.includes(Buffer.from(form))),
        );
        const stream = createRedactor(secrets).stream();
        expect(Buffer.concat([...chunks.map((chunk) => stream.write(chunk)), stream.end()])).toEqual(bytes);
      }),
    );
  });
});
