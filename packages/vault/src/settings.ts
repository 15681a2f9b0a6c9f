import { faultOf } from './fault.ts';
import type { VaultAuth, VaultConnectionOptions } from './options.ts';
import { readTls, type TlsSettings } from './tls.ts';

/** Options and environment, read and checked. */
export interface Settings {
  readonly address: URL;
  readonly namespace: string | undefined;
  readonly auth: VaultAuth | undefined;
  readonly tls: TlsSettings;
}

const WAYS = ['token', 'appRole', 'jwt', 'kubernetes', 'userpass', 'login'];

/** Reads options and environment; rejects with Misconfigured, naming the option and the variable, before any call. */
export async function readSettings(
  options: VaultConnectionOptions,
  env: NodeJS.ProcessEnv,
): Promise<Settings> {
  const address = readAddress(options.address ?? env.VAULT_ADDR);
  const namespace = options.namespace ?? env.VAULT_NAMESPACE;
  if (namespace !== undefined && !/^[\x21-\x7e]*$/.test(namespace)) {
    throw misconfigured('`namespace` (VAULT_NAMESPACE) holds a character that no header carries');
  }
  checkAuth(options.auth);
  return { address, namespace, auth: options.auth, tls: await readTls(options.tls ?? {}, env) };
}

function readAddress(text: string | undefined): URL {
  if (!text) {
    throw misconfigured(
      'the address of Vault is not set: give the option `address` or set VAULT_ADDR, such as "https://vault.example.com:8200"',
    );
  }
  const address = URL.parse(text);
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw misconfigured('`address` (VAULT_ADDR) is no http:// or https:// URL');
  }
  if (address.username !== '' || address.password !== '' || address.search !== '' || address.hash !== '') {
    throw misconfigured('`address` (VAULT_ADDR) may hold no user, password, query or fragment');
  }
  return address;
}

function checkAuth(auth: VaultAuth | undefined): void {
  if (auth === undefined) return;
  const [way, ...more] = Object.keys(auth);
  if (way === undefined || more.length > 0 || !WAYS.includes(way)) {
    throw misconfigured(`\`auth\` takes exactly one of ${WAYS.join(', ')}`);
  }
}

function misconfigured(message: string) {
  return faultOf('Misconfigured', message);
}
