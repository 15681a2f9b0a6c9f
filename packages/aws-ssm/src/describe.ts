import type { ParameterHistory, ParameterMetadata } from '@aws-sdk/client-ssm';
import { isArn, objects, type PageToken, pages } from '@keyturn/aws';
import type { Locator, Outcome, SecretMetadata } from '@keyturn/core';
import type { Connection } from './connection.ts';
import { bareName } from './names.ts';
import { lifeOf } from './policies.ts';
import type { Target } from './targets.ts';

/** Describes targets without reading plaintext. */
export async function describeTargets(
  connection: Connection,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Map<Locator, Outcome<SecretMetadata>>> {
  // AWS's own parameters are in no list.
  const listed = targets.filter(({ name }) => !name.startsWith('/aws/'));
  const names = [...new Set(listed.map(({ bare }) => bare))];
  const own = names.length === 0 ? [] : await list(connection, { names }, signal);
  const isShared = (target: Target) => isArn(target.name) && entryOf(own, target) === undefined;
  const shared = listed.some(isShared) ? await list(connection, { shared: true }, signal) : [];
  const describe = async (target: Target): Promise<Outcome<SecretMetadata>> => {
    if (!listed.includes(target)) return { ok: true, value: {} };
    const entry = entryOf(own, target) ?? entryOf(shared, target);
    if (entry !== undefined) return describeVersion(connection, entry, target, signal);
    return { ok: false, code: 'NotFound', message: 'Parameter Store lists no such parameter' };
  };
  const entries = targets.map(async (target) => [target.locator, await describe(target)] as const);
  return new Map(await Promise.all(entries));
}

/** All pages of API_DescribeParameters.html: at most 50 names a call, which is above `batchSize`. */
async function list(
  { sdk, request }: Connection,
  { names, shared }: { names?: string[]; shared?: true },
  signal: AbortSignal,
): Promise<ParameterMetadata[]> {
  const entries: ParameterMetadata[] = [];
  const ask = (token: PageToken) => {
    const command = new sdk.DescribeParametersCommand({
      ...(names && { ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: names }] }),
      ...(shared && { Shared: shared }),
      MaxResults: 50,
      ...token,
    });
    return request((client) => client.send(command, { abortSignal: signal }));
  };
  for await (const { Parameters } of pages(ask)) entries.push(...objects(Parameters));
  return entries;
}

function entryOf(
  entries: readonly ParameterMetadata[],
  { name, bare }: Target,
): ParameterMetadata | undefined {
  return entries.find(({ Name, ARN }) => {
    if (isArn(name) && ARN !== undefined) return ARN === name;
    return Name !== undefined && bareName(Name) === bare;
  });
}

/**
 * The list knows the current version only. An older one, or one by label, is in the history, where a SecureString
 * stays encrypted. The history of the other types shows their values, so it is left alone: their age is unknown.
 */
async function describeVersion(
  connection: Connection,
  entry: ParameterMetadata,
  { name, locator: { params } }: Target,
  signal: AbortSignal,
): Promise<Outcome<SecretMetadata>> {
  const { version, label } = params;
  const isCurrent = label === undefined && (version === undefined || version === String(entry.Version));
  if (isCurrent) return { ok: true, value: { ...versionOf(entry), ...lifeOf(entry) } };
  const { expiresAt } = lifeOf(entry);
  const life = expiresAt && { expiresAt };
  if (entry.Type !== 'SecureString') return { ok: true, value: { ...(version && { version }), ...life } };
  const found = await findVersion(
    connection,
    name,
    ({ Version, Labels = [] }) =>
      label === undefined ? String(Version) === version : Labels.includes(label),
    signal,
  );
  if (found) return { ok: true, value: { ...versionOf(found), ...life } };
  const missing = label === undefined ? `version ${version}` : `label ${label}`;
  return { ok: false, code: 'NotFound', message: `the parameter has no ${missing}` };
}

/** API_GetParameterHistory.html, page by page. */
async function findVersion(
  { sdk, request }: Connection,
  Name: string,
  matches: (entry: ParameterHistory) => boolean,
  signal: AbortSignal,
): Promise<ParameterHistory | undefined> {
  const ask = (token: PageToken) => {
    const command = new sdk.GetParameterHistoryCommand({
      Name,
      WithDecryption: false,
      MaxResults: 50,
      ...token,
    });
    return request((client) => client.send(command, { abortSignal: signal }));
  };
  for await (const { Parameters } of pages(ask)) {
    const found = objects(Parameters).find(matches);
    if (found) return found;
  }
  return undefined;
}

/** A version's modification date is its creation: versions do not change. */
function versionOf({ Version, LastModifiedDate }: ParameterMetadata | ParameterHistory): SecretMetadata {
  return {
    ...(Version !== undefined && { version: String(Version) }),
    ...(LastModifiedDate !== undefined && { createdAt: LastModifiedDate }),
  };
}
