import type { Checked, Locator } from '@keyturn/core';

/** https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets#Secret, and `projects.locations.secrets`. */
const FULL = /^projects\/([^/]+)\/(?:locations\/([^/]+)\/)?secrets\/([^/]+)$/;

/** The store's own spelling of what a reference says by a parameter. */
const TAIL = /\/versions\/([^/]*)$/;

export interface FullName {
  readonly project: string;
  readonly location: string | undefined;
}

/** True for `projects/P/secrets/S` and its like, which neither `prefix` nor `project` applies to. */
export function isFull(path: string): boolean {
  return path.startsWith('projects/');
}

/** The parts of a full name that say where the secret lives; undefined when it is not one. */
export function partsOf(name: string): FullName | undefined {
  const [, project, location] = FULL.exec(name) ?? [];
  return project === undefined ? undefined : { project, location };
}

/** The ID of a project (before 2016 also with a domain, `example.com:app`), or its number. */
export function isProject(text: string): boolean {
  return /^[a-z0-9][a-z0-9.:-]*$/i.test(text);
}

/** Such as `europe-west1`. It becomes part of a host name, so nothing else may pass. */
export function isLocation(text: string): boolean {
  return /^[a-z0-9-]+$/.test(text);
}

/** The provider's `check`: the name rules of Secret Manager. `latest` is what no version means. */
export function checkName({ path, params }: Locator, prefix: string): Checked {
  const problem = (isFull(path) ? fullProblem(path) : idProblem(prefix + path)) ?? versionProblem(params);
  if (problem !== undefined) return { problem };
  return { locator: { path, params: params.version === 'latest' ? {} : params } };
}

function fullProblem(path: string): string | undefined {
  const tail = tailProblem(path);
  if (tail !== undefined) return tail;
  const [, project, location, id] = FULL.exec(path) ?? [];
  if (project === undefined || id === undefined) {
    return 'it is not the full name of a secret, such as "projects/my-project/secrets/db" or "projects/my-project/locations/europe-west1/secrets/db"';
  }
  if (!isProject(project)) return 'the project in the name is neither the ID of a project nor its number';
  if (location !== undefined && !isLocation(location)) {
    return 'the location in the name is not one, such as "europe-west1"';
  }
  return idProblem(id);
}

/** https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create, `secretId`. */
function idProblem(id: string): string | undefined {
  const tail = tailProblem(id);
  if (tail !== undefined) return tail;
  if (/^[\w-]{1,255}$/.test(id)) return undefined;
  return 'a secret\'s name has 1 to 255 letters, digits, "-" and "_"; a full name begins with "projects/"';
}

function tailProblem(path: string): string | undefined {
  const version = TAIL.exec(path)?.[1];
  if (version === undefined) return undefined;
  return `a version is a parameter: write "?version=${version}" instead of "/versions/${version}"`;
}

/** https://docs.cloud.google.com/secret-manager/docs/assign-alias-to-secret-version */
function versionProblem({ version }: Locator['params']): string | undefined {
  if (version === undefined || /^[1-9]\d{0,17}$/.test(version)) return undefined;
  if (/^[A-Za-z][\w-]{0,62}$/.test(version) && version !== 'NEW') return undefined;
  return 'a version is a number from 1, "latest", or an alias: a letter, then at most 62 letters, digits, "-" or "_"';
}
