import type { ErrorCode } from '@keyturn/core';
import type { Answer } from './poll.ts';
import { NAMES } from './secrets.ts';
import { STALE_WHILE_REVALIDATE, TTL } from './settings.ts';

/** What service.ts says. */
interface Body {
  readonly served?: Readonly<Record<string, { readonly source: string; readonly value: string }>>;
  readonly failures?: readonly { readonly name: string; readonly code: string }[];
}

/**
 * What an answer was, for the timeline: `fresh`; `renewing`, a value past its ttl while it is read anew in the
 * background; `stale`, an older value; `refused`, the failures of secrets; `failed`, anything else.
 */
export type State = 'fresh' | 'renewing' | 'stale' | 'refused' | 'failed';

export interface Served extends Answer, Body {
  readonly state: State;
  /** How long before its request the last fresh answer came, in milliseconds: about the age of what is stale. */
  readonly age: number;
}

/** Reads the answers of service.ts, in the order in which they came. */
export function readServed(answers: readonly Answer[]): Served[] {
  let freshAt = Number.POSITIVE_INFINITY;
  return answers.map((answer) => {
    const body = bodyOf(answer);
    const age = Math.max(0, answer.begunAt - freshAt);
    const state = stateOf(body, age);
    if (state === 'fresh') freshAt = answer.endedAt;
    return { ...answer, ...body, state, age };
  });
}

function stateOf({ served, failures }: Body, age: number): State {
  if (failures) return 'refused';
  if (!served) return 'failed';
  if (!Object.values(served).some(({ source }) => source === 'stale')) return 'fresh';
  return age > TTL + STALE_WHILE_REVALIDATE ? 'stale' : 'renewing';
}

export function bodyOf({ status, body }: Answer): Body {
  return status === 200 || status === 503 ? JSON.parse(body) : {};
}

/** Whether every secret of the store is as good as new. */
export function isFresh(answer: Answer): boolean {
  return allFrom(answer, ['store', 'cache']);
}

/** Finds what is served because of an outage, which begins now: stale, and too old to be merely read anew. */
export function inOutage(): (answer: Answer) => boolean {
  const since = performance.now() + TTL + STALE_WHILE_REVALIDATE;
  return (answer) => answer.begunAt > since && allFrom(answer, ['stale']);
}

function allFrom(answer: Answer, sources: readonly string[]): boolean {
  const { served } = bodyOf(answer);
  return NAMES.every((name) => sources.includes(served?.[name]?.source ?? ''));
}

export function isRefused({ status }: Answer): boolean {
  return status === 503;
}

/** The distinct codes of refusals. */
export function codesOf(answers: readonly Served[]): string[] {
  return [...new Set(answers.flatMap(({ failures = [] }) => failures.map(({ code }) => code)))];
}

/** The refusal that names every secret of the store, with this code. */
export function refusalOfAll(code: ErrorCode): string {
  return JSON.stringify({ failures: NAMES.map((name) => ({ name, code })) });
}
