import { awsSsm } from '@keyturn/aws-ssm';
import { canary } from '@keyturn/conformance';
import { fault, ok } from '../servers/aws-json.ts';
import { awsRow } from './aws.ts';

const NAME = '/faults/app';

export const awsSsmRow = await awsRow({
  kind: 'aws-ssm',
  make: awsSsm,
  path: NAME,
  seeds: [['ssm', 'put_parameter', { Name: NAME, Value: canary, Type: 'SecureString' }]],
  answer: ok({ Parameters: [{ Name: NAME, Value: canary, Type: 'SecureString', Version: 1 }] }),
  missing: { path: '/faults/none', message: 'Parameter Store has no such parameter' },
  action: 'ssm:GetParameters',
  down: 'InternalServerError',
  // A parameter that is deleted is gone at once, so it is missing. LocalStack keeps no keys for parameters.
  gone: {
    reply: fault('InvalidKeyId', { message: `the key of ${canary} is disabled` }),
    code: 'Disabled',
    message: "the parameter's KMS key is disabled, deleted or about to be",
  },
});
