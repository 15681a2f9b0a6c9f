import type { Checked, Locator } from '@keyturn/core';

/** What of the options decides on paths. */
export interface PathRules {
  readonly prefix: string;
  /** Such as `team/kv`, without slashes around it. */
  readonly mount?: string | undefined;
}

/** The path in Vault of a path that went through `checkLocator`: prefix and path, joined as they are. */
export function fullPath(prefix: string, path: string): string {
  return `${withoutLeadingSlash(prefix)}${path}`;
}

/** A path encoded segment by segment, so that `#`, `?`, `%`, blanks and unicode are what they say. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/**
 * Vault's rules for names: `<mount>/<path>` on one slash each. An empty segment, `.` and `..` would be folded by
 * its router (it redirects), a trailing slash names a folder, and control characters are refused with a bare 400.
 */
export function checkLocator({ path, params }: Locator, { prefix, mount }: PathRules): Checked {
  const canonical = withoutLeadingSlash(path);
  const full = fullPath(prefix, canonical);
  const problem = pathProblem(full, mount) ?? versionProblem(params.version);
  return problem === undefined ? { locator: { path: canonical, params } } : { problem };
}

function pathProblem(path: string, mount: string | undefined): string | undefined {
  const segments = path.split('/');
  if (/\p{Surrogate}/u.test(path)) return 'the path holds half a surrogate pair, which is no Unicode text';
  if (/\p{Cc}/u.test(path)) return 'the path holds a control character, which Vault refuses';
  if (path.endsWith('/')) return 'the path ends in a slash, which names a folder: name one secret in it';
  if (segments.includes('')) return 'the path has an empty segment: write one slash between segments';
  if (segments.includes('.') || segments.includes('..')) return 'the path has a segment "." or ".."';
  if (mount !== undefined && !path.startsWith(`${mount}/`)) {
    return `the path does not begin with the mount: write "${mount}/<path>", as the option \`mount\` says`;
  }
  if (segments.length < 2) return 'the path names no secret: write "<mount>/<path>", such as "secret/app"';
  return undefined;
}

function versionProblem(version: string | undefined): string | undefined {
  return version === undefined || /^[1-9]\d{0,17}$/.test(version)
    ? undefined
    : 'the version is no whole number from 1 on: leave ?version= out for the latest';
}

function withoutLeadingSlash(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}
