import { classifier, DOWN, type Failed, failureNames } from '@keyturn/aws';

const INVALID: Failed = ['InvalidReference', 'Parameter Store takes the name for invalid'];

/**
 * The provider's `classify`: AWS's names and Parameter Store's own, of the pages under
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/.
 */
export const classify = classifier(
  failureNames([
    // API_GetParameters.html, API_DescribeParameters.html, API_GetParameterHistory.html
    ['ParameterNotFound', ['NotFound']],
    ['ParameterVersionNotFound', ['NotFound', 'the parameter has no such version or label']],
    ['InvalidKeyId', ['Disabled', "the parameter's KMS key is disabled, deleted or about to be"]],
    ['InternalServerError', DOWN],
    // CommonErrors.html
    ['ValidationError', INVALID],
    ['ValidationException', INVALID],
  ]),
);
