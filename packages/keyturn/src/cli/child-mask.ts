import { createRedactor, type Redactor, type RedactorStream } from '@keyturn/core';

/** Masks output, and takes more values while its streams run. */
export interface GrowingMask extends Pick<Redactor, 'stream'> {
  /** Masks these too from here on. */
  add(values: Iterable<string>): void;
}

/** Makes a mask of no value yet. */
export function createGrowingMask(): GrowingMask {
  const known = new Set<string>();
  let newest = createRedactor(known);
  return {
    add(more) {
      for (const value of more) known.add(value);
      newest = createRedactor(known);
    },
    stream() {
      let redactor = newest;
      let inner: RedactorStream = redactor.stream();
      return {
        write(chunk) {
          if (redactor === newest) return inner.write(chunk);
          // What was kept back may begin a new value as well as an old one.
          const kept = inner.end();
          redactor = newest;
          inner = redactor.stream();
          return inner.write(Buffer.concat([kept, chunk]));
        },
        end: () => inner.end(),
      };
    },
  };
}
