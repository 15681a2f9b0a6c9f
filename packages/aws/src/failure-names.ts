import type { ErrorCode } from '@keyturn/core';

/** A code, and our own words where the code alone does not say what happened. */
export type Failed = readonly [code: ErrorCode, message?: string];

/** A failure inside AWS, for which each service has a name of its own. */
export const DOWN: Failed = ['Unavailable', 'AWS failed to answer'];
/** A permission is missing on the KMS key, not on what it encrypts. */
export const KEY_DENIED: Failed = [
  'AccessDenied',
  'its KMS key denies decryption: allow kms:Decrypt on that key',
];

const EXPIRED: Failed = ['Unauthenticated', 'the AWS credentials have expired'];
const UNKNOWN_KEY: Failed = ['Unauthenticated', 'AWS does not know the credentials'];
const BAD_SIGNATURE: Failed = [
  'Unauthenticated',
  'AWS refuses the signature: the secret access key or the clock of this machine is wrong',
];
const DENIED: Failed = ['AccessDenied'];
const THROTTLED: Failed = ['Throttled', 'AWS asks for fewer requests'];

/**
 * What every service of AWS refuses by, by the `name` of the SDK's error, since not every one has a class:
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html and its like.
 */
const COMMON: readonly (readonly [name: string, failed: Failed])[] = [
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
  // For credentials that come from a role: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  ['AccessDenied', ['Unauthenticated', 'the role that the credentials come from may not be assumed']],
  ['ExpiredToken', EXPIRED],
  // The SDK itself: https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
  ['CredentialsProviderError', ['Unauthenticated', 'no AWS credentials could be had']],
  ['TokenProviderError', ['Unauthenticated', 'the AWS SSO session has ended: run `aws sso login`']],
];

/** Where the text of a denial names an action. Letters only: nothing else of that text is passed on. */
const ACTION = /is not authorized to perform: ([a-z]+:[A-Za-z]+)/;

/** What a name of AWS means, with the text that came with it; undefined for a name that no table has. */
export type FailureNames = (name: string, text: string) => Failed | undefined;

/**
 * The names that are common to AWS, and a service's own. AWS's denials all have one name: only the text tells the KMS
 * key's from the others. Some of KMS's own name no action: "Access to KMS is not allowed".
 */
export function failureNames(own: readonly (readonly [name: string, failed: Failed])[] = []): FailureNames {
  const failures = new Map([...COMMON, ...own]);
  return (name, text) => {
    const failed = failures.get(name);
    if (failed?.[0] !== 'AccessDenied') return failed;
    const action = ACTION.exec(text)?.[1];
    if (action?.startsWith('kms:') ?? /kms/i.test(text)) return KEY_DENIED;
    return action === undefined ? failed : ['AccessDenied', `AWS denies \`${action}\``];
  };
}
