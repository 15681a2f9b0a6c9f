import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LOCALSTACK_CREDENTIALS, LOCALSTACK_REGION } from './localstack.ts';
import { fromPypi } from './pypi.ts';

const PROGRAM = fileURLToPath(new URL('./boto3_calls.py', import.meta.url));

/** A call of boto3: `['ssm', 'put_parameter', { Name: … }]`. Bytes are `{ base64: … }`. */
export type Boto3Call = readonly [service: 'ssm' | 'secretsmanager', method: string, input: object];

/** Makes calls one after another and gives their answers: seeds are put by another client than the one under test. */
export async function boto3(
  endpoint: string,
  calls: readonly Boto3Call[],
): Promise<Readonly<Record<string, string>>[]> {
  const { accessKeyId, secretAccessKey } = LOCALSTACK_CREDENTIALS;
  const PYTHONPATH = await fromPypi('boto3==1.44.5');
  const python = promisify(execFile)(
    'python3',
    [PROGRAM, endpoint, LOCALSTACK_REGION, accessKeyId, secretAccessKey],
    { env: { ...process.env, PYTHONPATH }, maxBuffer: 64 * 1024 * 1024 },
  );
  python.child.stdin?.end(JSON.stringify(calls));
  return JSON.parse((await python).stdout);
}
