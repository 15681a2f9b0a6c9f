import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { canary } from '@keyturn/conformance';
import { ok } from '../servers/aws-json.ts';
import { awsRow } from './aws.ts';

const NAME = 'faults/app';
const DELETED = 'faults/gone';

export const awsSecretsManagerRow = await awsRow({
  kind: 'aws-secrets-manager',
  make: awsSecretsManager,
  path: NAME,
  seeds: [
    ['secretsmanager', 'create_secret', { Name: NAME, SecretString: canary }],
    ['secretsmanager', 'create_secret', { Name: DELETED, SecretString: canary }],
    ['secretsmanager', 'delete_secret', { SecretId: DELETED }],
  ],
  answer: ok({ Name: NAME, SecretString: canary }),
  missing: {
    path: 'faults/none',
    message: 'Secrets Manager has no such secret, or it has no value yet',
  },
  action: 'secretsmanager:GetSecretValue',
  down: 'InternalServiceError',
  gone: { path: DELETED, code: 'Disabled', message: 'the secret is marked for deletion' },
});
