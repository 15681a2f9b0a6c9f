import { randomBytes } from 'node:crypto';

/** What a version of a secret can be given beside its value. */
export interface Attributes {
  readonly enabled?: boolean;
  readonly notBefore?: Date;
  readonly expires?: Date;
  /** @default now */
  readonly created?: Date;
  /** When its tags or attributes were last edited. @default `created` */
  readonly updated?: Date;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

interface Version {
  readonly id: string;
  readonly value: string;
  readonly contentType?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly created: number;
}

interface Secret {
  readonly name: string;
  /** In the order of creation. */
  readonly versions: Version[];
  deletedDate?: number;
}

/** A page of versions, and where the next one begins. */
interface Page {
  readonly value: readonly object[];
  readonly next?: number;
}

const NINETY_DAYS = 90 * 86_400;

/** The secrets of one vault, and the JSON that its API has for them. Names are taken without regard to case. */
export interface Secrets {
  /** Adds a version, and gives its id. */
  set(name: string, value: string, attributes?: Attributes): string;
  /** Soft-deletes a secret, with all its versions. */
  remove(name: string): void;
  /** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret */
  find(name: string, version: string): { readonly body: object; readonly enabled: boolean } | undefined;
  /** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret-versions/get-secret-versions */
  list(name: string, start: number, size: number): Page | undefined;
  /** https://learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret/get-deleted-secret */
  deleted(name: string): object | undefined;
}

export function createSecrets(vaultUrl: () => string): Secrets {
  const secrets = new Map<string, Secret>();
  const key = (name: string) => name.toLowerCase();
  const live = (name: string) => {
    const secret = secrets.get(key(name));
    return secret?.deletedDate === undefined ? secret : undefined;
  };
  const idOf = ({ name }: Secret, version: Version) => `${vaultUrl()}/secrets/${name}/${version.id}`;
  const properties = (secret: Secret, version: Version) => ({
    id: idOf(secret, version),
    ...(version.contentType && { contentType: version.contentType }),
    attributes: version.attributes,
    tags: version.tags,
  });
  return {
    set(name, value, attributes = {}) {
      const version = versionOf(value, attributes);
      const secret = live(name) ?? { name, versions: [] };
      secret.versions.push(version);
      secrets.set(key(name), secret);
      return version.id;
    },
    remove(name) {
      const secret = live(name);
      if (secret) secret.deletedDate = seconds(new Date());
    },
    find(name, id) {
      const secret = live(name);
      const version = id === '' ? newest(secret?.versions) : secret?.versions.find((one) => one.id === id);
      if (!secret || !version) return undefined;
      const body = { value: version.value, ...properties(secret, version) };
      return { body, enabled: version.attributes.enabled === true };
    },
    list(name, start, size) {
      const secret = live(name);
      if (!secret) return undefined;
      // Sorted by something, but not by time: https://github.com/Azure/azure-sdk-for-python/issues/35923.
      const sorted = secret.versions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const value = sorted.slice(start, start + size).map((version) => properties(secret, version));
      return { value, ...(start + size < sorted.length && { next: start + size }) };
    },
    deleted(name) {
      const secret = secrets.get(key(name));
      const version = newest(secret?.versions);
      if (!secret?.deletedDate || !version) return undefined;
      return {
        ...properties(secret, version),
        recoveryId: `${vaultUrl()}/deletedsecrets/${secret.name}`,
        deletedDate: secret.deletedDate,
        scheduledPurgeDate: secret.deletedDate + NINETY_DAYS,
      };
    },
  };
}

/** The current version is the one that was created last, enabled or not. */
function newest(versions: readonly Version[] = []): Version | undefined {
  return versions.toSorted((a, b) => a.created - b.created).at(-1);
}

/** https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret/set-secret#secretattributes: whole seconds. */
function versionOf(
  value: string,
  {
    enabled = true,
    created = new Date(),
    updated = created,
    notBefore,
    expires,
    contentType,
    tags = {},
  }: Attributes,
): Version {
  return {
    id: randomBytes(16).toString('hex'),
    value,
    ...(contentType && { contentType }),
    tags,
    created: created.getTime(),
    attributes: {
      enabled,
      ...(notBefore && { nbf: seconds(notBefore) }),
      ...(expires && { exp: seconds(expires) }),
      created: seconds(created),
      updated: seconds(updated),
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
