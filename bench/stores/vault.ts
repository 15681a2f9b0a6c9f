import { vault } from '@keyturn/vault';
import nodeVault from 'node-vault';
import { forwardTo, startVaultServer } from '../../test/servers/vault-server.ts';
import { hvacPut } from '../../test/stores/hvac.ts';
import { startVault } from '../../test/stores/vault.ts';
import { atMost } from './at-most.ts';
import { cost } from './cost.ts';
import { startDistance } from './distance.ts';
import { DISTANCE_MS, DOCUMENT, FIELDS, NAMES, seedOf } from './names.ts';
import { race } from './race.ts';

const LIMIT = vault().concurrency ?? 0;

/** HashiCorp Vault, with KV version 2. */
export async function benchVault(): Promise<void> {
  const live = await startVault();
  const { address, token } = live;
  const front = await startVaultServer(forwardTo(address));
  const distance = await startDistance(Number(new URL(address).port), DISTANCE_MS);
  try {
    const seeds = NAMES.map((name) => [name, { value: seedOf(name) }]);
    await hvacPut(live, { ...Object.fromEntries(seeds), document: DOCUMENT });
    await race({
      kind: 'vault',
      provider: (endpoint) => vault({ address: endpoint, auth: { token }, prefix: 'secret/' }),
      client: (endpoint) => nodeVault({ endpoint, token }),
      endpoints: { here: address, [`${DISTANCE_MS} ms away`]: `http://127.0.0.1:${distance.port}` },
      counting: front.address,
      count: () => front.seen.length,
      works: [
        {
          what: `100 paths, ${LIMIT} at once, and their mount`,
          calls: 101,
          manifest: Object.fromEntries(NAMES.map((name) => [name, `app://${name}#value`])),
          byHand: (client) =>
            atMost(LIMIT, NAMES, async (name) => (await client.read(`secret/data/${name}`)).data.data.value),
        },
        {
          what: '10 fields of one document',
          calls: 1,
          manifest: FIELDS,
          byHand: async (client) => Object.values((await client.read('secret/data/document')).data.data),
        },
      ],
    });
    cost({
      kind: 'vault',
      sdk: 'node-vault',
      factory: "vault({ prefix: 'secret/' })",
      reference: 'app://bench-0#value',
      bySdk: `
        import nodeVault from 'node-vault';
        await nodeVault().read('secret/data/bench-0');`,
      env: { VAULT_ADDR: address, VAULT_TOKEN: token },
    });
  } finally {
    await distance.stop();
    await front.stop();
    await live.stop();
  }
}
