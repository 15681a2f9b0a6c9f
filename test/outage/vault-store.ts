import { type LiveVault, startVault } from '../stores/vault.ts';
import type { AtEnd, Store } from './store.ts';

/** Vault, written to over HTTP with the root token: what a paused one is asked waits in its socket. */
export async function openVault(atEnd: AtEnd): Promise<Store> {
  let live: LiveVault = await startVault();
  atEnd(() => live.stop());

  const urlOf = (shop: string, document: string) => `${live.address}/v1/secret/data/${shop}/${document}`;

  return {
    get address() {
      return live.address;
    },
    env: (address) => ({ APP_ENV: 'vault', VAULT_ADDR: address, VAULT_TOKEN: live.token }),
    async write(shop, document, fields) {
      const { ok, status } = await fetch(urlOf(shop, document), {
        method: 'POST',
        headers: { 'X-Vault-Token': live.token },
        body: JSON.stringify({ data: fields }),
      });
      if (!ok) throw new Error(`Vault answered the write of ${shop}/${document} with ${status}`);
    },
    pause: () => live.pause(),
    kill: () => live.stop(),
    async start() {
      live = await startVault();
    },
    // A quota of one request a minute for each client address, used up.
    async throttle(_gate, shop) {
      const quota = `sys/quotas/rate-limit/${shop}`;
      await live.vault('write', quota, `path=secret/data/${shop}/*`, 'rate=1', 'interval=60s');
      const headers = { 'X-Vault-Token': live.token };
      let status = 200;
      while (status === 200) ({ status } = await fetch(urlOf(shop, 'app'), { headers }));
      return async () => {
        await live.vault('delete', quota);
      };
    },
    async grant(shop) {
      await live.policy(shop, { [`secret/data/${shop}/*`]: ['read'] });
      const { auth } = await live.json<{ auth: { client_token: string } }>(
        'write',
        '-format=json',
        'auth/token/create',
        `policies=${shop}`,
      );
      return {
        env: { VAULT_TOKEN: auth.client_token },
        async deny(code) {
          if (code === 'Unauthenticated') await live.vault('token', 'revoke', auth.client_token);
          else await live.policy(shop, { 'secret/data/elsewhere': ['read'] });
          return live.address;
        },
      };
    },
  };
}
