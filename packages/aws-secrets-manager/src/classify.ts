import { classifier, DOWN, type Failed, type FailureNames, failureNames, KEY_DENIED } from '@keyturn/aws';

const INVALID: Failed = ['InvalidReference', 'Secrets Manager takes the name, version or stage for invalid'];

/**
 * AWS's names and Secrets Manager's own, of the pages under
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/.
 */
export const failureNamed: FailureNames = failureNames([
  // API_GetSecretValue.html, API_BatchGetSecretValue.html, API_DescribeSecret.html, API_ListSecretVersionIds.html
  ['ResourceNotFoundException', ['NotFound']],
  // For a read, the only state of a secret that refuses it.
  ['InvalidRequestException', ['Disabled', 'the secret is marked for deletion']],
  ['DecryptionFailure', ['Disabled', "the secret's KMS key is disabled, deleted or about to be"]],
  ['InvalidParameterException', INVALID],
  ['InternalServiceError', DOWN],
  // CommonErrors.html
  ['InternalServiceFailure', DOWN],
  ['ValidationError', INVALID],
  ['ValidationException', INVALID],
]);

/** The provider's `classify`. */
export const classify = classifier(failureNamed);

export function isKeyDenied(error: unknown): boolean {
  return error instanceof Error && failureNamed(error.name, error.message) === KEY_DENIED;
}
