import type { ErrorCode, Provider } from '@keyturn/core';
import type { Store } from '../stores/live.ts';

/**
 * The fault matrix: what each provider makes of each way in which a store fails. Every cell is read through core's own
 * `resolve()` and printed in docs/errors.md.
 *
 * To add a provider's row:
 *
 * 1. Write `test/faults/<kind>.ts`, which exports a `Row`. Each of its `cells` is a function that brings the fault
 *    about and gives what to read, or a sentence why it never happens (no capital letter, no full stop: it becomes an
 *    item of a list). The store itself is made to fail where it can be; else a server of `test/servers` that speaks its
 *    protocol, and then `by` says so. Put `canary` of @keyturn/conformance wherever a value is, and every token, password
 *    or key that the cell uses into `hidden`: none of them may show.
 * 2. Put the row into the list of `faults.test.ts`.
 * 3. `KEYTURN_UPDATE=1 npx vitest run test/faults/faults.test.ts` writes the table; without it, a table that says otherwise fails.
 *
 * Cells run one after another in the order in which the row has them: what ends the store comes last.
 */
export const FAULTS = {
  missing: 'missing',
  denied: 'denied',
  badCredentials: 'bad credentials',
  throttledWithRetryAfter: 'throttled with Retry-After',
  throttled: 'throttled without Retry-After',
  serverError: '5xx',
  refused: 'connection refused',
  unknownHost: 'name not found in DNS',
  untrusted: 'TLS certificate not trusted',
  hangs: 'hangs',
  cut: 'connection cut mid-body',
  wrongBody: 'body is not what the API promises',
  gone: 'deleted or disabled',
  expires: 'credential expires between two reads',
} as const;

export type Fault = keyof typeof FAULTS;

/** All of them, in the order of the table. */
export const faults = Object.keys(FAULTS) as readonly Fault[];

export interface Row {
  readonly kind: string;
  /** What answers where a cell's `by` says nothing else, for the legend: an image, or such as `files of this machine`. */
  readonly store: string;
  /** The store of docker-compose.test.yml without which the row can't run. */
  readonly needs?: Store;
  start?(): Promise<void>;
  stop?(): Promise<void>;
  readonly cells: Readonly<
    Record<Exclude<Fault, 'expires'>, (() => Provoked | Promise<Provoked>) | string>
  > & {
    readonly expires: (() => Promise<Expiring>) | string;
  };
}

interface Reading extends Partial<AsyncDisposable> {
  /** The resolver that reads closes it. */
  readonly provider: Provider;
  /** What follows `store://` in the reference. */
  readonly path: string;
  readonly by?: 'protocol server';
  /** What may show nowhere, beside `canary`. */
  readonly hidden?: readonly string[];
}

/** A provider before a store that fails, and what a read has to say then. */
export interface Provoked extends Reading {
  readonly code: ErrorCode;
  /** The whole message; a pattern only where the store's own times or ports are part of it. */
  readonly message: string | RegExp;
  /** Wraps the read, such as `asUnprivileged`. */
  readonly around?: <T>(read: () => Promise<T>) => Promise<T>;
}

/** A provider that logs in by itself, before a secret whose value is `canary`. */
export interface Expiring extends Reading {
  /** Ends the credential that the last read used. */
  expire(): Promise<void>;
  /** How many logins the store has seen. */
  logins(): number;
}
