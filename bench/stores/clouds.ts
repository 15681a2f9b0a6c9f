import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trust } from '../../test/servers/gcp-trust.ts';
import { benchAzure } from './azure.ts';
import type { Clouds, Counts } from './cloud-servers.ts';
import { benchGoogle } from './google.ts';

/** Azure Key Vault and Google Secret Manager, as the protocol servers of the tests play them. */
export async function benchClouds(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-bench-'));
  const servers = fork(join(import.meta.dirname, 'cloud-servers.ts'));
  const exited = once(servers, 'exit');
  try {
    const [clouds] = await once(servers, 'message');
    const { azure, google }: Clouds = clouds;
    trust(azure.ca);
    trust(google.ca);
    Object.assign(process.env, google.env);
    const cas = join(folder, 'ca.pem');
    await writeFile(cas, azure.ca + google.ca);
    const counts = async (): Promise<Counts> => {
      servers.send('count');
      const [answer] = await once(servers, 'message');
      return answer;
    };
    await benchAzure(azure.url, async () => (await counts()).azure, cas);
    await benchGoogle(google.port, async () => (await counts()).google, cas);
  } finally {
    servers.disconnect();
    await exited;
    await rm(folder, { recursive: true });
  }
}
