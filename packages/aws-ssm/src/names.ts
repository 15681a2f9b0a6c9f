import { isArn } from '@keyturn/aws';
import type { Checked, Locator } from '@keyturn/core';

/** The longest name that can be created, its ARN included (API_PutParameter.html). */
const LONGEST = 1011;
const MOST_LEVELS = 15;

/** AWS's own parameters, and secrets of Secrets Manager by their names: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html */
const SECRETS = '/aws/reference/secretsmanager/';
const ARN = /^arn:[a-z-]+:ssm:([a-z0-9-]+):\d{12}:parameter(\/.+)$/;

/** The region that an ARN lies in. */
export function regionOf(arn: string): string | undefined {
  return ARN.exec(arn)?.[1];
}

/** The store's own name for a path: an ARN stands for itself, everything else gets the prefix. */
export function fullName(path: string, prefix: string): string {
  return isArn(path) ? path : canonical(prefix + path);
}

/**
 * One spelling for one parameter, with neither version nor label: `/a` and `a` are the same one, and an ARN ends
 * with the name.
 */
export function bareName(nameOrArn: string): string {
  const name = isArn(nameOrArn)
    ? nameOrArn
        .split(':')
        .slice(5)
        .join(':')
        .replace(/^parameter/, '')
    : nameOrArn;
  return canonical(name.replace(/:[^:/]*$/, ''));
}

function canonical(name: string): string {
  return name.lastIndexOf('/') === 0 ? name.slice(1) : name;
}

/** The provider's `check`: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
export function checkName({ path, params }: Locator, prefix: string): Checked {
  const problem = (isArn(path) ? arnProblem(path) : nameProblem(prefix + path)) ?? paramsProblem(params);
  if (problem !== undefined) return { problem };
  return { locator: { path: prefix === '' ? fullName(path, '') : path, params } };
}

function arnProblem(arn: string): string | undefined {
  const name = ARN.exec(arn)?.[2];
  if (name === undefined) {
    return 'it is not the ARN of a parameter, such as "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db"';
  }
  return nameProblem(name);
}

function nameProblem(name: string): string | undefined {
  if (name.length > LONGEST) return `a parameter's name has at most ${LONGEST} characters, its ARN included`;
  if (name.startsWith(SECRETS)) return undefined;
  const tail = /:([^:/]*)$/.exec(name)?.[1];
  if (tail !== undefined) return tailProblem(tail);
  if (!/^[\w./-]*$/.test(name)) {
    return 'a parameter\'s name has only letters, digits, ".", "-", "_", and "/" between levels';
  }
  const levels = name.replace(/^\//, '').split('/');
  if (levels.includes(''))
    return 'a parameter\'s name has no empty level: it holds no "//" and does not end with "/"';
  if (levels.length > 1 && !name.startsWith('/')) {
    return 'a parameter\'s name that has levels begins with "/": begin the path, or the provider\'s prefix, with it';
  }
  if (levels.length > MOST_LEVELS) return `a parameter's name has at most ${MOST_LEVELS} levels`;
  const reserved = /^\/?(aws|ssm)/i.exec(name)?.[1];
  if (reserved !== undefined && !name.startsWith('/aws/')) {
    return `no parameter's name begins with "${reserved}", except AWS's own under "/aws/"`;
  }
  return undefined;
}

/** `name:3` and `name:label` are Parameter Store's own spelling of what a reference says by parameters. */
function tailProblem(tail: string): string {
  if (/^\d+$/.test(tail)) return `a version is a parameter: write "?version=${tail}" instead of ":${tail}"`;
  if (/^[\w.-]+$/.test(tail)) return `a label is a parameter: write "?label=${tail}" instead of ":${tail}"`;
  return 'a parameter\'s name holds no ":": write "?version=" or "?label=" after it';
}

/** API_LabelParameterVersion.html. A label never begins with a digit, so it cannot be taken for a version. */
function paramsProblem({ version, label }: Locator['params']): string | undefined {
  if (version !== undefined && label !== undefined)
    return 'a parameter is read by a version or a label, not both';
  if (version !== undefined && !/^[1-9]\d{0,17}$/.test(version)) return 'a version is a number from 1';
  if (label !== undefined && (!/^[A-Za-z_.-][\w.-]{0,99}$/.test(label) || /^(aws|ssm)/i.test(label))) {
    return 'a label has 1 to 100 letters, digits, ".", "-" or "_", and begins with neither a digit nor "aws" nor "ssm"';
  }
  return undefined;
}
