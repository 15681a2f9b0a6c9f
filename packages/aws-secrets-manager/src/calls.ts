import type { APIErrorType, SecretValueEntry } from '@aws-sdk/client-secrets-manager';
import { objects, type PageToken, pages } from '@keyturn/aws';
import type { ErrorCode, Fetched, Outcome } from '@keyturn/core';
import { classify, failureNamed } from './classify.ts';
import type { Connection } from './connection.ts';
import { names } from './names.ts';
import { fetched, notFound, type Outcomes } from './outcomes.ts';
import type { Target } from './targets.ts';

/** Codes of one secret in a batch that a read of its own would only repeat. */
const FINAL: readonly ErrorCode[] = ['NotFound', 'AccessDenied', 'Disabled'];

/**
 * Current values, up to twenty a call; no outcome for what the answer leaves open. `CreatedDate` is passed over:
 * its page does not say whether it is the secret's or the version's.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
 */
export async function readBatch(
  { sdk, request }: Connection,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Outcomes> {
  const SecretIdList = targets.map(({ id }) => id);
  const values: SecretValueEntry[] = [];
  const errors: APIErrorType[] = [];
  const ask = (token: PageToken) => {
    const command = new sdk.BatchGetSecretValueCommand({ SecretIdList, ...token });
    return request((client) => client.send(command, { abortSignal: signal }));
  };
  for await (const { SecretValues, Errors } of pages(ask)) {
    values.push(...objects(SecretValues));
    errors.push(...objects(Errors));
  }

  const outcomes: Outcomes = new Map();
  for (const { id, locator } of targets) {
    // A whole ARN can look like that of another secret without its random characters.
    const entry =
      values.find(({ Name, ARN }) => id === Name || id === ARN) ?? values.find((one) => names(id, one));
    const outcome = entry ? fetched(entry) : refused(errors.find(({ SecretId }) => SecretId === id));
    if (outcome !== undefined) outcomes.set(locator, outcome);
  }
  return outcomes;
}

/** What an item of `Errors` says, where that is the last word. */
function refused(error: APIErrorType | undefined): Outcome<never> | undefined {
  const [code, message] = failureNamed(error?.ErrorCode ?? '', error?.Message ?? '') ?? [];
  if (code === undefined || !FINAL.includes(code)) return undefined;
  if (code === 'NotFound') return notFound({});
  return { ok: false, code, ...(message !== undefined && { message }) };
}

/**
 * One value, with the version or stage that the locator chooses. Throws what the store refuses, except that
 * nothing is there.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export async function readOne(
  { sdk, request }: Connection,
  { id, locator: { params } }: Target,
  signal: AbortSignal,
): Promise<Outcome<Fetched>> {
  const { version, stage } = params;
  const command = new sdk.GetSecretValueCommand({
    SecretId: id,
    ...(version !== undefined && { VersionId: version }),
    ...(stage !== undefined && { VersionStage: stage }),
  });
  try {
    const answer = await request((client) => client.send(command, { abortSignal: signal }));
    return fetched(answer, answer.CreatedDate);
  } catch (error) {
    if (classify(error)?.code === 'NotFound') return notFound(params);
    throw error;
  }
}
