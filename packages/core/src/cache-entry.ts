import type { Freshness } from './cache-settings.ts';
import type { ErrorCode, Fetched, Outcome } from './provider.ts';

/** A moment on both clocks, in milliseconds. */
export interface Moment {
  /** Stands still while a laptop sleeps or a Lambda is frozen. */
  readonly monotonic: number;
  /** Can be set forward and back. */
  readonly wall: number;
}

export function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/** The larger of both clocks' differences: to take a value for too old costs a read, for too young a promise. */
export function elapsed(since: Moment, until: Moment): number {
  return Math.max(until.monotonic - since.monotonic, until.wall - since.wall);
}

/** What the store said of one leg: a value, or NotFound. */
export interface CacheEntry {
  readonly outcome: Outcome<Fetched>;
  /** When the read began, as the value may be as old as that. */
  readonly readAt: Moment;
  /** Which part of the jitter falls on this entry, from 0 to 1. */
  readonly draw: number;
  /** The age at which the store says that the value ends; Infinity where it says nothing. */
  readonly expiry: number;
  /** The age at which the store says that it rotates the value; Infinity where it says nothing. */
  readonly rotation: number;
  /** For an entry out of the snapshot: the age up to which it may stand in. Such an entry is never fresh. */
  readonly bound?: number;
  /** The last read, when the store failed to answer it. */
  failure: { readonly code: ErrorCode; readonly at: Moment; readonly pauseMs: number } | undefined;
  /** Which use of the cache was the last one of this entry. */
  used: number;
}

/** Makes an entry. What expired or was to rotate before it was read says nothing about the future. */
export function createEntry(outcome: Outcome<Fetched>, readAt: Moment, draw: number): CacheEntry {
  const { expiresAt, rotatesAt } = (outcome.ok && outcome.value.metadata) || {};
  const ahead = (date: Date | undefined) => {
    const age = date === undefined ? Number.NaN : date.getTime() - readAt.wall;
    return age > 0 ? age : Infinity;
  };
  const expiry = ahead(expiresAt);
  const rotation = ahead(rotatesAt);
  return { outcome, readAt, draw, expiry, rotation, failure: undefined, used: 0 };
}

/**
 * What may be done with an entry:
 * - `fresh`: serve it.
 * - `stale`: serve it as stale.
 * - `revalidate`: serve it as stale, and read it anew in the background.
 * - `read`: wait for a read.
 */
export type Verdict = 'fresh' | 'stale' | 'revalidate' | 'read';

export function judge(entry: CacheEntry, freshness: Freshness, jitter: number, at: Moment): Verdict {
  const age = elapsed(entry.readAt, at);
  const { ttl, staleWhileRevalidate, negativeTtl } = freshness;
  if (!entry.outcome.ok) return age < Math.min(negativeTtl, ttl) ? 'fresh' : 'read';
  const change = Math.min(entry.expiry, entry.rotation);
  if (entry.bound === undefined && age < Math.min(ttl * (1 - jitter * entry.draw), change)) return 'fresh';
  if (entry.failure) {
    if (!outlastsFailure(entry, freshness, at)) return 'read';
    return elapsed(entry.failure.at, at) < entry.failure.pauseMs ? 'stale' : 'revalidate';
  }
  return staleWhileRevalidate > 0 && age < Math.min(ttl + staleWhileRevalidate, change)
    ? 'revalidate'
    : 'read';
}

/** Whether an entry may stand in for a read that the store failed to answer. */
export function outlastsFailure(
  { outcome, readAt, expiry, bound }: CacheEntry,
  { ttl, staleIfError }: Freshness,
  at: Moment,
): boolean {
  const limit = Math.min(bound ?? ttl + staleIfError, expiry);
  return outcome.ok && staleIfError > 0 && elapsed(readAt, at) < limit;
}
