import { ConfigError, type Provider } from '@keyturn/core';
import type { Failed, FailureNames } from './failure-names.ts';
import { networkMessage } from './network.ts';

/** What the SDK's errors carry beside `name`; of their text nothing is passed on. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** A provider's `classify`: a table over the error's name, then its code, then the HTTP status. */
export function classifier(failureNamed: FailureNames): Provider['classify'] {
  return (error) => {
    if (error instanceof ConfigError) return { code: 'Misconfigured', message: error.message };
    if (!(error instanceof Error)) return undefined;
    const { name, message: text, $metadata, $response }: SdkError = error;
    const failed = failureNamed(name, text) ?? failureOf(error);
    if (failed === undefined) return undefined;
    const [code, message] = failed;
    const status = $metadata?.httpStatusCode;
    const requestId = $metadata?.requestId;
    const retryAfterMs = retryAfter($response?.headers ?? {});
    return {
      code,
      ...(message !== undefined && { message }),
      ...(status !== undefined && { status }),
      ...(requestId !== undefined && { requestId }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  };
}

/** Of an error whose name no table has. */
function failureOf({ name, code, $metadata }: SdkError): Failed | undefined {
  if (code === 'ERR_MODULE_NOT_FOUND') return ['Misconfigured', 'the AWS SDK is not installed'];
  const network = typeof code === 'string' ? networkMessage(code) : undefined;
  if (network !== undefined) return ['Unavailable', `${network} (${code})`];
  if (name === 'TimeoutError') return ['Unavailable', 'AWS did not answer in time'];
  return failureOfStatus(name, $metadata?.httpStatusCode);
}

/** What the SDK calls an error whose body has no name in it. */
const UNNAMED = 'Unknown';

function notOfAws(status: number): Failed {
  return ['Unavailable', `what the endpoint sent is not an answer of AWS (HTTP ${status})`];
}

/** For answers that AWS's own services do not give: proxies, load balancers and wrong endpoints do. */
function failureOfStatus(name: string, status: number | undefined): Failed | undefined {
  if (status === undefined) return undefined;
  if (status === 429) return ['Throttled', `the endpoint answered with HTTP ${status}`];
  if (status >= 500) return ['Unavailable', `the endpoint answered with HTTP ${status}`];
  // The SDK could not read the body: what answered is not the store, or not all of it arrived.
  if (status < 300 || name === 'SyntaxError') return notOfAws(status);
  if (status === 401) return ['Unauthenticated', `the endpoint answered with HTTP ${status}`];
  if (status === 403) return ['AccessDenied', `the endpoint answered with HTTP ${status}`];
  return name === UNNAMED ? notOfAws(status) : undefined;
}

/**
 * `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), and `x-amz-retry-after` in milliseconds, as
 * the SDK reads them.
 */
function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const { 'x-amz-retry-after': milliseconds, 'retry-after': value } = headers;
  if (milliseconds !== undefined && /^\d+$/.test(milliseconds)) return Number(milliseconds);
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
