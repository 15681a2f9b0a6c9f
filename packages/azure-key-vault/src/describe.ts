import type { SecretProperties } from '@azure/keyvault-secrets';
import type { CallOptions, Outcome, SecretMetadata } from '@keyturn/core';
import type { SecretReader } from './connection.ts';
import { answerOf, callOptions, dateOf, ifNotFound, metadataOf, missing, type Target } from './read.ts';

/**
 * Describes one secret without reading a value, by
 * https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret-versions/get-secret-versions, which takes the
 * permission `list`.
 */
export async function describeSecret(
  client: SecretReader,
  { name, version }: Target,
  options: CallOptions,
): Promise<Outcome<SecretMetadata>> {
  const versions = (await answerOf(list(client, name, options)).catch(ifNotFound)) ?? [];
  if (versions.length === 0) return await missing(client, name, options);
  const meant = version === undefined ? newest(versions) : versions.filter((one) => one.version === version);
  const [first] = meant;
  if (first === undefined) return { ok: false, code: 'NotFound', message: 'the secret has no such version' };
  if (meant.every(({ enabled }) => enabled === false)) {
    return { ok: false, code: 'Disabled', message: 'this version is disabled' };
  }
  const { version: id, ...metadata } = metadataOf(first);
  return { ok: true, value: { ...(meant.length === 1 && id !== undefined && { version: id }), ...metadata } };
}

async function list(client: SecretReader, name: string, options: CallOptions): Promise<SecretProperties[]> {
  const versions: SecretProperties[] = [];
  for await (const properties of client.listPropertiesOfSecretVersions(name, callOptions(options))) {
    versions.push(properties);
  }
  return versions;
}

/**
 * The current version is the newest, enabled or not, and the list is in no order of time. Creation is told in whole
 * seconds: of versions that share the last one, nothing says which is current.
 */
function newest(versions: readonly SecretProperties[]): SecretProperties[] {
  const time = ({ createdOn }: SecretProperties) => dateOf(createdOn)?.getTime() ?? 0;
  const last = Math.max(...versions.map(time));
  return versions.filter((version) => time(version) === last);
}
