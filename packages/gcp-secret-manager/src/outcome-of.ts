import type { ErrorCode, Outcome } from '@keyturn/core';
import { classify } from './classify.ts';

/** What Google says of one secret alone. */
const OF_ONE_SECRET: ReadonlySet<ErrorCode> = new Set([
  'NotFound',
  'AccessDenied',
  'Disabled',
  'InvalidReference',
]);

/** The outcome for one secret. What concerns every secret rejects. */
export async function outcomeOf<T>(call: Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await call;
  } catch (error) {
    const { code, message } = classify(error) ?? {};
    if (code === undefined || !OF_ONE_SECRET.has(code)) throw error;
    return { ok: false, code, ...(message !== undefined && { message }) };
  }
}
