import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type AwsSsmOptions, awsSsm } from '@keyturn/aws-ssm';
import { canary, runWith } from '@keyturn/conformance';
import { afterAll, beforeAll, inject, it } from 'vitest';
import { always, fault, type Reply, startAwsJsonServer } from '../servers/aws-json.ts';
import { describeLive } from '../stores/live.ts';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION } from '../stores/localstack.ts';

const CONNECTION: AwsSsmOptions = { region: LOCALSTACK_REGION, credentials: LOCALSTACK_CREDENTIALS };

/** A provider before a protocol server that gives one answer: LocalStack refuses nobody. */
async function refusing(reply: Reply) {
  const server = await startAwsJsonServer(always(reply));
  return {
    provider: awsSsm({ ...CONNECTION, endpoint: server.endpoint }),
    path: '/app/db',
    reached: server.reached,
    [Symbol.asyncDispose]: server.stop,
  };
}

await describeLive('conformance of aws-ssm, on LocalStack (refusals: protocol server)', 'localstack', () => {
  const endpoint = inject('localstack');
  let writer: SSMClient;
  let stores = 0;

  beforeAll(async () => {
    writer = new SSMClient({
      region: LOCALSTACK_REGION,
      credentials: LOCALSTACK_CREDENTIALS,
      endpoint,
    });
  });
  afterAll(async () => {
    writer?.destroy();
  });

  runWith(it, {
    open() {
      stores += 1;
      const prefix = `/kit/${stores}/`;
      return {
        provider: awsSsm({ ...CONNECTION, endpoint, prefix }),
        path: (name) => name,
        async put(path, value) {
          const Value = String(value);
          await writer.send(
            new PutParameterCommand({
              Name: prefix + path,
              Value,
              Type: 'SecureString',
              Tier: 'Advanced',
              Overwrite: true,
            }),
          );
        },
      };
    },
    cannot: {
      empty: 'a parameter has at least one character (API_PutParameter.html)',
      binary: 'a parameter is text (API_PutParameter.html)',
    },
    largest: { bytes: 8192, reason: 'the most that an advanced parameter holds (API_PutParameter.html)' },
    faults: {
      AccessDenied: () => refusing(fault('AccessDeniedException', { message: canary })),
      Unauthenticated: () => refusing(fault('UnrecognizedClientException', { message: canary })),
      Throttled: () => refusing(fault('ThrottlingException', { message: canary })),
      Unavailable: () =>
        refusing({ cut: JSON.stringify({ Parameters: [{ Name: '/app/db', Value: canary }] }) }),
      Disabled: () => refusing(fault('InvalidKeyId', { message: canary })),
      InvalidReference: () => refusing(fault('ValidationException', { message: canary })),
      Misconfigured: () => ({ provider: awsSsm({ ...CONNECTION, region: 'no region' }), path: '/app/db' }),
    },
    hangs: () => refusing({ hang: true }),
  });
});
