import type { ErrorCode } from '@keyturn/core';
import { isRecord, type Signs, VaultFault } from './fault.ts';

/** What came back for a request. */
export interface Answer {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
  /** Parsed JSON; undefined when the body was none. */
  readonly body: unknown;
}

const NOT_VAULT =
  "the answer is not one of Vault's API: check that `address` (VAULT_ADDR) names Vault itself, with https:// where it listens on TLS";

const REDIRECT =
  'redirects are not followed, since that would carry the token to another address: set `address` (VAULT_ADDR) to the active node or its load balancer';

/**
 * Names an answer that is no success, by https://developer.hashicorp.com/vault/api-docs#http-status-codes and
 * https://developer.hashicorp.com/vault/api-docs/system/health. Statuses that mean something about a secret (400,
 * 403, 404, 405) count only with Vault's own body, so that a wrong address never reads as "not found".
 */
export function faultOfAnswer({ status, retryAfter, body }: Answer): VaultFault {
  const retryAfterMs = parseRetryAfter(retryAfter);
  const fault = (code: ErrorCode, message: string, signs?: Signs) =>
    new VaultFault({ code, message, status, ...(retryAfterMs !== undefined && { retryAfterMs }) }, signs);
  const errors = textsOf(body, 'errors');
  const says = (pattern: RegExp) => errors?.some((error) => pattern.test(error)) === true;

  if (status === 429) {
    return fault('Throttled', 'Vault asks to slow down: a rate limit or lease count quota is reached');
  }
  if (status === 503 && says(/sealed/i))
    return fault('Unavailable', 'Vault is sealed: it has to be unsealed');
  if (status === 412) {
    return fault('Unavailable', 'this Vault node has not caught up with the active one yet (412)');
  }
  if (status === 472 || status === 473 || (status >= 500 && says(/standby|not active|active cluster/i))) {
    return fault('Unavailable', `this Vault node is a standby and has no active node to ask (${status})`);
  }
  if (status === 501) return fault('Unavailable', 'Vault is not initialized (501)');
  if (status >= 500) return fault('Unavailable', `Vault failed to answer (${status})`);
  if (status >= 300 && status < 400) {
    return fault('Unavailable', `the server redirects (${status}), as a standby node may; ${REDIRECT}`);
  }
  return faultOfRefusal(status, body, errors, fault);
}

function faultOfRefusal(
  status: number,
  body: unknown,
  errors: readonly string[] | undefined,
  fault: (code: ErrorCode, message: string, signs?: Signs) => VaultFault,
): VaultFault {
  const says = (pattern: RegExp) => errors?.some((error) => pattern.test(error)) === true;
  if (status === 404 && textsOf(body, 'warnings')?.some((text) => text.includes('versioned K/V'))) {
    return fault('Misconfigured', 'this mount is KV version 2, and was read as version 1', {
      versioned: true,
    });
  }
  if (status === 404 && isRecord(body) && isRecord(body.data) && isRecord(body.data.metadata)) {
    return fault('Disabled', goneText(body.data.metadata, Infinity) ?? 'this version is deleted');
  }
  if (status === 400 && errors !== undefined) {
    return fault('InvalidReference', 'Vault refuses the request as invalid (400): correct the path');
  }
  if (status === 403 && errors !== undefined) {
    const message = says(/preflight capability check/)
      ? 'there is no such mount, or no policy of this token grants anything under it'
      : 'no policy of this token grants `read` here';
    return fault('AccessDenied', message, says(/invalid token/) ? { invalidToken: true } : {});
  }
  if (status === 404 && errors !== undefined) return fault('NotFound', 'nothing lives at this path');
  if (status === 405 && errors !== undefined) {
    return fault('InvalidReference', 'what lives at this path cannot be read (405)');
  }
  return notVault(status);
}

/** An answer with a success status whose body is not what the API promises. */
export function brokenAnswer(): VaultFault {
  return new VaultFault({ code: 'Unavailable', message: NOT_VAULT });
}

/**
 * The fault of a call that names no secret: "not found" and the like then say that whoever answers knows none of
 * Vault's API.
 */
export function aboutServer(error: unknown): unknown {
  if (!(error instanceof VaultFault)) return error;
  const { code, status = 0 } = error.fault;
  return code === 'NotFound' || code === 'Disabled' || code === 'InvalidReference' ? notVault(status) : error;
}

function notVault(status: number): VaultFault {
  return new VaultFault({ code: 'Unavailable', status, message: `${NOT_VAULT} (${status})` });
}

/** Says how a version went, from its KV version 2 metadata; undefined when it is there at `now`. */
export function goneText(metadata: Readonly<Record<string, unknown>>, now: number): string | undefined {
  if (metadata.destroyed === true) return 'this version is destroyed for good: refer to another version';
  const deleted = parseTime(metadata.deletion_time);
  if (deleted === undefined || deleted.getTime() > now) return undefined;
  return `this version was deleted at ${deleted.toISOString()}: undelete it, or refer to another version`;
}

/** A time as Vault writes it (RFC 3339); undefined for an empty or unreadable one. */
export function parseTime(text: unknown): Date | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), in milliseconds. */
function parseRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : new Date(text).getTime() - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function textsOf(body: unknown, key: 'errors' | 'warnings'): readonly string[] | undefined {
  const list = isRecord(body) ? body[key] : undefined;
  return Array.isArray(list) ? list.map(String) : undefined;
}
