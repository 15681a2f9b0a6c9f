import { existsSync, readFileSync } from 'node:fs';
import { type CaseReport, summarize } from './case-report.ts';

/** `node scripts/summary.ts <report> <exit code of the test command>`: prints what the run came to. */
const [file = '', exitCode = '1'] = process.argv.slice(2);
const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
const report: CaseReport | undefined = text ? JSON.parse(text) : undefined;
const { lines, count, ok } = summarize(report, Number(exitCode));
for (const line of lines) console.log(line);
console.log(count);
if (!ok) process.exitCode = 1;
