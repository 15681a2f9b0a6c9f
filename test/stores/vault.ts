import { VaultContainer } from '@testcontainers/vault';
import { imageOf, pause } from './live.ts';

export interface LiveVault {
  /** Such as `http://localhost:32768`. */
  readonly address: string;
  /** The root token. */
  readonly token: string;
  /**
   * Runs the `vault` command inside the container, as root, and gives what it prints: seeds are put by another
   * client than the one under test. Rejects when it fails.
   */
  vault(...args: readonly string[]): Promise<string>;
  /** The same with `-format=json`, parsed. */
  json<T>(...args: readonly string[]): Promise<T>;
  /** Writes a policy of `path "..." { capabilities = [...] }` lines. */
  policy(name: string, rules: Readonly<Record<string, readonly string[]>>): Promise<void>;
  /** Puts a secret of any form, as `vault kv put` reads it from a file. */
  put(path: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
  /** Holds it, so that it takes connections and answers nothing; gives what lets it go on. */
  pause(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

const ROOT_TOKEN = 'canary-root-token';

/** A fresh Vault in development mode, in memory: KV version 2 at `secret/`. Whoever starts it stops it. */
export async function startVault(): Promise<LiveVault> {
  const container = await new VaultContainer(await imageOf('vault')).withVaultToken(ROOT_TOKEN).start();

  async function vault(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await container.exec(['vault', ...args], {
      env: { VAULT_ADDR: 'http://127.0.0.1:8200', VAULT_TOKEN: ROOT_TOKEN },
    });
    if (exitCode !== 0) throw new Error(`vault ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  async function write(file: string, content: string): Promise<string> {
    await container.copyContentToContainer([{ content, target: file }]);
    return file;
  }

  return {
    address: container.getAddress(),
    token: ROOT_TOKEN,
    vault,
    async json(...args) {
      const [command = '', ...rest] = args;
      return JSON.parse(await vault(command, ...rest));
    },
    async policy(name, rules) {
      const blocks = Object.entries(rules).map(
        ([path, capabilities]) =>
          `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)} }`,
      );
      await vault('policy', 'write', name, await write(`/tmp/${name}.hcl`, blocks.join('\n')));
    },
    async put(path, fields) {
      await vault('kv', 'put', path, `@${await write('/tmp/fields.json', JSON.stringify(fields))}`);
    },
    pause: () => pause(container),
    async stop() {
      await container.stop();
    },
  };
}
