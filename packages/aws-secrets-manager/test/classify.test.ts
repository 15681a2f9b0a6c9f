import { expect, it } from 'vitest';
import { always, fault } from '../../../test/servers/aws-json.ts';
import { failureOf, locator, startStore } from './harness.ts';

const INVALID = 'Secrets Manager takes the name, version or stage for invalid';

it.each([
  ['InvalidRequestException', 400, 'Disabled', 'the secret is marked for deletion'],
  ['DecryptionFailure', 400, 'Disabled', "the secret's KMS key is disabled, deleted or about to be"],
  ['InvalidParameterException', 400, 'InvalidReference', INVALID],
  ['ValidationException', 400, 'InvalidReference', INVALID],
  ['ValidationError', 400, 'InvalidReference', INVALID],
  ['InternalServiceError', 500, 'Unavailable', 'AWS failed to answer'],
  ['InternalServiceFailure', 500, 'Unavailable', 'AWS failed to answer'],
])("%s, one of Secrets Manager's own names", async (name, status, code, message) => {
  const { provider } = await startStore(always(fault(name, { status, message: 'canary' })));
  expect(await failureOf(provider, locator('name'))).toEqual({
    code,
    ...(message && { message }),
    status,
    requestId: 'request-1',
  });
});
