import type { ErrorCode } from '@keyturn/core';

/** A code, and our own words where the code alone does not say what happened. */
export type Failed = readonly [code: ErrorCode, message?: string];

/** The SDK found no credentials, or could not use those it found. Its own text may quote a key file. */
export class CredentialsError extends Error {}

/** UNAUTHENTICATED: https://grpc.io/docs/guides/status-codes/ */
const UNAUTHENTICATED = 16;

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNAUTHENTICATED;
}

const DOWN: Failed = ['Unavailable', 'Secret Manager failed to answer'];
export const FOREIGN: Failed = ['Unavailable', 'what the endpoint sent is not an answer of Secret Manager'];

/**
 * By gRPC status code: https://grpc.io/docs/guides/status-codes/, and what Secret Manager means by it:
 * https://docs.cloud.google.com/secret-manager/docs/reference/rpc and https://docs.cloud.google.com/apis/design/errors
 */
export const STATUSES: ReadonlyMap<number, Failed> = new Map<number, Failed>([
  [1, ['Unavailable', 'the call was cancelled']],
  [2, DOWN],
  [3, ['InvalidReference', 'Secret Manager takes the name or the version for invalid']],
  [4, ['Unavailable', 'Secret Manager did not answer in time']],
  [5, ['NotFound', 'Secret Manager has no such secret, or no such version of it']],
  [
    7,
    [
      'AccessDenied',
      'a permission is missing; or there is no such secret or project, which Google does not tell apart',
    ],
  ],
  [8, ['Throttled', 'a quota of Secret Manager is used up']],
  [
    9,
    [
      'Disabled',
      'the version is disabled or destroyed, or its KMS key is: without `?version=` it is the newest one, enabled or not',
    ],
  ],
  [10, DOWN],
  [12, FOREIGN],
  [13, DOWN],
  [14, DOWN],
  [15, DOWN],
  [UNAUTHENTICATED, ['Unauthenticated', 'Google refuses the credentials']],
]);

/** By `reason`: https://docs.cloud.google.com/service-infrastructure/docs/service-management/reference/rpc/google.api#errorreason */
export const REASONS: ReadonlyMap<unknown, Failed> = new Map<unknown, Failed>([
  ['SERVICE_DISABLED', ['AccessDenied', 'the Secret Manager API is not enabled in the project']],
  ['BILLING_DISABLED', ['AccessDenied', 'billing is not enabled for the project']],
]);

const CUT: Failed = ['Unavailable', 'the connection was cut before the answer was complete'];
const UNTRUSTED: Failed = [
  'Unavailable',
  'the TLS certificate of the endpoint is not trusted: name its CA in NODE_EXTRA_CA_CERTS (in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH where that is set)',
];

/** By a word of gRPC's own text, for what happened on this side of the connection. */
export const LOCAL: readonly (readonly [word: RegExp, failed: Failed])[] = [
  [/ECONNREFUSED/, ['Unavailable', 'nothing accepts connections at the endpoint']],
  [
    /Name resolution failed|ENOTFOUND|EAI_AGAIN/,
    ['Unavailable', 'DNS gives no address for the endpoint: check the option `endpoint`, or the location'],
  ],
  [/certificate|CERT_|UNABLE_TO_/, UNTRUSTED],
  [/ECONNRESET|EPIPE|Connection dropped|RST_STREAM|socket/, CUT],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, ['Unavailable', 'the endpoint cannot be reached']],
  [/EPROTO|SSL routines/, ['Unavailable', 'the endpoint does not speak TLS']],
  [/parsing error|deserializ/i, FOREIGN],
];
