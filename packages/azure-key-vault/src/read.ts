import type { SecretProperties } from '@azure/keyvault-secrets';
import type { CallOptions, Fetched, FetchOptions, Outcome, SecretMetadata } from '@keyturn/core';
import { classify, KeyVaultFault, NO_VAULT } from './classify.ts';
import type { SecretReader } from './connection.ts';

/** What to read: a name with its prefix, and a version, where not the current one. */
export interface Target {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * Reads one secret, by https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret. A secret out of its
 * time is served all the same, so a warning says so:
 * https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations
 */
export async function readSecret(
  client: SecretReader,
  { name, version }: Target,
  options: FetchOptions,
): Promise<Outcome<Fetched>> {
  const asked = client.getSecret(name, {
    ...(version !== undefined && { version }),
    ...callOptions(options),
  });
  const secret = await answerOf(asked).catch(ifNotFound);
  if (secret === undefined) return await missing(client, name, options);
  const { value, properties } = secret;
  if (typeof value !== 'string') throw new KeyVaultFault(NO_VAULT);
  const warning = timeWarning(name, properties);
  if (warning !== undefined) options.warn(warning);
  return { ok: true, value: { value, metadata: metadataOf(properties) } };
}

/** What every call of the SDK takes: the signal, and who is told the store's time. */
export function callOptions({ signal, clock }: CallOptions) {
  return {
    abortSignal: signal,
    onResponse: ({ headers }: { readonly headers: { get(name: string): string | undefined } }) =>
      clock?.(new Date(headers.get('date') ?? '')),
  };
}

/** The SDK's words for an identifier that is none, and for a next page that is elsewhere, where it sends no token. */
const TRIPPED =
  /^(Invalid .*identifier|Invalid collection|The challenge origin |The request URL must use HTTPS)/;

/** What the API answered. The SDK trips over a body that is not what the API promises. */
export async function answerOf<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const tripped = error instanceof TypeError || (error instanceof Error && TRIPPED.test(error.message));
    throw tripped ? new KeyVaultFault(NO_VAULT) : error;
  }
}

/** Nothing for a 404; rejects with any other error. */
export function ifNotFound(error: unknown): undefined {
  if (classify(error)?.code !== 'NotFound') throw error;
}

/**
 * Why there is no such secret: whether it is soft-deleted takes one more call, under the same permissions
 * (https://learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret/get-deleted-secret). Where that fails, the
 * 404 stands.
 */
export async function missing(
  client: SecretReader,
  name: string,
  options: CallOptions,
): Promise<Outcome<never>> {
  const deleted = await client.getDeletedSecret(name, callOptions(options)).catch(() => undefined);
  if (deleted === undefined) {
    return { ok: false, code: 'NotFound', message: 'the vault has no such secret or version' };
  }
  const until = dateOf(deleted.scheduledPurgeDate);
  const message = `the secret is deleted, and can be recovered${until ? ` until ${until.toISOString()}` : ''}`;
  return { ok: false, code: 'Disabled', message };
}

export function metadataOf({ version, createdOn, expiresOn, tags }: SecretProperties): SecretMetadata {
  const createdAt = dateOf(createdOn);
  const expiresAt = dateOf(expiresOn);
  return {
    ...(version !== undefined && { version }),
    ...(createdAt && { createdAt }),
    ...(expiresAt && { expiresAt }),
    tags: { ...tags },
  };
}

/** A date of the SDK's. Where the JSON has `null` or nonsense, so has the SDK, whatever its types say. */
export function dateOf(date: Date | undefined): Date | undefined {
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : undefined;
}

function timeWarning(name: string, properties: SecretProperties): string | undefined {
  const now = new Date();
  const expires = dateOf(properties.expiresOn);
  const begins = dateOf(properties.notBefore);
  if (expires && expires <= now) {
    return `the secret "${name}" expired on ${expires.toISOString()}: Azure still serves it, but it should be renewed`;
  }
  if (begins && begins > now) {
    return `the secret "${name}" is not valid before ${begins.toISOString()}: Azure serves it already`;
  }
  return undefined;
}
