import { createResolver } from '@keyturn/core';
import { Pool } from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startLoad } from './load.ts';
import { asCredential, type Credential, connectOnce, createRotatedSecret } from './rotated-secret.ts';
import { rotateTenTimes, type World } from './world.ts';

/** What a ttl alone does to clients while a password is rotated under them. */
export function ttlReReads(getWorld: () => World): void {
  it('single user: logins fail from setSecret until the ttl has passed', { timeout: 600_000 }, async () => {
    const secret = await createRotatedSecret({ ...getWorld(), name: 'ttl', users: ['app_ttl'] });
    const resolver = createResolver({
      providers: { db: getWorld().provider() },
      cache: { ttl: '1s', jitter: 0, staleWhileRevalidate: 0 },
    });
    onTestFinished(resolver.close);
    const credential = async (): Promise<Credential> =>
      (await resolver.resolve('db://ttl', { as: asCredential })).reveal();
    const pool = new Pool({
      ...getWorld().postgres.login('app_ttl', ''),
      password: async () => (await credential()).password,
      max: 4,
      maxUses: 10,
    });
    onTestFinished(() => pool.end());

    let connected = 0;
    const connections = startLoad(async () => {
      await connectOnce(getWorld().postgres, await credential());
      connected += 1;
    });
    const queries = startLoad(() => pool.query('select 1'));
    await rotateTenTimes(secret, [connections, queries], () => {
      const before = connected;
      return vi.waitFor(() => expect(connected).toBeGreaterThan(before + 10), { timeout: 120_000 });
    });
    await Promise.all([connections.stop(), queries.stop()]);
    connections.print('single user, ttl of 1 s: connections');
    queries.print('single user, ttl of 1 s: queries of a pool');

    const rejected = connections.failures.filter(({ code }) => code === '28P01');
    expect(rejected.length).toBeGreaterThan(0);
  });
}
