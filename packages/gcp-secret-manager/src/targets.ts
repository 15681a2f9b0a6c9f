import { ConfigError, type Locator } from '@keyturn/core';
import { isFull, isLocation, isProject, partsOf } from './names.ts';

export interface NamingOptions {
  /** The project of short names, by ID or number. @default GOOGLE_CLOUD_PROJECT, then GCLOUD_PROJECT */
  readonly project?: string | undefined;
  /** The location of short names, such as `europe-west1`: they are regional secrets then. @default none: global secrets */
  readonly location?: string | undefined;
  /** Put before every short name, such as `myapp-prod-`; never before a full name. @default '' */
  readonly prefix?: string | undefined;
}

/** A locator in the store's own terms. */
export interface Target {
  readonly project: string;
  /** Where a regional secret lives, and is read. */
  readonly location: string | undefined;
  /** The resource name of the secret. */
  readonly secret: string;
  /** The resource name of the version. */
  readonly version: string;
}

/** Throws ConfigError for a short name without a project. */
export function targetOf({ path, params }: Locator, options: NamingOptions): Target {
  const secret = isFull(path) ? path : fullName(`${options.prefix ?? ''}${path}`, options);
  const parts = partsOf(secret);
  if (parts === undefined) throw new TypeError('the locator did not pass `check`');
  return { ...parts, secret, version: `${secret}/versions/${params.version ?? 'latest'}` };
}

function fullName(id: string, options: NamingOptions): string {
  const { GOOGLE_CLOUD_PROJECT, GCLOUD_PROJECT } = process.env;
  const project = options.project ?? (GOOGLE_CLOUD_PROJECT || GCLOUD_PROJECT);
  const { location } = options;
  if (project === undefined) {
    const message =
      'no project is set: give the option `project`, set GOOGLE_CLOUD_PROJECT, or write full names (projects/P/secrets/S)';
    throw new ConfigError([{ place: 'project', message }]);
  }
  if (!isProject(project)) {
    const message = 'is neither the ID of a project, such as "my-project", nor its number';
    throw new ConfigError([{ place: 'project', message }]);
  }
  if (location !== undefined && !isLocation(location)) {
    throw new ConfigError([{ place: 'location', message: 'is not a location, such as "europe-west1"' }]);
  }
  return `projects/${project}/${location === undefined ? '' : `locations/${location}/`}secrets/${id}`;
}
