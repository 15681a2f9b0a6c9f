import type { DescribeSecretResponse, SecretVersionsListEntry } from '@aws-sdk/client-secrets-manager';
import { objects, type PageToken, pages } from '@keyturn/aws';
import { inParallel, type Locator, type Outcome, type SecretMetadata } from '@keyturn/core';
import { classify } from './classify.ts';
import type { Connection } from './connection.ts';
import { CURRENT } from './names.ts';
import { failed, notFound } from './outcomes.ts';
import { IN_FLIGHT, type Target } from './targets.ts';

/** Describes targets by two calls each, neither of which reads a value. */
export async function describeTargets(
  connection: Connection,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Map<Locator, Outcome<SecretMetadata>>> {
  const entries = await inParallel(targets, IN_FLIGHT, async (target) => {
    const outcome = await describeOne(connection, target, signal).catch(failed);
    return [target.locator, outcome] as const;
  });
  signal.throwIfAborted();
  return new Map(entries);
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
async function describeOne(
  connection: Connection,
  target: Target,
  signal: AbortSignal,
): Promise<Outcome<SecretMetadata>> {
  const { sdk, request } = connection;
  const { params } = target.locator;
  const command = new sdk.DescribeSecretCommand({ SecretId: target.id });
  const secret = await request((client) => client.send(command, { abortSignal: signal })).catch((error) => {
    if (classify(error)?.code === 'NotFound') return undefined;
    throw error;
  });
  if (secret === undefined) return notFound(params);
  const { DeletedDate, VersionIdsToStages = {} } = secret;
  if (DeletedDate !== undefined) {
    return { ok: false, code: 'Disabled', message: 'the secret is marked for deletion' };
  }
  const { stage = CURRENT } = params;
  const id =
    params.version ?? Object.keys(VersionIdsToStages).find((one) => VersionIdsToStages[one]?.includes(stage));
  const version = id === undefined ? undefined : await findVersion(connection, target, id, signal);
  if (id === undefined || version === undefined) return notFound(params);
  const { CreatedDate } = version;
  const { rotatesAt, ...rotation } = rotationOf(secret);
  return {
    ok: true,
    value: {
      version: id,
      ...(CreatedDate && { createdAt: CreatedDate }),
      ...rotation,
      // A rotation moves the stages to other versions; what is read by its version stays.
      ...(rotatesAt && params.version === undefined && { rotatesAt }),
      tags: tagsOf(secret),
    },
  };
}

/**
 * The only call that dates a version without showing it, page by page.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html
 */
async function findVersion(
  { sdk, request }: Connection,
  { id, locator }: Target,
  versionId: string,
  signal: AbortSignal,
): Promise<SecretVersionsListEntry | undefined> {
  const ask = (token: PageToken) => {
    const command = new sdk.ListSecretVersionIdsCommand({
      SecretId: id,
      // A version that has lost its last stage is still readable by its id.
      IncludeDeprecated: locator.params.version !== undefined,
      MaxResults: 100,
      ...token,
    });
    return request((client) => client.send(command, { abortSignal: signal }));
  };
  for await (const { Versions } of pages(ask)) {
    const found = objects(Versions).find(({ VersionId }) => VersionId === versionId);
    if (found) return found;
  }
  return undefined;
}

function tagsOf({ Tags }: DescribeSecretResponse): Readonly<Record<string, string>> {
  const named = objects(Tags).flatMap(({ Key, Value = '' }) => (Key === undefined ? [] : [[Key, Value]]));
  return Object.fromEntries(named);
}

/** A secret whose rotation was turned off keeps its rule. */
function rotationOf({
  RotationEnabled = false,
  RotationRules: { ScheduleExpression, AutomaticallyAfterDays } = {},
  LastRotatedDate,
  NextRotationDate,
}: DescribeSecretResponse): SecretMetadata {
  const rotationRule =
    ScheduleExpression ?? (AutomaticallyAfterDays && `rate(${AutomaticallyAfterDays} days)`);
  return {
    rotationEnabled: RotationEnabled,
    ...(rotationRule && { rotationRule }),
    ...(LastRotatedDate && { lastRotatedAt: LastRotatedDate }),
    ...(RotationEnabled && NextRotationDate && { rotatesAt: NextRotationDate }),
  };
}
