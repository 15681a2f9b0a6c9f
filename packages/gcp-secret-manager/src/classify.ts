import { type Classified, ConfigError } from '@keyturn/core';
import { CredentialsError, type Failed, FOREIGN, LOCAL, REASONS, STATUSES } from './failures.ts';

/** What the SDK's errors carry beside `message`; of their text nothing is passed on. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly details?: unknown;
  /** Of google.rpc.ErrorInfo. */
  readonly reason?: unknown;
  readonly statusDetails?: unknown;
}

/** The provider's `classify`: a table over the gRPC status code, then over what gRPC says of the connection. */
export function classify(error: unknown): Classified | undefined {
  if (error instanceof ConfigError) return { code: 'Misconfigured', message: error.message };
  if (!(error instanceof Error) || error instanceof DOMException) return undefined;
  if (error instanceof CredentialsError) {
    const message =
      'no usable Google credentials were found: set GOOGLE_APPLICATION_CREDENTIALS, run `gcloud auth application-default login`, or run on Google Cloud';
    return { code: 'Unauthenticated', message };
  }
  const { code: status, statusDetails }: SdkError = error;
  if (status === 'ERR_MODULE_NOT_FOUND') {
    return { code: 'Misconfigured', message: '@google-cloud/secret-manager is not installed' };
  }
  if (typeof status !== 'number') return undefined;
  const failed = failureOf(error, status);
  if (failed === undefined) return undefined;
  const [code, message] = failed;
  const retryAfterMs = retryAfter(statusDetails);
  return {
    code,
    ...(message !== undefined && { message }),
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function failureOf({ details, reason }: SdkError, status: number): Failed | undefined {
  const text = typeof details === 'string' ? details : '';
  if (text.startsWith('Getting metadata from plugin failed')) return loginFailure(text, status);
  // Not the store's own: gRPC makes a status of what a proxy or load balancer answered by HTTP.
  if (text.startsWith('Received HTTP status code')) return FOREIGN;
  const failed = REASONS.get(reason) ?? STATUSES.get(status);
  if (failed?.[0] !== 'Unavailable') return failed;
  return LOCAL.find(([word]) => word.test(text))?.[1] ?? failed;
}

/**
 * gRPC asks google-auth-library for an access token at each call, which asks Google when it has none. The status is
 * then that of HTTP, where there was an answer. The text can hold the token.
 */
function loginFailure(text: string, status: number): Failed {
  if (status === 429 || status >= 500 || /\bE[A-Z]{4,}|network timeout|socket hang up/.test(text)) {
    return ['Unavailable', 'the server that gives access tokens does not answer'];
  }
  return ['Unauthenticated', 'Google gives no access token for the credentials'];
}

/** google.rpc.RetryInfo: https://docs.cloud.google.com/apis/design/errors#error_details */
function retryAfter(statusDetails: unknown): number | undefined {
  if (!Array.isArray(statusDetails)) return undefined;
  const details: readonly { retryDelay?: { seconds?: unknown; nanos?: unknown } }[] = statusDetails;
  const delay = details.find(({ retryDelay }) => retryDelay)?.retryDelay;
  return delay && Number(delay.seconds ?? 0) * 1000 + Number(delay.nanos ?? 0) / 1e6;
}
