import type { AuditEvent } from './audit-event.ts';
import type { Problem } from './errors.ts';

/** What the caller says of one access, for the record. */
export interface AuditContext {
  /** Who asks, in up to 1,000 characters. @default the `actor` of the resolver's audit */
  readonly actor?: string | undefined;
  /** Why, in up to 1,000 characters. Secrets with `requireReason` are not given without. */
  readonly reason?: string | undefined;
  /** The W3C Trace Context of the request behind it; one that is malformed is ignored, as its specification asks. */
  readonly traceparent?: string | undefined;
}

export const AUDIT_CONTEXT = ['actor', 'reason', 'traceparent'] as const;

/** It may come from a request, whose sender would else decide how much the record has to take. */
const LONGEST_TEXT = 1_000;

/** Version 00 of W3C Trace Context; later versions may append to it. */
const TRACEPARENT =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-[0-9a-f]{2}(?<rest>-.*)?$/;

/** What is wrong with what a caller says of an access. */
export function contextProblems(context: AuditContext): Problem[] {
  const { traceparent } = context;
  const problems = (['actor', 'reason'] as const).flatMap((place) => textProblems(context[place], place));
  if (traceparent !== undefined && typeof traceparent !== 'string') {
    problems.push({ place: 'traceparent', message: 'is no string: give the header as it came' });
  }
  return problems;
}

/** What is wrong with a text that has to say something, where there is one. */
export function textProblems(value: unknown, place: string): Problem[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') return [{ place, message: 'is no string' }];
  if (value.trim() === '') return [{ place, message: 'is empty' }];
  if (value.length <= LONGEST_TEXT) return [];
  return [{ place, message: `is longer than ${LONGEST_TEXT} characters` }];
}

/**
 * The ids of a `traceparent`. Nothing for one that is malformed, which a receiver ignores:
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceOf(traceparent: string | undefined): Pick<AuditEvent, 'traceId' | 'spanId'> {
  const { version, traceId, spanId, rest } = TRACEPARENT.exec(traceparent ?? '')?.groups ?? {};
  if (traceId === undefined || spanId === undefined || version === 'ff') return {};
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId) || (version === '00' && rest !== undefined)) return {};
  return { traceId, spanId };
}
