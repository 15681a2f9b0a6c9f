import { spawnSync } from 'node:child_process';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../src/redactor.ts';

/** Each kind that some program treats specially. */
const VALUES = [
  'canary-1',
  `canary'"\`'x`,
  '~canary $x $(y) *?[a]{b,c} !z #1 a&b|c;d<e>f^g=h~i%j',
  '#canary, "$x"',
  'canary\\n\\\\"$x\\',
  "canary\n\tit's 1\r\n2",
  'canary\x01\x07\b\v\f\x1b\x7f0',
  "canary é€🔑 it's",
  'canary é€🔑\n0',
  `canary'"\`\x01é\x1b0`,
];

/** What a program prints of each value, when it is given all of them as arguments and ends each by a mark. */
function printedBy(command: string, args: readonly string[], locale: string): string[] {
  const { stdout, stderr, status } = spawnSync(command, [...args, ...VALUES], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: locale },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const printed = stdout.split('<end>\n').slice(0, -1);
  expect(printed).toHaveLength(VALUES.length);
  return printed;
}

const bash = (script: string) => [
  'bash',
  '--norc',
  '-c',
  `for v; do ${script}; echo '<end>'; done 2>&1`,
  'bash',
];
const dash = (script: string) => ['dash', '-c', `for v; do ${script}; echo '<end>'; done 2>&1`, 'dash'];
const python = (print: string) => [
  'python3',
  '-c',
  `import shlex, sys\nfor v in sys.argv[1:]: print(${print}, end='<end>\\n')`,
];

describe.each([
  ["bash's printf %q", bash(`printf '%q\\n' "$v"`)],
  ["bash's ${v@Q}", bash('echo "${v@Q}"')],
  ["bash's declare -p", bash('declare -p v')],
  ["bash's set -x", bash('(set -x; : "$v")')],
  ["dash's export -p", dash('(export v; export -p)')],
  ["dash's set -x", dash('(set -x; : "$v")')],
  ["Python's shlex.quote", python('shlex.quote(v)')],
  ["Python's repr", python('[v]')],
  ["Python's repr in bytes", python('v.encode() if v.isascii() else [v]')],
])('%s', (_, [command = '', ...args]) => {
  it.each(['C', 'C.UTF-8'])('in the locale %s', (locale) => {
    // Python writes no more than ASCII there as it is.
    const encoding = command === 'python3' ? 'C.UTF-8' : locale;
    printedBy(command, args, encoding).forEach((printed, at) => {
      const masked = createRedactor(VALUES.slice(at, at + 1)).redact(printed);
      expect(masked, printed).toContain('[secret]');
      expect(masked, printed).not.toContain('canary');
    });
  });
});

describe.each(VALUES)('%j', (value) => {
  const { redact } = createRedactor([value]);

  it('util.inspect', () => {
    const shown = redact(inspect({ value, deep: [new Map([[value, 1]])] }, { breakLength: Infinity }));
    expect(shown).not.toContain('canary');
    expect(shown.match(/\[secret\]/g)).toHaveLength(2);
  });

  it('hex', () => {
    const hex = Buffer.from(value).toString('hex');
    expect(redact(`<${hex} ${hex.toUpperCase()}>`)).toBe('<[secret] [secret]>');
  });
});

it('a long text that util.inspect cuts off', () => {
  const value = `canary\\${'x'.repeat(10_000)}`;
  const shown = inspect({ value }, { breakLength: Infinity });
  expect(shown).toContain("xx'... 7 more characters");
  expect(createRedactor([value]).redact(shown)).toBe("{ value: '[secret]'... 7 more characters }");
});

it('the lines of a value, each escaped', () => {
  const lines = ['canary "one" of some length', "canary 'two' of some length"];
  const { redact } = createRedactor([lines.join('\n')]);
  expect(redact(lines.map((line) => JSON.stringify(line)).join(','))).toBe('"[secret]","[secret]"');
  expect(redact(lines.map((line) => line.replaceAll("'", "'\\''")).join(','))).toBe('[secret],[secret]');
});
