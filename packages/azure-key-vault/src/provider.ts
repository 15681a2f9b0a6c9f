import type { Locator, Provider } from '@keyturn/core';
import { classify } from './classify.ts';
import { type ConnectionOptions, connector } from './connection.ts';
import { describeSecret } from './describe.ts';
import { checkName } from './names.ts';
import { readSecret, type Target } from './read.ts';

export interface AzureKeyVaultOptions extends ConnectionOptions {
  /** Put before every name, such as `myapp-prod-`. @default '' */
  readonly prefix?: string | undefined;
}

/**
 * A provider over the secrets of one Azure Key Vault, one secret a call. `path` is the secret's name, the same in upper
 * and lower case; `?version=` reads an older version. The value is text: a certificate's is Base64 of PKCS #12, or PEM.
 *
 * `NotFound`: no such secret or version. `Disabled`: the version is disabled, or the secret soft-deleted.
 * `AccessDenied`: a role or access policy is missing, or the vault's firewall is in the way. `Unauthenticated`: no
 * credential gives a token, or Azure refuses it. `Throttled`, `Unavailable`: as core says. `Misconfigured`: no vault is
 * named, `@azure/identity` is missing, or the server asks for a token of another domain. `InvalidReference`: not a name
 * that Key Vault allows.
 *
 * Metadata: `version`, `createdAt` of that version, `expiresAt`, `tags`. Azure serves a secret that has expired, or is not
 * valid yet, all the same: a warning says so.
 *
 * @example
 * azureKeyVault({ vaultUrl: 'https://myvault.vault.azure.net', prefix: 'myapp-prod-' })
 */
export function azureKeyVault(options: AzureKeyVaultOptions = {}): Provider {
  const { prefix = '' } = options;
  const connect = connector(options);
  const targetOf = ({ path, params }: Locator): Target => ({ name: prefix + path, version: params.version });

  return {
    contract: 1,
    kind: 'azure-key-vault',
    batchSize: 1,
    concurrency: 16,
    params: ['version'],
    ...(options.client && { retries: 'own' }),
    check: (locator) => checkName(locator, prefix),
    async fetch(locators, options) {
      const { client } = await connect();
      return await Promise.all(locators.map((locator) => readSecret(client, targetOf(locator), options)));
    },
    async describe(locators, options) {
      const { client } = await connect();
      return await Promise.all(locators.map((locator) => describeSecret(client, targetOf(locator), options)));
    },
    classify,
    async [Symbol.asyncDispose]() {
      const connection = await connect.take()?.catch(() => undefined);
      connection?.close();
    },
  };
}
