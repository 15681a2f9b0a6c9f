const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * A day such as `2026-08-01`, which is its first moment in UTC, or a time with its zone such as
 * `2026-08-01T12:00:00+02:00` (RFC 3339). Undefined for what is neither, for a day that no calendar has, and for a
 * time without a zone, which would mean another moment on every machine.
 */
export function parseDate(text: unknown): Date | undefined {
  if (typeof text !== 'string') return undefined;
  const day = DATE.test(text) ? text : DATE_TIME.exec(text)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The moment at which a date is over: for a day its end in UTC, for a time itself. */
export function parseEnd(text: unknown): Date | undefined {
  const date = parseDate(text);
  const isWholeDay = typeof text === 'string' && DATE.test(text);
  return date && isWholeDay ? new Date(date.getTime() + DAY_MS) : date;
}

/** JavaScript takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** The words that end every message about an unreadable date. */
export const DATE_FORM = 'a date is "2026-08-01", or a time with its zone such as "2026-08-01T12:00:00Z"';
