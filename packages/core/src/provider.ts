/**
 * The provider contract: what a store must offer to be read by Keyturn. This file imports nothing.
 *
 * Core promises a provider: locators are non-empty, distinct, passed through its own `check`, at most
 * `batchSize` a call and with known parameters only; a signal is always present; no call is made while
 * the provider is being disposed of.
 */

/**
 * Why a secret could not be had. Programs act on the code; messages are for people.
 *
 * - `NotFound`: the store answered, and nothing lives there.
 * - `AccessDenied`: the store knows the caller and denies this secret.
 * - `Unauthenticated`: no credentials, or the store refused them.
 * - `Throttled`: the store asked us to slow down.
 * - `Unavailable`: no valid answer could be had (refused, DNS, TLS, cut, 5xx, our own deadline, a body that
 *   is not what the API promises).
 * - `InvalidReference`: the reference cannot name anything in this store.
 * - `InvalidValue`: there is a value, but not of the asked form.
 * - `Disabled`: the secret exists but is deleted, disabled or destroyed.
 * - `Misconfigured`: wrong options, or the store's SDK is not installed.
 * - `Refused`: our own policy said no (audit, reason, overdue).
 * - `Unknown`: none of the above.
 */
export type ErrorCode =
  | 'NotFound'
  | 'AccessDenied'
  | 'Unauthenticated'
  | 'Throttled'
  | 'Unavailable'
  | 'InvalidReference'
  | 'InvalidValue'
  | 'Disabled'
  | 'Misconfigured'
  | 'Refused'
  | 'Unknown';

/** What a provider reads by: one secret's place in one store, checked and percent-decoded by core. */
export interface Locator {
  /** The store's own name for the secret, such as `/prod/db/url` or an ARN. Never empty, otherwise opaque. */
  readonly path: string;
  /** Only parameters that the provider lists in `params`. */
  readonly params: Readonly<Record<string, string>>;
}

/** What a store knows about a value without showing it. */
export interface SecretMetadata {
  /** The store's own word for the version that was read. */
  readonly version?: string;
  /** When the value of this version came into being: what rotation age is counted from. */
  readonly createdAt?: Date;
  /** The value is at least as old as this: all that a file's modification time proves. */
  readonly createdBefore?: Date;
  /** When the store will stop serving the value, or says that it should no longer be used. */
  readonly expiresAt?: Date;
  /** When the store itself plans the next rotation. */
  readonly rotatesAt?: Date;
  /** When the store itself last rotated the secret. */
  readonly lastRotatedAt?: Date;
  /** Whether the store itself rotates the secret. */
  readonly rotationEnabled?: boolean;
  /** The store's own words for when it rotates, such as `rate(30 days)`. */
  readonly rotationRule?: string;
  /** The store's tags or labels, which are no secrets: `{}` where it has none, left out where they are not known. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A value that the store itself keeps as named fields, as Vault does. */
export type Fields = Readonly<Record<string, unknown>>;

/** One secret as the store has it: core decodes bytes, parses JSON and picks fields. */
export interface Fetched {
  readonly value: string | Uint8Array | Fields;
  /** Only what the read brought along for free, never a second request. */
  readonly metadata?: SecretMetadata;
}

/**
 * The answer for one item: a value or a code.
 *
 * `message` is shown to people and must never hold a value, a token or a vendor's own error text.
 * `retryAfterMs` is the store's own `Retry-After`, in milliseconds.
 */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message?: string;
      readonly retryAfterMs?: number;
    };

/** What `classify` makes of an error: the code, and what may safely leave core beside it. */
export interface Classified {
  readonly code: ErrorCode;
  /** Our own words on what to do, where the code alone does not say it. Never the vendor's text. */
  readonly message?: string;
  /** HTTP or gRPC status. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The store's id of the request, for its support. */
  readonly requestId?: string;
}

/** What `check` says of a locator: its canonical form, or why the store cannot have it. */
export type Checked =
  | {
      readonly locator: Locator;
      /** True when this locator cannot travel in a batch. */
      readonly alone?: boolean;
    }
  | {
      /** A sentence that names the rule and, where there is one, what to write instead. */
      readonly problem: string;
    };

/** What core hands to every call. */
export interface CallOptions {
  /** Aborts on the caller's own abort, on the per-call timeout and on the deadline. */
  readonly signal: AbortSignal;
  /**
   * Takes the store's own time, where an answer tells it, as HTTP does by `Date`; what is no valid date is ignored.
   * Core always gives it, and finds by it a clock that is wrong. Never throws.
   */
  readonly clock?: ((storeTime: Date) => void) | undefined;
}

export interface FetchOptions extends CallOptions {
  /** Says something to the operator; core passes each distinct message on once. */
  readonly warn: (message: string) => void;
}

/** A store that secrets are read from. The user names it: `prod`, `local`. */
export interface Provider {
  /** The version of this contract. */
  readonly contract: 1;
  /** The kind of store, such as `aws-ssm`: for audit and messages, never for routing. */
  readonly kind: string;
  /** The most locators that one call may carry; `Infinity` where there is no limit. */
  readonly batchSize: number;
  /** As cheap as a cache: core never caches it. */
  readonly local?: true;
  /** The most calls in flight at once. @default 8 */
  readonly concurrency?: number;
  /** The reference parameters that the store honours, such as `version`; core refuses the rest by name. */
  readonly params: readonly string[];
  /** The client that was handed in retries by itself: core adds no retries. */
  readonly retries?: 'own';

  /** The store's rules for names. Pure and idempotent; makes no call. */
  check?(locator: Locator): Checked;

  /** Reads values: one round trip, one outcome a locator, in the same order. */
  fetch(locators: readonly Locator[], options: FetchOptions): Promise<readonly Outcome<Fetched>[]>;

  /** Reads metadata without reading plaintext. Left out where the store cannot. */
  describe?(locators: readonly Locator[], options: CallOptions): Promise<readonly Outcome<SecretMetadata>[]>;

  /** Names what `fetch` or `describe` threw; undefined for what it does not know. A pure table. */
  classify(error: unknown): Classified | undefined;

  /** Lets go of what the provider itself opened, never of a client it was handed. A later call opens anew. */
  [Symbol.asyncDispose]?(): PromiseLike<void>;
}
