import type { Resolver } from '@keyturn/core';
import { vi } from 'vitest';

const DAY = 86_400_000;

/** So many days later. */
export function laterBy(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY);
}

/** When the store says that the value of a reference was created. */
export async function createdOf(resolver: Resolver, reference: string): Promise<Date> {
  const [status] = await resolver.rotation({ KEY: reference });
  if (status?.createdAt === undefined) throw new Error(`no date of ${reference}: ${status?.reason}`);
  return status.createdAt;
}

/** How far the store's clock seems ahead while this machine's is set three days ahead, in whole days. */
export async function skewOf(resolver: Resolver, reference: string): Promise<number> {
  vi.useFakeTimers({ toFake: ['Date'], now: laterBy(new Date(), 3) });
  try {
    const [status] = await resolver.rotation({ KEY: reference });
    return Math.round((status?.clockSkewMs ?? 0) / DAY);
  } finally {
    vi.useRealTimers();
  }
}

/** The verdicts of a value 79, 80, 89 and 90 days after its creation: what `maxAge: '90d', warnAt: '80d'` changes at. */
export async function agesOver(resolver: Resolver, reference: string, created: Date): Promise<string[]> {
  const verdicts: string[] = [];
  for (const days of [79, 80, 89, 90]) {
    const [status] = await resolver.rotation({ KEY: reference }, { now: laterBy(created, days) });
    verdicts.push(status?.verdict ?? 'none');
  }
  return verdicts;
}
