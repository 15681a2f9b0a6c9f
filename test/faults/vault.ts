import { canary } from '@keyturn/conformance';
import { type VaultAuth, vault } from '@keyturn/vault';
import { makeCertificates } from '../servers/certificates.ts';
import { forwardTo, type Reply, type ServerTls, startVaultServer } from '../servers/vault-server.ts';
import { imageOf } from '../stores/live.ts';
import { type LiveVault, startVault } from '../stores/vault.ts';
import type { Row } from './matrix.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const SECRET = 'secret/faults/app';
const PATH = `${SECRET}#key`;
const TOKEN = `${canary}-token`;

let live: LiveVault;

/** The container's Vault, read with its root token unless `auth` says otherwise. */
function reading(address: string, auth: VaultAuth = { token: live.token }) {
  const hidden = 'token' in auth && typeof auth.token === 'string' ? [auth.token] : [];
  return { provider: vault({ address, auth }), path: PATH, hidden };
}

/** A server that answers the read so, after a well answered question for the mount. */
async function answering(reply: Reply, tls?: ServerTls) {
  // By https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts.
  const mount = { data: { path: 'secret/', type: 'kv', options: { version: '2' } } };
  const server = await startVaultServer(
    ({ path }) => (path.includes('/mounts/') ? { status: 200, body: mount } : reply),
    tls,
  );
  return {
    ...reading(server.address, { token: TOKEN }),
    by: 'protocol server' as const,
    [Symbol.asyncDispose]: server.stop,
  };
}

/** A quota of one request a minute, used up. */
async function throttled(headers: boolean) {
  await live.vault('write', 'sys/quotas/config', `enable_rate_limit_response_headers=${headers}`);
  await live.vault('write', 'sys/quotas/rate-limit/faults', 'path=secret/', 'rate=1', 'interval=60s');
  const url = `${live.address}/v1/secret/data/faults/app`;
  let status = 200;
  while (status === 200) status = (await fetch(url, { headers: { 'X-Vault-Token': live.token } })).status;
  return {
    ...reading(live.address),
    code: 'Throttled' as const,
    message: 'Vault asks to slow down: a rate limit or lease count quota is reached',
    async [Symbol.asyncDispose]() {
      await live.vault('delete', 'sys/quotas/rate-limit/faults');
    },
  };
}

export const vaultRow: Row = {
  kind: 'vault',
  store: `the container \`${await imageOf('vault')}\``,
  needs: 'vault',
  async start() {
    live = await startVault();
    await live.put(SECRET, { key: canary });
    await live.policy('faults', { 'secret/data/faults/app': ['read'] });
    await live.policy('faults-other', { 'secret/data/faults/other': ['read'] });
    await live.vault('auth', 'enable', 'approle');
    await live.vault('write', 'auth/approle/role/faults', 'token_policies=faults', 'token_ttl=1h');
  },
  async stop() {
    await live?.stop();
  },
  cells: {
    missing: () => ({
      ...reading(live.address),
      path: 'secret/faults/none#key',
      code: 'NotFound',
      message: 'nothing lives at "secret/faults/none"',
    }),
    async denied() {
      const token = await live.vault('token', 'create', '-policy=faults-other', '-field=token');
      const message = 'no policy of this token grants `read` here';
      return { ...reading(live.address, { token }), code: 'AccessDenied', message };
    },
    badCredentials: () => ({
      ...reading(live.address, { token: TOKEN }),
      code: 'Unauthenticated',
      message:
        'Vault refuses the token as expired, revoked or of another server: give a new one by the option `auth`, VAULT_TOKEN or ~/.vault-token',
    }),
    throttledWithRetryAfter: () => throttled(true),
    throttled: () => throttled(false),
    unknownHost: () => ({
      ...reading('http://name.invalid:8200'),
      code: 'Unavailable',
      // A machine without a network has no DNS that could deny the name.
      message:
        /^(the host of `address` \(VAULT_ADDR\) is not known to DNS \(ENOTFOUND\)|DNS gives no answer for the host of `address` \(VAULT_ADDR\) \(EAI_AGAIN\))$/,
    }),
    async untrusted() {
      const { server } = await makeCertificates('vault.test');
      return {
        ...(await answering({ status: 200 }, server)),
        code: 'Unavailable',
        message:
          "the server's TLS certificate is not trusted: give the CA that signed it as `tls.ca` (VAULT_CACERT, VAULT_CACERT_BYTES, VAULT_CAPATH) (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
      };
    },
    async hangs() {
      const resume = await live.pause();
      return {
        ...reading(live.address),
        code: 'Unavailable',
        message: 'no answer within 500 ms',
        [Symbol.asyncDispose]: resume,
      };
    },
    async cut() {
      const proxy = await startTcpProxy(live.address, canary);
      return {
        ...reading(proxy.address),
        code: 'Unavailable',
        message: 'the connection was cut before the answer was complete (ECONNRESET)',
        [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
      };
    },
    async wrongBody() {
      return {
        ...(await answering({ status: 200, body: `<html>${canary}</html>` })),
        code: 'Unavailable',
        message:
          "the answer is not one of Vault's API: check that `address` (VAULT_ADDR) names Vault itself, with https:// where it listens on TLS (200)",
      };
    },
    async gone() {
      await live.put('secret/faults/gone', { key: canary });
      await live.vault('kv', 'delete', 'secret/faults/gone');
      return {
        ...reading(live.address),
        path: 'secret/faults/gone#key',
        code: 'Disabled',
        message:
          /^this version was deleted at \d{4}-\d\d-\d\dT[\d:.]+Z: undelete it, or refer to another version$/,
      };
    },
    async expires() {
      const front = await startVaultServer(forwardTo(live.address));
      const roleId = await live.vault('read', '-field=role_id', 'auth/approle/role/faults/role-id');
      const secretId = await live.vault(
        'write',
        '-f',
        '-field=secret_id',
        'auth/approle/role/faults/secret-id',
      );
      return {
        ...reading(front.address, { appRole: { roleId, secretId } }),
        hidden: [secretId],
        async expire() {
          await live.vault('token', 'revoke', String(front.seen.at(-1)?.headers['x-vault-token']));
        },
        logins: () => front.count(/auth\/approle\/login$/),
        [Symbol.asyncDispose]: front.stop,
      };
    },
    // A development server does not come back from these two.
    async serverError() {
      await live.vault('operator', 'seal');
      return {
        ...reading(live.address),
        code: 'Unavailable',
        message: 'Vault is sealed: it has to be unsealed',
      };
    },
    async refused() {
      await live.stop();
      return {
        ...reading(live.address),
        code: 'Unavailable',
        message:
          'nothing accepts connections at `address` (VAULT_ADDR): is Vault running there? (ECONNREFUSED)',
      };
    },
  },
};
