import { expect, it } from 'vitest';
import { always, fault } from '../../../test/servers/aws-json.ts';
import { failureOf, locator, startStore } from './harness.ts';

it.each([
  ['ParameterNotFound', 400, 'NotFound', undefined],
  ['ParameterVersionNotFound', 400, 'NotFound', 'the parameter has no such version or label'],
  ['InvalidKeyId', 400, 'Disabled', "the parameter's KMS key is disabled, deleted or about to be"],
  ['ValidationException', 400, 'InvalidReference', 'Parameter Store takes the name for invalid'],
  ['ValidationError', 400, 'InvalidReference', 'Parameter Store takes the name for invalid'],
  ['InternalServerError', 500, 'Unavailable', 'AWS failed to answer'],
])("%s, one of Parameter Store's own names", async (name, status, code, message) => {
  const { provider } = await startStore(always(fault(name, { status, message: 'canary' })));
  expect(await failureOf(provider, locator('name'))).toEqual({
    code,
    ...(message && { message }),
    status,
    requestId: 'request-1',
  });
});
