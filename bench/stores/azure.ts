import { SecretClient } from '@azure/keyvault-secrets';
import { azureKeyVault } from '@keyturn/azure-key-vault';
import '../../test/servers/loopback-dns.ts';
import { atMost } from './at-most.ts';
import { cost } from './cost.ts';
import { startDistance } from './distance.ts';
import { ALL, DISTANCE_MS, FIELDS, NAMES } from './names.ts';
import { race } from './race.ts';

const CREDENTIAL = {
  getToken: async () => ({ token: 'canary-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const CREDENTIAL_CODE = `{
  getToken: async () => ({ token: 'canary-token', expiresOnTimestamp: Date.now() + 3_600_000 })
}`;

/** Azure Key Vault, over a protocol server whose calls `count` gives; `cas` is a file with its CA. */
export async function benchAzure(url: string, count: () => Promise<number>, cas: string): Promise<void> {
  const distance = await startDistance(Number(new URL(url).port), DISTANCE_MS);
  const limit = azureKeyVault().concurrency ?? 0;
  const away = new URL(url);
  away.port = String(distance.port);
  await race({
    kind: 'azure-key-vault',
    provider: (vaultUrl) => azureKeyVault({ vaultUrl, credential: CREDENTIAL }),
    client: (vaultUrl) => new SecretClient(vaultUrl, CREDENTIAL),
    endpoints: { here: url, [`${DISTANCE_MS} ms away`]: away.origin },
    counting: url,
    count,
    works: [
      {
        what: `100 secrets, ${limit} at once`,
        calls: 100,
        manifest: ALL,
        byHand: (client) => atMost(limit, NAMES, async (name) => (await client.getSecret(name)).value),
      },
      {
        what: '10 fields of one document',
        calls: 1,
        manifest: FIELDS,
        byHand: async (client) => Object.values(JSON.parse((await client.getSecret('document')).value ?? '')),
      },
    ],
  });
  await distance.stop();
  cost({
    kind: 'azure-key-vault',
    sdk: '@azure/keyvault-secrets',
    factory: `azureKeyVault({ credential: ${CREDENTIAL_CODE} })`,
    bySdk: `
      import { SecretClient } from '@azure/keyvault-secrets';
      await new SecretClient('${url}', ${CREDENTIAL_CODE}).getSecret('bench-0');`,
    env: {
      NODE_EXTRA_CA_CERTS: cas,
      AZURE_KEYVAULT_RESOURCEENDPOINT: url,
      NODE_OPTIONS: `--import=${new URL('../../test/servers/loopback-dns.ts', import.meta.url)}`,
    },
  });
}
