import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { faultOf } from './fault.ts';
import type { VaultTls } from './options.ts';

/** What goes to the agent of node:https as it is. */
export interface TlsSettings {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: false;
}

/**
 * TLS from the options, each falling back to the variable that Vault's own client reads
 * (https://developer.hashicorp.com/vault/docs/commands#environment-variables): VAULT_CACERT before
 * VAULT_CACERT_BYTES before VAULT_CAPATH. Rejects with Misconfigured for what cannot be read or is no PEM.
 */
export async function readTls(tls: VaultTls, env: NodeJS.ProcessEnv): Promise<TlsSettings> {
  const ca = tls.ca === undefined ? await readCa(env) : [certificates('tls.ca', tls.ca)];
  const cert = tls.cert ?? (await readPem('VAULT_CLIENT_CERT', env));
  const key = tls.key ?? (await readPem('VAULT_CLIENT_KEY', env));
  if ((cert === undefined) !== (key === undefined)) {
    throw faultOf(
      'Misconfigured',
      'a client certificate needs both `tls.cert` (VAULT_CLIENT_CERT) and `tls.key` (VAULT_CLIENT_KEY)',
    );
  }
  if (cert !== undefined && key !== undefined) checkPair(cert, key);
  const servername = tls.serverName ?? (env.VAULT_TLS_SERVER_NAME || undefined);
  const skipVerify = tls.skipVerify ?? readBoolean('VAULT_SKIP_VERIFY', env);
  return {
    ...(ca && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    ...(skipVerify && { rejectUnauthorized: false }),
  };
}

async function readCa(env: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  const file = await readPem('VAULT_CACERT', env);
  if (file !== undefined) return [certificates('VAULT_CACERT', file)];
  if (env.VAULT_CACERT_BYTES) return [certificates('VAULT_CACERT_BYTES', env.VAULT_CACERT_BYTES)];
  const folder = env.VAULT_CAPATH;
  if (!folder) return undefined;
  const names = await readdir(folder).catch(unreadable('VAULT_CAPATH'));
  const texts = await Promise.all(names.map((name) => readOptional(join(folder, name))));
  const found = texts.filter((text) => text?.includes('-----BEGIN CERTIFICATE-----') === true);
  if (found.length === 0) throw faultOf('Misconfigured', 'VAULT_CAPATH: the folder holds no PEM certificate');
  return found.map((text) => certificates('VAULT_CAPATH', text ?? ''));
}

async function readPem(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = env[name];
  return file ? await readFile(file, 'utf8').catch(unreadable(name)) : undefined;
}

/** A folder of certificates may hold other folders, and links that lead nowhere. */
async function readOptional(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

function unreadable(name: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw faultOf('Misconfigured', `${name}: cannot be read (${error.code ?? 'unknown'})`);
  };
}

/** Node takes a `ca` that holds no certificate without a word, and then trusts nobody. */
function certificates(name: string, pem: string): string {
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw faultOf('Misconfigured', `${name}: holds no PEM certificate`);
  }
}

function checkPair(cert: string, key: string): void {
  try {
    createSecureContext({ cert, key });
  } catch {
    throw faultOf(
      'Misconfigured',
      '`tls.cert` (VAULT_CLIENT_CERT) and `tls.key` (VAULT_CLIENT_KEY) are no PEM pair of certificate and key',
    );
  }
}

/** The words that Vault's own client takes (Go's strconv.ParseBool). */
function readBoolean(name: string, env: NodeJS.ProcessEnv): boolean {
  const text = env[name] ?? '';
  if (/^(1|t|T|true|True|TRUE)$/.test(text)) return true;
  if (/^(|0|f|F|false|False|FALSE)$/.test(text)) return false;
  throw faultOf('Misconfigured', `${name}: is neither true nor false: write "true" or "false"`);
}
