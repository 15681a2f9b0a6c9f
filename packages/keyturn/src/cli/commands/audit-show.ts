import type { AuditEvent } from '@keyturn/core';
import { readEvents, shownText, whoOf } from '../audit-reading.ts';
import { EXIT } from '../commands.ts';
import { paint, write } from '../output.ts';

export interface AuditShowOptions {
  readonly json?: boolean;
  readonly passes: (event: AuditEvent) => boolean;
}

/** Widths are fixed: rows are printed as they are read. */
const COLUMNS: readonly (readonly [heading: string, width: number, cell: (event: AuditEvent) => unknown])[] =
  [
    ['TIME', 24, ({ time }) => time],
    ['ACTION', 7, ({ action }) => action],
    ['NAME', 24, ({ name }) => name],
    ['OUTCOME', 15, ({ outcome }) => outcome],
    ['SOURCE', 8, ({ source }) => source],
    ['VERSION', 12, ({ version }) => version],
    ['REFERENCE', 32, ({ reference }) => reference],
    ['BY', 24, whoOf],
    ['REASON', 0, ({ reason }) => reason],
  ];
/** Characters that are written at once. */
const BLOCK = 65_536;

/** The events of an audit file in the order of their times: a table, or with `--json` a line of JSON each. */
export async function auditShow(
  paths: readonly string[],
  { json, passes }: AuditShowOptions,
): Promise<number> {
  let block = json ? '' : `${paint('bold', line(COLUMNS.map(([heading]) => heading)))}\n`;
  await readEvents(paths, async (event) => {
    if (!passes(event)) return;
    block += `${json ? JSON.stringify(event) : line(COLUMNS.map(([, , cell]) => shownText(cell(event))))}\n`;
    if (block.length < BLOCK) return;
    await write(block);
    block = '';
  });
  await write(block);
  return EXIT.done;
}

function line(cells: readonly string[]): string {
  return COLUMNS.map(([, width], index) => (cells[index] ?? '').padEnd(width))
    .join('  ')
    .trimEnd();
}
