import { fail, type GcpCall, type Reply, type Script } from './gcp-grpc.ts';

/** A store of secrets by full name, such as `projects/app/secrets/db`. */
export type GcpStore = Readonly<Record<string, GcpSecret>>;

export interface GcpSecret {
  /** In the order of their numbers, from 1. */
  readonly versions: readonly GcpVersion[];
  readonly aliases?: Readonly<Record<string, number>>;
  readonly nextRotationTime?: Date;
  readonly expireTime?: Date;
  readonly labels?: Readonly<Record<string, string>>;
}

interface GcpVersion {
  readonly value: string | Uint8Array;
  readonly state?: 'ENABLED' | 'DISABLED' | 'DESTROYED';
  readonly createTime?: Date;
  /** Changes the payload after its checksum was taken. */
  readonly damaged?: true;
}

/** Google answers with the project's number, whatever the request names it by. */
const PROJECT_NUMBER = '123456789012';

/**
 * Secret Manager's answers, which follow
 * https://docs.cloud.google.com/secret-manager/docs/reference/rpc/google.cloud.secretmanager.v1 and the comments in
 * the proto that the vendor's package ships. The texts are those that https://github.com/googleapis issues quote.
 */
export function secretManager(store: GcpStore): Script {
  return (call) => (call.method === 'GetSecret' ? getSecret(store, call) : versionCall(store, call));
}

const SECRET = /^projects\/[^/]+\/(?:locations\/[^/]+\/)?secrets\/[\w-]{1,255}$/;
const VERSION = /^(.+)\/versions\/([^/]+)$/;

/** #google.cloud.secretmanager.v1.Secret */
function getSecret(store: GcpStore, { name }: GcpCall): Reply {
  if (!SECRET.test(name)) return fail('INVALID_ARGUMENT', 'The provided Secret name is malformed.');
  const secret = store[name];
  if (secret === undefined) return fail('NOT_FOUND', `Secret [${numbered(name)}] not found.`);
  const { aliases = {}, nextRotationTime, expireTime, labels = {} } = secret;
  return {
    message: {
      name: numbered(name),
      replication: { automatic: {} },
      createTime: timestamp(new Date(0)),
      versionAliases: aliases,
      labels,
      etag: '"15e01a0bc2a9c0"',
      ...(nextRotationTime && { rotation: { nextRotationTime: timestamp(nextRotationTime) } }),
      ...(expireTime && { expireTime: timestamp(expireTime) }),
    },
  };
}

function versionCall(store: GcpStore, { method, name }: GcpCall): Reply {
  const [, path = '', selector = ''] = VERSION.exec(name) ?? [];
  if (!SECRET.test(path)) return fail('INVALID_ARGUMENT', 'The provided Secret Version name is malformed.');
  const secret = store[path];
  if (secret === undefined || secret.versions.length === 0) {
    return fail('NOT_FOUND', `Secret [${numbered(path)}] not found or has no versions.`);
  }
  const number = numberOf(secret, selector);
  const version = number === undefined ? undefined : secret.versions[number - 1];
  const fullName = `${numbered(path)}/versions/${number ?? selector}`;
  if (version === undefined) return fail('NOT_FOUND', `Secret Version [${fullName}] not found.`);
  return method === 'GetSecretVersion' ? getVersion(fullName, version) : access(fullName, version);
}

/** `latest` is the version created last, in whatever state it is. */
function numberOf({ versions, aliases = {} }: GcpSecret, selector: string): number | undefined {
  if (selector === 'latest') return versions.length;
  return /^\d+$/.test(selector) ? Number(selector) : aliases[selector];
}

/** #google.cloud.secretmanager.v1.SecretVersion */
function getVersion(name: string, { state = 'ENABLED', createTime = new Date(0) }: GcpVersion): Reply {
  return {
    message: {
      name,
      createTime: timestamp(createTime),
      ...(state === 'DESTROYED' && { destroyTime: timestamp(createTime) }),
      state,
      replicationStatus: { automatic: {} },
      etag: '"15e01a0bc2a9c1"',
    },
  };
}

/**
 * #google.cloud.secretmanager.v1.AccessSecretVersionResponse; that a version which is not enabled is
 * FAILED_PRECONDITION: https://docs.cloud.google.com/secret-manager/docs/disable-secret-version
 */
function access(name: string, { value, state = 'ENABLED', damaged }: GcpVersion): Reply {
  if (state !== 'ENABLED') {
    return fail('FAILED_PRECONDITION', `Secret Version [${name}] is in ${state} state.`);
  }
  const data = Buffer.from(value);
  const dataCrc32c = castagnoli(data);
  if (damaged) data[0] = (data[0] ?? 0) ^ 1;
  return { message: { name, payload: { data, dataCrc32c } } };
}

function numbered(name: string): string {
  return name.replace(/^projects\/[^/]+/, `projects/${PROJECT_NUMBER}`);
}

/** google.protobuf.Timestamp */
function timestamp(date: Date) {
  const milliseconds = date.getTime();
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1e6 };
}

/** https://docs.cloud.google.com/secret-manager/docs/data-integrity, bit by bit. */
function castagnoli(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
