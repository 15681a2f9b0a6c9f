import type { protos } from '@google-cloud/secret-manager';
import type { Outcome, SecretMetadata } from '@keyturn/core';
import { versionOf } from './read.ts';

type Version = protos.google.cloud.secretmanager.v1.ISecretVersion;
type Secret = protos.google.cloud.secretmanager.v1.ISecret;

/**
 * What GetSecretVersion and GetSecret say. A version's creation is that of its value, since versions do not change;
 * `nextRotationTime` is when Google next says that it is time to rotate, `expireTime` when it deletes the secret.
 */
export function toMetadata(
  version: Version,
  { rotation, expireTime, labels }: Secret,
): Outcome<SecretMetadata> {
  if (version.state !== 'ENABLED') {
    return { ok: false, code: 'Disabled', message: 'the version is disabled or destroyed' };
  }
  const createdAt = toDate(version.createTime);
  const rotatesAt = toDate(rotation?.nextRotationTime);
  const expiresAt = toDate(expireTime);
  return {
    ok: true,
    value: {
      ...versionOf(version.name),
      ...(createdAt && { createdAt }),
      ...(rotatesAt && { rotatesAt }),
      ...(expiresAt && { expiresAt }),
      tags: { ...labels },
    },
  };
}

/** google.protobuf.Timestamp, whose int64 the SDK gives as text. */
function toDate(time: protos.google.protobuf.ITimestamp | null | undefined): Date | undefined {
  if (!time) return undefined;
  return new Date(Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6));
}
