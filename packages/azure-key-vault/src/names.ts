import type { Checked, Locator } from '@keyturn/core';

/** https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers */
const LONGEST = 127;
const NAME = /^[0-9A-Za-z-]*$/;
const VERSION = /^[0-9a-f]{32}$/i;
const RULE = 'a secret\'s name has only letters, digits and "-"';

/** The provider's `check`. Names and versions are the same in upper and lower case, so the canonical form is lower. */
export function checkName({ path, params }: Locator, prefix: string): Checked {
  const { version } = params;
  const problem = nameProblem(path, prefix) ?? versionProblem(version);
  if (problem !== undefined) return { problem };
  return {
    locator: {
      path: path.toLowerCase(),
      params: version === undefined ? params : { ...params, version: version.toLowerCase() },
    },
  };
}

function nameProblem(path: string, prefix: string): string | undefined {
  if (!NAME.test(prefix)) return `${RULE}: correct the provider's prefix`;
  if (/^https?:/i.test(path)) {
    return `the provider's vaultUrl says which vault it is: ${instead(path.split('/').slice(4))}`;
  }
  const [name = '', version, ...more] = path.split('/');
  if (version !== undefined && VERSION.test(version) && more.length === 0) {
    return `a version is a parameter: ${instead([name, version])}`;
  }
  if (!NAME.test(path)) return `${RULE}${hint(path)}`;
  if (prefix.length + path.length > LONGEST) return `a secret's name has at most ${LONGEST} characters`;
  return undefined;
}

/** What to write for the end of an identifier, as Azure shows it. */
function instead([name = '', version]: readonly string[]): string {
  if (!NAME.test(name) || name === '') return 'write the name of the secret';
  return VERSION.test(version ?? '') ? `write "${name}?version=${version}"` : `write "${name}"`;
}

/** Other stores' separators become hyphens when secrets move to Key Vault. */
function hint(path: string): string {
  const name = path.replace(/^[_./:\s]+|[_./:\s]+$/g, '').replace(/[_./:\s]/g, '-');
  return NAME.test(name) && name !== '' ? `: perhaps it is "${name}" there` : '';
}

function versionProblem(version: string | undefined): string | undefined {
  return version === undefined || VERSION.test(version)
    ? undefined
    : 'a version is the 32 hexadecimal digits at the end of its identifier: leave ?version= out for the current one';
}
