import { FAULTS, type Fault, faults, type Row } from './matrix.ts';

/** What a cell came to, as the table shows it. */
export type Results = Map<string, Map<Fault, string>>;

const START = '<!-- faults -->';
const END = '<!-- /faults -->';
const NONE = '–';
const UNKNOWN = 'not run';

/** `Unavailable`, marked where another server than the store answered. */
export function cellText(code: string, by: 'protocol server' | undefined): string {
  return by === undefined ? `\`${code}\`` : `\`${code}\`°`;
}

/**
 * The page with the table that the results make. A cell that did not run keeps the text that the page has, and is named
 * in `kept`.
 */
export function withTable(
  page: string,
  rows: readonly Row[],
  results: Results,
): { readonly page: string; readonly kept: readonly string[] } {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`the page has no ${START} before an ${END}`);
  const documented = readTable(page.slice(start, end));
  const kept: string[] = [];

  const body = faults.map((fault) => {
    const cells = rows.map(({ kind, cells }) => {
      if (typeof cells[fault] === 'string') return NONE;
      const text = results.get(kind)?.get(fault);
      if (text === undefined) kept.push(`${kind}: ${FAULTS[fault]}`);
      return text ?? documented.get(`${FAULTS[fault]}|\`${kind}\``) ?? UNKNOWN;
    });
    return [FAULTS[fault], ...cells];
  });
  const table = aligned([['fault', ...rows.map(({ kind }) => `\`${kind}\``)], ...body]);
  const text = `${START}

## The fault matrix

What \`resolve()\` comes to when a store fails, as found by \`test/faults\`: one failure for one name, which says what to
do, without a value or a token; no rejection unhandled, nothing left open. At ° a server answered that was written from
the store's published API; everywhere else the store itself:

${rows.map(({ kind, store }) => `- \`${kind}\`: ${store}`).join('\n')}

${table}

Where a ${NONE} stands, the fault does not happen:

${reasons(rows).join('\n')}

`;
  return { page: page.slice(0, start) + text + page.slice(end), kept };
}

/** An item of a list for each sentence, with the faults that it is about and the providers that say so. */
function reasons(rows: readonly Row[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const { kind, cells } of rows) {
    const said = new Map<string, string[]>();
    for (const fault of faults) {
      const sentence = cells[fault];
      if (typeof sentence === 'string') said.set(sentence, [...(said.get(sentence) ?? []), FAULTS[fault]]);
    }
    for (const [sentence, about] of said) {
      const reason = `${sentence} (${about.join(', ')})`;
      kinds.set(reason, [...(kinds.get(reason) ?? []), `\`${kind}\``]);
    }
  }
  return [...kinds].map(([reason, names]) => `- ${names.join(', ')}: ${reason}`);
}

/** The cells by `fault|header`. */
function readTable(section: string): Map<string, string> {
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  const [header = [], , ...body] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(
    body.flatMap(([fault, ...cells]) =>
      cells.map((cell, index): [string, string] => [`${fault}|${header[index + 1]}`, cell]),
    ),
  );
}

function aligned(lines: readonly (readonly string[])[]): string {
  const [header = [], ...body] = lines;
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [header, rule, ...body]
    .map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}
