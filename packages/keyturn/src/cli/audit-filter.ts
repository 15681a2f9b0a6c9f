import { type AuditEvent, DATE_FORM, DURATION_FORM, parseDate, parseDuration } from '@keyturn/core';
import { type CommandLine, type OptionSpec, usageError } from './command-line.ts';

const DAY_MS = 86_400_000;

/** The options of a filter by time and environment. */
export const PERIOD_OPTIONS: readonly OptionSpec[] = [
  { name: 'since', value: 'date', does: 'from then on: a date, a time, or how long ago, such as 24h' },
  { name: 'until', value: 'date', does: 'up to then: a day to its end, a time, or how long ago' },
  { name: 'env', value: 'name', does: 'of this environment' },
];

/** Those of a filter by what an event says; it has to be just that. */
export const FIELD_OPTIONS: readonly OptionSpec[] = [
  { name: 'name', value: 'name', does: 'of this name' },
  { name: 'provider', value: 'name', does: 'from this provider' },
  { name: 'actor', value: 'name', does: 'by this actor' },
  { name: 'outcome', value: 'outcome', does: 'with this outcome: ok, or a code such as AccessDenied' },
];

/** Whether an event passes what the command line asks for. @throws {ConfigError} for a date that is none */
export function readFilter(line: CommandLine, now = Date.now()): (event: AuditEvent) => boolean {
  const since = moment(line, 'since', now, 0) ?? -Infinity;
  const until = moment(line, 'until', now, DAY_MS) ?? Infinity;
  const fields = [...FIELD_OPTIONS, { name: 'environment', option: 'env' }].flatMap((field) => {
    const wanted = line.text('option' in field ? String(field.option) : field.name);
    return wanted === undefined ? [] : [[field.name, wanted] as const];
  });
  return (event) => {
    const time = Date.parse(event.time);
    if (time < since || time >= until) return false;
    const said: Readonly<Record<string, unknown>> = { ...event };
    return fields.every(([field, wanted]) => said[field] === wanted);
  };
}

/** @param dayMs how much of a day belongs to it. */
function moment(line: CommandLine, option: string, now: number, dayMs: number): number | undefined {
  const text = line.text(option);
  if (text === undefined) return undefined;
  const date = parseDate(text);
  if (date) return date.getTime() + (text.includes('T') ? 0 : dayMs);
  const ago = /[a-z]$/.test(text) ? parseDuration(text) : undefined;
  if (ago === undefined)
    throw usageError(`--${option} takes a date or a duration: ${DATE_FORM}; ${DURATION_FORM}`);
  return now - ago;
}
