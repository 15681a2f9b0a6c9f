import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromPypi } from './pypi.ts';
import type { LiveVault } from './vault.ts';

const PROGRAM = fileURLToPath(new URL('./hvac_put.py', import.meta.url));

/** Puts secrets at `secret/<path>` by hvac, Python's client of Vault: a seed by another hand than the vault command's. */
export async function hvacPut(
  { address, token }: Pick<LiveVault, 'address' | 'token'>,
  secrets: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<void> {
  const PYTHONPATH = await fromPypi('hvac==2.4.0');
  const env = { ...process.env, PYTHONPATH, VAULT_ADDR: address, VAULT_TOKEN: token };
  const python = promisify(execFile)('python3', [PROGRAM], { env });
  python.child.stdin?.end(JSON.stringify(secrets));
  await python;
}
