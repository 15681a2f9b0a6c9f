import { type AwsRequest, fault, ok, type Script } from './aws-json.ts';

const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';

/** What Parameter Store keeps of one version. */
interface StoredParameter {
  readonly value: string;
  readonly type?: 'String' | 'StringList' | 'SecureString';
  readonly version?: number;
  readonly labels?: readonly string[];
  /** Epoch seconds. */
  readonly modified?: number;
}

export interface ParameterStore {
  /** By name, with or without the first slash of a name without levels; the last version is the current one. */
  readonly parameters: Readonly<Record<string, readonly StoredParameter[]>>;
  /** Names whose reading IAM denies. */
  readonly denied?: readonly string[];
}

/**
 * GetParameters as its page has it: sorted by name, what is missing in `InvalidParameters`, one denied name fails
 * the call. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export function parameterStore({ parameters, denied = [] }: ParameterStore): Script {
  return ({ action, input }: AwsRequest) => {
    if (action !== 'GetParameters') return undefined;
    const asked = input.Names ?? [];
    if (asked.length > 10)
      return fault('ValidationException', { message: 'Member must have length less than or equal to 10' });
    const forbidden = asked.find((name) => denied.includes(bare(name)));
    if (forbidden !== undefined) {
      const message = `User: arn:aws:iam::123456789012:user/app is not authorized to perform: ssm:GetParameters on resource: ${ARN}/${bare(forbidden)}`;
      return fault('AccessDeniedException', { message });
    }
    const found = asked.flatMap((name) => answerFor(name, parameters[bare(name)] ?? []));
    return ok({
      Parameters: found.sort((a, b) => (a.Name < b.Name ? -1 : 1)),
      InvalidParameters: asked.filter((name) => answerFor(name, parameters[bare(name)] ?? []).length === 0),
    });
  };
}

/** A parameter's name alone, as the keys of `parameters` are written. */
function bare(name: string): string {
  const path = name.replace(/^arn:.*:parameter/, '').replace(/:[^/]*$/, '');
  return path.lastIndexOf('/') === 0 ? path.slice(1) : path;
}

/** `Selector` begins with the colon: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html */
function answerFor(asked: string, versions: readonly StoredParameter[]) {
  const selector = /:([^:/]+)$/.exec(asked.replace(/^arn:.*:parameter/, ''))?.[1];
  const wanted = versions.findLast(
    ({ version = 1, labels = [] }) =>
      selector === undefined || selector === String(version) || labels.includes(selector),
  );
  if (wanted === undefined) return [];
  const { value, type = 'SecureString', version = 1, modified = 1_700_000_000 } = wanted;
  const name = bare(asked);
  return [
    {
      Name: name,
      Type: type,
      Value: value,
      Version: version,
      LastModifiedDate: modified,
      ARN: `${ARN}${name.startsWith('/') ? '' : '/'}${name}`,
      DataType: 'text',
      ...(selector !== undefined && { Selector: `:${selector}` }),
    },
  ];
}
