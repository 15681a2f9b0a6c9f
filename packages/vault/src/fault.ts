import type { Classified, ErrorCode } from '@keyturn/core';

/** What an answer of Vault shows beside its code, read from its body; never any text of it. */
export interface Signs {
  /** A 403 that is about the token itself, not about a policy. */
  readonly invalidToken?: true;
  /** A KV version 1 path was read on a mount that is KV version 2. */
  readonly versioned?: true;
}

/** What went wrong, in words of our own: never a value, a token, or text that Vault sent. */
export class VaultFault extends Error {
  readonly fault: Classified;
  readonly signs: Signs;

  constructor(fault: Classified, signs: Signs = {}) {
    super(fault.message ?? fault.code);
    this.fault = fault;
    this.signs = signs;
  }
}

/** A fault that has no answer of the server behind it. */
export function faultOf(code: ErrorCode, message: string): VaultFault {
  return new VaultFault({ code, message });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
