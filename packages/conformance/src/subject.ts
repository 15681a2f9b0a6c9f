import type { ErrorCode, Fields, Provider } from '@keyturn/core';

/**
 * The value that the kit looks for where no value belongs. A secret that a fault stands in front of should hold
 * it, so that a code's message which quotes the value is caught.
 */
export const canary = 'canary-5f0c9a1e7d42';

/** A store that the kit reads through one provider. It is opened anew, and empty, for each check. */
export interface Store extends Partial<AsyncDisposable> {
  /** Made for this store and not used yet. The kit disposes of it before the store. */
  readonly provider: Provider;
  /**
   * The path, as a reference would have it, that stands for a name: another name, another path. Names are lower-case
   * letters, digits and hyphens, 40 at most. A store that outlives the check puts something of its own before it.
   */
  path(name: string): string;
  /** Writes, without the provider, what the provider shall read. Gets `Fields` where the subject has a `field`. */
  put(path: string, value: string | Uint8Array | Fields): Promise<void>;
}

/** A provider before a store that refuses, or keeps silent, in one known way. */
export interface Provoked extends Partial<AsyncDisposable> {
  /** The kit disposes of it before the rest. */
  readonly provider: Provider;
  /** What the kit reads: where there is a value, it should be `canary`. */
  readonly path: string;
}

/** A store that took the call and answers nothing. */
export interface Hanging extends Provoked {
  /** Resolves once the call is there. Left out, the kit aborts one turn of the event loop after the call. */
  readonly reached?: Promise<unknown>;
}

/** What a provider or its store may lack. Each one that is declared takes one check from the list. */
export type Ability =
  /** Values: `''`. */
  | 'empty'
  /** Values: text beyond ASCII, not normalised. */
  | 'unicode'
  /** Values: blanks and tabs at both ends. */
  | 'blanks'
  /** Values: LF and CRLF between lines. */
  | 'lineEnds'
  /** Values: an LF at the end. */
  | 'finalNewline'
  /** Values: bytes that are no UTF-8. */
  | 'binary'
  /** The method `check`: any path is legal and canonical. */
  | 'check'
  /** The method `describe`. */
  | 'describe'
  /** The method `[Symbol.asyncDispose]`: it holds nothing open. */
  | 'dispose';

/** The codes that every provider must be able to tell apart, or say why it never meets them. */
export type Fault = 'AccessDenied' | 'Unauthenticated' | 'Throttled' | 'Unavailable' | 'Disabled';

/** The codes that only some providers give. */
export type RareFault = Extract<ErrorCode, 'InvalidReference' | 'InvalidValue' | 'Misconfigured'>;

/** Brings a provider into one known trouble. */
export type Provoke<T extends Provoked = Provoked> = () => T | Promise<T>;

/** What the author of a provider writes: how to reach a store, and what it cannot do. */
export interface Subject {
  open(): Store | Promise<Store>;
  /** What the provider or its store lacks: a sentence for each. */
  readonly cannot: Readonly<Partial<Record<Ability, string>>>;
  /** For a store that keeps fields and no text, such as Vault: the field that the kit puts its text under. */
  readonly field?: string;
  /** The most bytes that the store takes in one value, where that is less than 64 KiB, and who says so. */
  readonly largest?: { readonly bytes: number; readonly reason: string };
  /** How to meet each code, or a sentence why that never happens. */
  readonly faults: Readonly<Record<Fault, Provoke | string>> & Readonly<Partial<Record<RareFault, Provoke>>>;
  /** How to meet a store that never answers, or a sentence why that never happens. */
  readonly hangs: Provoke<Hanging> | string;
  /** How long an aborted call, a disposal or a closing handle may take, in milliseconds. @default 3000 */
  readonly timeout?: number;
}
