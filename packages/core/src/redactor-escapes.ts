/** How programs write a text between quotes, and without them in a shell; may repeat. */
export function* escapedForms(text: string): Generator<string> {
  yield* jsonForms(text);
  yield* literalForms(text);
  yield* shellForms(text);
}

/** As `JSON.stringify` writes it, and with the further escapes of Python and PHP (non-ASCII), PHP (`/`) and Go (`<>&`). */
function* jsonForms(text: string): Generator<string> {
  const plain = JSON.stringify(text).slice(1, -1);
  const unicode = (escaped: string) => `\\u${escaped.charCodeAt(0).toString(16).padStart(4, '0')}`;
  for (const json of [plain, plain.replace(/[<>&\u2028\u2029]/g, unicode)]) {
    for (const form of [json, json.replaceAll('/', '\\/')]) {
      yield form;
      yield form.replace(/[^ -~]/g, unicode);
    }
  }
}

/** As `util.inspect` and `console.log` show a string inside of an object, and as Python's `repr` does. */
function* literalForms(text: string): Generator<string> {
  const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  const inNode: Readonly<Record<string, string>> = { ...named, '\b': '\\b', '\f': '\\f' };
  const hex = (char: string) => char.charCodeAt(0).toString(16).padStart(2, '0');
  const node = text.replace(/[\0-\x1f\\\x7f-\x9f]/g, (c) => inNode[c] ?? `\\x${hex(c).toUpperCase()}`);
  const python = text.replace(/[\0-\x1f\\\x7f-\xa0\xad]/g, (c) => named[c] ?? `\\x${hex(c)}`);
  for (const form of [node, python]) {
    yield form;
    yield form.replaceAll("'", "\\'");
  }
}

const ANSI_C: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\E',
};

/** Inside of single quotes, double quotes and `$'…'`, and as bash's `printf %q` writes it. */
function* shellForms(text: string): Generator<string> {
  yield text.replaceAll("'", "'\\''"); // bash's ${v@Q}, set -x
  yield text.replaceAll("'", `'"'"'`); // dash, Python's shlex.quote
  yield text.replace(/["$`\\]/g, '\\$&'); // bash's declare -p
  yield text.replace(/[ "'\\|&;()<>!{}*[\]?^$`,]/g, '\\$&');
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  const octal = (char: string) => ANSI_C[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
  yield text.replace(/[\0-\x1f'\\\x7f]/g, octal);
  yield bytes.replace(/[\0-\x1f'\\\x7f-\xff]/g, octal); // where the locale is C
}
