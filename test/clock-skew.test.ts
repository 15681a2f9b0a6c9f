import { SSMClient } from '@aws-sdk/client-ssm';
import { awsSecretsManager } from '@keyturn/aws-secrets-manager';
import { awsSsm } from '@keyturn/aws-ssm';
import { azureKeyVault } from '@keyturn/azure-key-vault';
import { createResolver, type Provider } from '@keyturn/core';
import { vault } from '@keyturn/vault';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fault, ok, startAwsJsonServer } from './servers/aws-json.ts';
import { createCredential } from './servers/azure-credential.ts';
import { startKeyVault } from './servers/azure-key-vault.ts';
import { reachable } from './servers/azure-network.ts';
import { startVaultServer } from './servers/vault-server.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-secret-key' };

const stops: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Describes one parameter and one secret, made at this time. */
async function startAws(created: Date) {
  const seconds = created.getTime() / 1000;
  const server = await startAwsJsonServer(({ action }) => {
    if (action === 'DescribeParameters') {
      return ok({ Parameters: [{ Name: 'key', Version: 1, LastModifiedDate: seconds }] });
    }
    if (action === 'DescribeSecret') return ok({ VersionIdsToStages: { one: ['AWSCURRENT'] } });
    if (action === 'ListSecretVersionIds')
      return ok({ Versions: [{ VersionId: 'one', CreatedDate: seconds }] });
    return fault('InvalidSignatureException', { message: 'Signature not yet current' });
  });
  stops.push(server.stop);
  return { region: 'eu-west-1', credentials: CREDENTIALS, endpoint: server.endpoint };
}

/** Stores whose answers have the header `Date` of Node's own server, each with one secret made at this time. */
const stores: Readonly<Record<string, (created: Date) => Promise<Provider>>> = {
  'aws-ssm': async (created) => awsSsm(await startAws(created)),
  'aws-ssm with a client of its own': async (created) => {
    const client = new SSMClient(await startAws(created));
    stops.push(() => client.destroy());
    return awsSsm({ client });
  },
  'aws-secrets-manager': async (created) => awsSecretsManager(await startAws(created)),
  'azure-key-vault': async (created) => {
    const server = await startKeyVault();
    stops.push(server.stop, reachable(server));
    server.set('key', 'canary', { created });
    return azureKeyVault({ vaultUrl: server.url, credential: createCredential() });
  },
  vault: async (created) => {
    const metadata = { created_time: created.toISOString(), deletion_time: '', destroyed: false };
    const server = await startVaultServer(() => ({
      status: 200,
      body: { data: { current_version: 1, versions: { '1': metadata } } },
    }));
    stops.push(server.stop);
    return vault({ address: server.address, auth: { token: 'canary-token' }, kv: 2, prefix: 'secret/' });
  },
};

/** Opens a store while this machine's clock is so far ahead of the one that the server has. */
async function openAhead(make: (created: Date) => Promise<Provider>, aheadMs: number) {
  const created = new Date(Date.now() - 100 * DAY);
  const app = await make(created);
  const warnings: string[] = [];
  const resolver = createResolver({
    providers: { app },
    rotation: { maxAge: '101d' },
    retry: false,
    onWarning: ({ kind, message }) => void warnings.push(`${kind}: ${message}`),
  });
  stops.push(() => resolver.close());
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + aheadMs });
  return { resolver, warnings };
}

describe.each(Object.entries(stores))('%s', (name, make) => {
  const kind = name.split(' ')[0];

  it.each([
    ['3 days ahead of', 3 * DAY],
    ['3 days behind', -3 * DAY],
  ])('finds that this machine is %s the store, and judges by the store', async (said, aheadMs) => {
    const { resolver, warnings } = await openAhead(make, aheadMs);
    for (let round = 0; round < 2; round += 1) {
      const [status] = await resolver.rotation({ KEY: 'app://key' });
      // By the store 100 days, and the time that the test has taken.
      expect(status).toMatchObject({ verdict: 'fresh' });
      expect(Math.round((status?.ageMs ?? 0) / DAY)).toBe(100);
      expect(Math.round((status?.clockSkewMs ?? 0) / DAY)).toBe(-aheadMs / DAY);
    }
    expect(warnings).toEqual([
      `${kind}: the clock of this machine is ${said} the store's: ages are judged by the store's`,
    ]);
  });

  it('finds nothing where the clocks agree', async () => {
    const { resolver, warnings } = await openAhead(make, 0);
    vi.useRealTimers();
    const [status] = await resolver.rotation({ KEY: 'app://key' });
    expect(status).toMatchObject({ verdict: 'fresh' });
    expect([status?.clockSkewMs, warnings]).toEqual([undefined, []]);
  });
});

it('AWS refusing a signature for its time says how far the clock is off', async () => {
  const make = async (created: Date) => awsSsm(await startAws(created));
  const { resolver, warnings } = await openAhead(make, -10 * HOUR);
  const { failures } = await resolver.resolveSettled({ KEY: 'app://key' });
  expect(failures.map(({ code }) => code)).toEqual(['Unauthenticated']);
  expect(warnings).toEqual([
    "aws-ssm: the clock of this machine is 10 hours behind the store's: ages are judged by the store's",
  ]);
});
