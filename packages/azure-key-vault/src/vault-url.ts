import { ConfigError } from '@keyturn/core';

/**
 * The URL of the vault: the option, or what Service Connector sets
 * (https://learn.microsoft.com/azure/service-connector/how-to-integrate-key-vault), with its host in lower case.
 */
export function readVaultUrl(option: string | undefined): string {
  const text = option ?? process.env.AZURE_KEYVAULT_RESOURCEENDPOINT;
  if (!text) {
    throw misconfigured(
      'no vault is named: give the option `vaultUrl`, or set AZURE_KEYVAULT_RESOURCEENDPOINT, such as "https://myvault.vault.azure.net"',
    );
  }
  const place = option === undefined ? 'AZURE_KEYVAULT_RESOURCEENDPOINT' : 'vaultUrl';
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw misconfigured('is no URL, such as "https://myvault.vault.azure.net"', place);
  }
  if (url.protocol === 'http:') {
    throw misconfigured('begins with http://, where Key Vault speaks https:// only', place);
  }
  const bare = url.username + url.password + url.search + url.hash === '' && url.pathname === '/';
  if (!bare) throw misconfigured('may hold nothing after the host: references name the secrets', place);
  return url.origin;
}

function misconfigured(message: string, place = 'vaultUrl'): ConfigError {
  return new ConfigError([{ place, message }]);
}
