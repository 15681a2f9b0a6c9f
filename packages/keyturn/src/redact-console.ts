import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { Redactor } from '@keyturn/core';

/**
 * Masks what the global `console` writes from here on, whichever method is called. What is written to `process.stdout`
 * past it, and what another `Console` writes, is not masked.
 * @returns what undoes it: the methods are again those that there were before.
 * @example
 * const redactor = createRedactor();
 * redactConsole(redactor);
 * const secrets = await load(config); // a config with this redactor
 */
export function redactConsole({ redact }: Pick<Redactor, 'redact'>): () => void {
  const before = writers(console);
  // Formats only. What wrote before writes, and indents: an indented value would no longer be found.
  const formatting = new Console({
    stdout: passing(process.stdout, (text) => before.log('%s', redact(text))),
    stderr: passing(process.stderr, (text) => before.error('%s', redact(text))),
  });
  Object.assign(console, writers(formatting));
  return () => Object.assign(console, before);
}

/** The methods that write; `table`, `trace`, `assert`, `count`, `group` and `timeLog` call one of them. */
function writers({ debug, dir, dirxml, error, info, log, warn }: Console) {
  return { debug, dir, dirxml, error, info, log, warn };
}

/** A stream that hands on what a `Console` writes, a whole message at a time, and has the colours of `like`. */
function passing(like: NodeJS.WriteStream, print: (text: string) => void): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      print(text.replace(/\n$/, ''));
      done();
    },
  });
  return Object.assign(stream, { isTTY: like.isTTY, getColorDepth: () => like.getColorDepth?.() ?? 1 });
}
