import { isArn } from '@keyturn/aws';
import type { Checked, Locator } from '@keyturn/core';

/** What GetSecretValue reads where nothing is chosen. */
export const CURRENT = 'AWSCURRENT';

const ARN = /^arn:[a-z-]+:secretsmanager:([a-z0-9-]+):\d{12}:secret:([^:]+)$/;
const ARN_START = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+:(.*)$/;

/** The region that an ARN lies in. */
export function regionOf(arn: string): string | undefined {
  return ARN.exec(arn)?.[1];
}

/** True when an id names the secret: by its name, its ARN, or its ARN without the six random characters. */
export function names(
  id: string,
  { Name, ARN }: { Name?: string | undefined; ARN?: string | undefined },
): boolean {
  if (id === Name || id === ARN) return true;
  return ARN !== undefined && isArn(id) && ARN.startsWith(`${id}-`) && ARN.length === id.length + 7;
}

/**
 * The provider's `check`. Batches carry current values only, so whatever has a version or a stage travels alone.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export function checkName({ path, params }: Locator, prefix: string): Checked {
  const problem = (isArn(path) ? arnProblem(path) : nameProblem(prefix + path)) ?? paramsProblem(params);
  if (problem !== undefined) return { problem };
  const { stage, ...others } = params;
  if (stage === CURRENT) return { locator: { path, params: others } };
  return { locator: { path, params }, ...(Object.keys(params).length > 0 && { alone: true }) };
}

function arnProblem(arn: string): string | undefined {
  const tail = ARN_START.exec(arn)?.[1];
  if (tail !== undefined) return tailProblem(tail);
  const name = ARN.exec(arn)?.[2];
  if (name !== undefined) return nameProblem(name);
  return 'it is not the ARN of a secret, such as "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-a1B2c3"';
}

function nameProblem(name: string): string | undefined {
  const colon = name.indexOf(':');
  if (colon > 0) return tailProblem(name.slice(colon + 1));
  if (name.length > 512) return "a secret's name has at most 512 characters";
  // "!" is in the names of secrets that other AWS services manage, such as rds!db-….
  if (/^[\w/+=.@!-]+$/.test(name)) return undefined;
  return 'a secret\'s name has only letters, digits, "/", "_", "+", "=", ".", "@", "!" and "-"';
}

/** `:key:stage:version`, as task definitions of ECS have it. */
function tailProblem(tail: string): string {
  const [key, stage, version] = tail.split(':');
  const params = [...(stage ? [`stage=${stage}`] : []), ...(version ? [`version=${version}`] : [])];
  const instead = `${params.length > 0 ? '?' : ''}${params.join('&')}${key ? `#${key}` : ''}`;
  const hint = instead === '' ? 'leave it out' : `write "${instead}" instead`;
  return `":${tail}" is not part of a secret's name: ${hint}`;
}

/** API_GetSecretValue.html */
function paramsProblem({ version, stage }: Locator['params']): string | undefined {
  if (version !== undefined && stage !== undefined)
    return 'a secret is read by a version or a stage, not both';
  if (version !== undefined && (version.length < 32 || version.length > 64)) {
    return 'a version is an id of 32 to 64 characters, such as a UUID; for AWSPREVIOUS and the like, write "?stage="';
  }
  if (stage !== undefined && (stage === '' || stage.length > 256)) return 'a stage has 1 to 256 characters';
  return undefined;
}
