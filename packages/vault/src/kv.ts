import { type Fetched, type Locator, type Outcome, parseDate, type SecretMetadata } from '@keyturn/core';
import { brokenAnswer, goneText, parseTime } from './answers.ts';
import { faultOf, isRecord, VaultFault } from './fault.ts';
import type { Mount, Read } from './mounts.ts';
import { encodePath } from './paths.ts';

/** One secret, on the mount that it lives on. */
export interface Place {
  readonly mount: Mount;
  /** What follows the mount. */
  readonly path: string;
  readonly version: string | undefined;
  /** The key of `custom_metadata` that dates the current value. */
  readonly rotatedAtKey: string | undefined;
}

export function placeOf(
  fullPath: string,
  mount: Mount,
  { params }: Locator,
  rotatedAtKey: string | undefined,
): Place {
  return { mount, path: fullPath.slice(mount.path.length), version: params.version, rotatedAtKey };
}

/** `GET <mount>/data/<path>` (api-docs/secret/kv/kv-v2#read-secret-version), or `GET <mount>/<path>` (kv-v1). */
export async function readValue(place: Place, read: Read, signal: AbortSignal): Promise<Outcome<Fetched>> {
  const { mount, path, version } = place;
  if (mount.version === 1) {
    if (version !== undefined) return unversioned(mount);
    const { data } = answerData(await read(encodePath(`${mount.path}${path}`), signal));
    return { ok: true, value: { value: data } };
  }
  const query = version === undefined ? '' : `?version=${version}`;
  const { data } = answerData(await read(`${encodePath(`${mount.path}data/${path}`)}${query}`, signal));
  if (!isRecord(data.data) || !isRecord(data.metadata)) throw brokenAnswer();
  return {
    ok: true,
    value: {
      value: data.data,
      metadata: toMetadata(data.metadata, data.metadata.version, place, data.metadata.custom_metadata),
    },
  };
}

/**
 * `GET <mount>/metadata/<path>` (api-docs/secret/kv/kv-v2#read-secret-metadata), which shows no value and needs a policy
 * of its own. KV version 1 keeps no metadata: the answer is `{}`, without a call.
 */
export async function readMetadata(
  place: Place,
  read: Read,
  signal: AbortSignal,
): Promise<Outcome<SecretMetadata>> {
  const { mount, path } = place;
  if (mount.version === 1) {
    return place.version === undefined ? { ok: true, value: {} } : unversioned(mount);
  }
  const { data } = answerData(await read(encodePath(`${mount.path}metadata/${path}`), signal));
  if (!isRecord(data.versions)) throw brokenAnswer();
  const version = place.version ?? String(data.current_version);
  const metadata = data.versions[version];
  if (!isRecord(metadata)) throw faultOf('NotFound', 'nothing lives at this path');
  const gone = goneText(metadata, Date.now());
  if (gone !== undefined) throw faultOf('Disabled', gone);
  return { ok: true, value: toMetadata(metadata, version, place, data.custom_metadata) };
}

/** What a fault says of this one secret; rethrows what is wrong with more than that. */
export function outcomeOf(error: unknown, place: Place | undefined): Outcome<never> {
  if (!(error instanceof VaultFault)) throw error;
  const { code, message = '' } = error.fault;
  if (code === 'NotFound' && place !== undefined) return { ok: false, code, message: missingText(place) };
  if (code !== 'Disabled' && code !== 'AccessDenied' && code !== 'InvalidReference') throw error;
  return { ok: false, code, message };
}

function missingText({ mount, path, version }: Place): string {
  const missing = `nothing lives at "${mount.path}${path}"${version === undefined ? '' : ` in version ${version}`}`;
  const pasted = mount.version === 2 ? /^(data|metadata)\//.exec(path)?.[1] : undefined;
  return pasted === undefined
    ? missing
    : `${missing}: leave "${pasted}/" out, it belongs to the API and is put in by itself`;
}

function unversioned(mount: Mount): Outcome<never> {
  return {
    ok: false,
    code: 'InvalidReference',
    message: `the mount "${mount.path}" is KV version 1, which keeps no versions: leave ?version= out`,
  };
}

function answerData(body: unknown): { readonly data: Readonly<Record<string, unknown>> } {
  if (!isRecord(body) || !isRecord(body.data)) throw brokenAnswer();
  return { data: body.data };
}

function toMetadata(
  metadata: Readonly<Record<string, unknown>>,
  version: unknown,
  place: Place,
  custom: unknown,
): SecretMetadata {
  const createdAt = createdAtOf(metadata, place, custom);
  const expiresAt = parseTime(metadata.deletion_time);
  return {
    ...(version !== undefined && { version: String(version) }),
    ...(createdAt && { createdAt }),
    ...(expiresAt && { expiresAt }),
    ...(custom !== undefined && { tags: tagsOf(custom) }),
  };
}

/** The API has `null` for none, and Vault before 1.9 nothing at all, which says nothing. */
function tagsOf(custom: unknown): Readonly<Record<string, string>> {
  const entries = isRecord(custom) ? Object.entries(custom) : [];
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

/** What was written down by hand comes first, and where it cannot be read, nothing is known. It is of no older version. */
function createdAtOf(
  { created_time }: Readonly<Record<string, unknown>>,
  { rotatedAtKey: key, version }: Place,
  custom: unknown,
): Date | undefined {
  if (key === undefined || version !== undefined || !isRecord(custom) || !Object.hasOwn(custom, key)) {
    return parseTime(created_time);
  }
  return parseDate(custom[key]);
}
