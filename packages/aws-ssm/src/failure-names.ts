import type { ErrorCode } from '@keyturn/core';

/** A code, and our own words where the code alone does not say what happened. */
export type Failed = readonly [code: ErrorCode, message?: string];

const EXPIRED: Failed = ['Unauthenticated', 'the AWS credentials have expired'];
const UNKNOWN_KEY: Failed = ['Unauthenticated', 'AWS does not know the credentials'];
const BAD_SIGNATURE: Failed = [
  'Unauthenticated',
  'AWS refuses the signature: the secret access key or the clock of this machine is wrong',
];
const DENIED: Failed = ['AccessDenied'];
const THROTTLED: Failed = ['Throttled', 'AWS asks for fewer requests'];
const DOWN: Failed = ['Unavailable', 'AWS failed to answer'];
const INVALID: Failed = ['InvalidReference', 'Parameter Store takes the name for invalid'];

/**
 * By the `name` of the SDK's error, since not every one has a class. The pages are those of
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/ unless named in full.
 */
export const FAILURES: ReadonlyMap<string, Failed> = new Map<string, Failed>([
  // API_GetParameters.html, API_DescribeParameters.html, API_GetParameterHistory.html
  ['ParameterNotFound', ['NotFound']],
  ['ParameterVersionNotFound', ['NotFound', 'the parameter has no such version or label']],
  ['InvalidKeyId', ['Disabled', "the parameter's KMS key is disabled, deleted or about to be"]],
  ['InternalServerError', DOWN],
  // CommonErrors.html
  ['AccessDeniedException', DENIED],
  ['NotAuthorized', DENIED],
  ['OptInRequired', ['AccessDenied', 'the AWS account is not signed up for this service or region']],
  ['ExpiredTokenException', EXPIRED],
  ['UnrecognizedClientException', UNKNOWN_KEY],
  ['InvalidClientTokenId', UNKNOWN_KEY],
  ['MissingAuthenticationToken', UNKNOWN_KEY],
  ['IncompleteSignature', BAD_SIGNATURE],
  ['InvalidSignatureException', BAD_SIGNATURE],
  ['RequestExpired', BAD_SIGNATURE],
  ['ThrottlingException', THROTTLED],
  ['InternalFailure', DOWN],
  ['ServiceUnavailable', DOWN],
  ['ValidationError', INVALID],
  ['ValidationException', INVALID],
  // For credentials that come from a role: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  ['AccessDenied', ['Unauthenticated', 'the role that the credentials come from may not be assumed']],
  ['ExpiredToken', EXPIRED],
  // The SDK itself: https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
  ['CredentialsProviderError', ['Unauthenticated', 'no AWS credentials could be had']],
  ['TokenProviderError', ['Unauthenticated', 'the AWS SSO session has ended: run `aws sso login`']],
]);

const CUT = 'the connection was cut before the answer was complete';
const UNTRUSTED =
  'the TLS certificate of the endpoint is not trusted: name its CA in NODE_EXTRA_CA_CERTS, or hand in a client that trusts it';

/** By `code`, for connections that failed: https://nodejs.org/api/errors.html and https://nodejs.org/api/tls.html. */
const NETWORK: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing accepts connections at the endpoint'],
  ['ENOTFOUND', 'DNS does not know the endpoint: check the options `region` and `endpoint`'],
  ['EAI_AGAIN', 'DNS gives no answer for the endpoint'],
  ['ECONNRESET', CUT],
  ['EPIPE', CUT],
  ['ETIMEDOUT', 'the connection timed out'],
  ['EHOSTUNREACH', 'the endpoint cannot be reached'],
  ['ENETUNREACH', 'the network of the endpoint cannot be reached'],
  ['EPROTO', 'the endpoint does not speak TLS'],
  ['CERT_HAS_EXPIRED', 'the TLS certificate of the endpoint has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the TLS certificate of the endpoint is for another name'],
]);

/** What a connection's `code` says; undefined for a code that is not about one. */
export function networkMessage(code: string): string | undefined {
  const message = NETWORK.get(code);
  if (message !== undefined) return message;
  if (/SELF_SIGNED|UNABLE_TO_|^CERT_|_CERT_|_CRL/.test(code)) return UNTRUSTED;
  if (/^ERR_(SSL|TLS)_/.test(code)) return 'TLS could not be agreed on with the endpoint';
  return code.startsWith('HPE_') ? 'the endpoint does not speak HTTP' : undefined;
}
