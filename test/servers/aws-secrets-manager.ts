import { type AwsRequest, fault, ok, type Reply, type Script } from './aws-json.ts';

/** What Secrets Manager keeps of one secret: a value, or why there is none. */
interface StoredSecret {
  readonly value?: string;
  readonly binary?: Uint8Array;
  /** The error that reading this one secret gives, in a batch's `Errors` too. */
  readonly error?: { readonly name: string; readonly message?: string };
  /** Epoch seconds. */
  readonly created?: number;
}

export interface SecretStore {
  readonly secrets: Readonly<Record<string, StoredSecret>>;
}

/** A secret's ARN here: its six random characters are always the same. */
export function arnOf(name: string): string {
  return `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-a1B2c3`;
}

/**
 * GetSecretValue and BatchGetSecretValue as their pages have them: names, ARNs, and ARNs without the random
 * characters; in a batch, each refused secret in `Errors`.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
 */
export function secretStore({ secrets }: SecretStore): Script {
  return ({ action, input }: AwsRequest) => {
    if (action === 'GetSecretValue') return getOne(secrets, input.SecretId ?? '');
    if (action === 'BatchGetSecretValue') return getMany(secrets, input.SecretIdList ?? []);
    return undefined;
  };
}

function getOne(secrets: SecretStore['secrets'], id: string): Reply {
  const entry = lookUp(secrets, id);
  if ('name' in entry) return fault(entry.name, { message: entry.message ?? '' });
  return ok(entry.answer);
}

function getMany(secrets: SecretStore['secrets'], ids: readonly string[]): Reply {
  if (ids.length > 20)
    return fault('ValidationException', { message: 'Member must have length less than or equal to 20' });
  const entries = ids.map((id) => ({ id, entry: lookUp(secrets, id) }));
  return ok({
    SecretValues: entries.flatMap(({ entry }) => ('answer' in entry ? [entry.answer] : [])),
    Errors: entries.flatMap(({ id, entry }) =>
      'name' in entry ? [{ SecretId: id, ErrorCode: entry.name, Message: entry.message ?? '' }] : [],
    ),
  });
}

function lookUp(secrets: SecretStore['secrets'], id: string) {
  const [name, secret] =
    Object.entries(secrets).find(([key]) => [key, arnOf(key), arnOf(key).slice(0, -7)].includes(id)) ?? [];
  if (name === undefined || secret === undefined) {
    return { name: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." };
  }
  if (secret.error) return secret.error;
  return {
    answer: {
      ARN: arnOf(name),
      Name: name,
      VersionId: `version-of-${name}`.padEnd(32, '0'),
      VersionStages: ['AWSCURRENT'],
      CreatedDate: secret.created ?? 1_700_000_000,
      ...(secret.binary
        ? { SecretBinary: Buffer.from(secret.binary).toString('base64') }
        : { SecretString: secret.value ?? '' }),
    },
  };
}
